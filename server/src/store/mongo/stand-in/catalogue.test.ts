import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { aCollection, coded, transient } from './test-client.ts'

/* Indexes, validators and collections of the stand-in, as the official driver sees them. */

suite('an index', () => {
  test('that is unique lets no value in twice, and null is a value', async (t) => {
    const { rows } = await aCollection(t)
    await rows.createIndex({ a: 1, b: 1 }, { unique: true })
    await rows.insertMany([
      { _id: '1', a: 'x', b: null },
      { _id: '2', a: 'x', b: 1 },
    ])

    await assert.rejects(rows.insertOne({ _id: '3', a: 'x' }), coded(11000))
    await assert.rejects(rows.updateOne({ _id: '1' }, { $set: { b: 1 } }), coded(11000))
    await rows.updateOne({ _id: '2' }, { $set: { b: 2 } })
    await rows.updateOne({ _id: '1' }, { $set: { b: 1 } })

    assert.equal(await rows.countDocuments({ a: 'x', b: 1 }), 1)
  })

  test('that is partial looks at the documents that fit and at no others', async (t) => {
    const { rows } = await aCollection(t)
    await rows.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { a: { $type: 'string' } } })

    await rows.insertMany([{ _id: '1', a: null }, { _id: '2', a: null }, { _id: '3' }, { _id: '4', a: 'x' }])

    await assert.rejects(rows.insertOne({ _id: '5', a: 'x' }), coded(11000))
    assert.equal(await rows.countDocuments({ a: null }), 3)
    await assert.rejects(rows.createIndex({ b: 1 }, { partialFilterExpression: { b: { $ne: null } } }), coded(67))
  })

  test('that is unique also counts what another transaction has not committed yet', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.createIndex({ a: 1 }, { unique: true })
    await client.withSession(async (first) => {
      await client.withSession(async (second) => {
        first.startTransaction()
        second.startTransaction()
        await rows.insertOne({ _id: '1', a: 'x' }, { session: first })

        await assert.rejects(rows.insertOne({ _id: '2', a: 'x' }, { session: second }), transient(112))

        const outside = rows.insertOne({ _id: '3', a: 'x' })
        await first.abortTransaction()
        await outside
      })
    })
    assert.deepEqual(await rows.find().toArray(), [{ _id: '3', a: 'x' }])
  })

  test('that is unique also counts what was committed after the snapshot, as a conflict', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.createIndex({ a: 1 }, { unique: true })
    const insertAfter = (inserted: { _id: string; a: string }) =>
      client.withSession(async (session) => {
        session.startTransaction()
        await rows.findOne({}, { session })
        await rows.insertOne({ _id: inserted.a, a: inserted.a })
        await rows.insertOne(inserted, { session })
      })

    await assert.rejects(insertAfter({ _id: '1', a: 'x' }), transient(112))
    await assert.rejects(insertAfter({ _id: 'y', a: 'y' }), transient(112))
  })

  test('asked for again is there already; another of its name or its twin is refused', async (t) => {
    const { rows } = await aCollection(t)
    await rows.createIndex({ a: 1 }, { name: 'one', unique: true })

    await rows.createIndex({ a: 1 }, { name: 'one', unique: true })

    await assert.rejects(rows.createIndex({ a: 1 }, { name: 'one' }), coded(86))
    await assert.rejects(rows.createIndex({ a: 1, b: 1 }, { name: 'one', unique: true }), coded(86))
    await assert.rejects(rows.createIndex({ a: 1 }, { name: 'two', unique: true }), coded(85))
    assert.deepEqual(
      (await rows.listIndexes().toArray()).map(({ name, unique }) => [name, unique]),
      [
        ['_id_', undefined],
        ['one', true],
      ],
    )
  })

  test('that is unique is not made over duplicates, and is gone when it is dropped', async (t) => {
    const { rows } = await aCollection(t)
    await rows.insertMany([
      { _id: '1', a: 'x' },
      { _id: '2', a: 'x' },
    ])

    await assert.rejects(rows.createIndex({ a: 1 }, { unique: true }), coded(11000))
    await rows.deleteOne({ _id: '2' })
    const name = await rows.createIndex({ a: 1 }, { unique: true })
    await rows.dropIndex(name)

    await rows.insertOne({ _id: '2', a: 'x' })
    await assert.rejects(rows.dropIndex(name), coded(27))
  })

  test('is made when no open transaction uses the collection any more', async (t) => {
    const { client, rows } = await aCollection(t)
    const made: string[] = []
    await client.withSession(async (session) => {
      session.startTransaction()
      await rows.insertOne({ _id: '1', a: 'x' }, { session })
      const index = rows.createIndex({ a: 1 }).then(() => made.push('index'))
      await client.db().command({ ping: 1 })
      await rows.insertOne({ _id: '2', a: 'y' }, { session })

      await session.commitTransaction()
      made.push('commit')
      await index
    })

    assert.deepEqual(made, ['commit', 'index'])
  })

  test('finds what is there now, after changes, removals and aborts', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.createIndex({ a: 1, b: 1 })
    await rows.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: `${n}`, a: n % 5, b: n, list: [n, -n] })))
    await rows.createIndex({ list: 1 })
    await rows.updateMany({ a: 1 }, { $set: { a: 2 } })
    await rows.deleteMany({ a: 3 })
    await client.withSession(async (session) => {
      session.startTransaction()
      await rows.updateMany({ a: 4 }, { $set: { a: 1 } }, { session })
      await session.abortTransaction()
    })

    const count = (filter: object) => rows.countDocuments(filter)

    assert.deepEqual(await Promise.all([0, 1, 2, 3, 4].map((a) => count({ a }))), [10, 0, 20, 0, 10])
    assert.deepEqual([await count({ a: 2, b: 6 }), await count({ a: 1, b: 6 })], [1, 0])
    const either = { $or: [{ a: 2, b: { $in: [6, 7] } }, { _id: '0' }, { list: -9 }] }
    assert.deepEqual([await count(either), await count({ ...either, a: 2 })], [4, 2])
    assert.deepEqual([await count({ list: -4 }), await count({ list: { $in: [4, 5, -4] } })], [1, 2])
  })
})

suite('a collection', () => {
  test('with a validator refuses documents that do not fit', async (t) => {
    const { client } = await aCollection(t)
    const db = client.db()
    const $jsonSchema = {
      bsonType: 'object',
      required: ['_id', 'n'],
      properties: { n: { bsonType: ['int', 'null'] }, at: { bsonType: 'number' }, text: { bsonType: 'string' } },
    }
    const strict = await db.createCollection<{ _id: string; n?: number | string; at?: number }>('strict', {
      validator: { $jsonSchema },
    })

    await strict.insertOne({ _id: 'a', n: 1, at: 1.5 })
    await assert.rejects(strict.insertOne({ _id: 'b' }), coded(121))
    await assert.rejects(strict.insertOne({ _id: 'b', n: 'x' }), coded(121))
    await assert.rejects(strict.updateOne({ _id: 'a' }, { $set: { n: 1.5 } }), coded(121))
    await assert.rejects(strict.findOneAndUpdate({ _id: 'a' }, { $unset: { n: '' } }), coded(121))
    await db.command({ collMod: 'strict', validator: { $jsonSchema: { required: ['_id'] } } })
    await strict.insertOne({ _id: 'b' })

    const [told] = await db.listCollections({ name: 'strict' }).toArray()
    assert.deepEqual(told && 'options' in told && told.options, { validator: { $jsonSchema: { required: ['_id'] } } })
  })

  test('is made once, is listed, and is gone when it is dropped', async (t) => {
    const { client, rows } = await aCollection(t)
    const db = client.db()
    await db.collection('by-writing').insertOne({ n: 1 })

    await assert.rejects(db.createCollection('rows'), coded(48))
    await rows.drop()
    await rows.drop()

    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)
    assert.deepEqual(names, ['by-writing'])
    await assert.rejects(rows.listIndexes().toArray(), coded(26))
    await db.dropDatabase()
    assert.deepEqual(await db.listCollections().toArray(), [])
  })
})
