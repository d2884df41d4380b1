import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { BSON } from 'mongodb'
import { aCollection, coded, type Row } from './test-client.ts'

/* What the official driver sees of the stand-in outside transactions. */

suite('reading and writing', () => {
  test('an answer of 299 documents comes in pieces, sorted, projected and cut as asked', async (t) => {
    const { rows } = await aCollection(t)
    const many = Array.from({ length: 299 }, (_, n) => ({ _id: `r${n}`, n, odd: n % 2 === 1, more: 'x' }))

    const inserted = await rows.insertMany(many)

    const all = await rows.find({}, { sort: { n: -1 }, batchSize: 20 }).toArray()
    const some = rows.find({ odd: true }, { sort: { n: 1 }, skip: 2, limit: 2, projection: { n: 1, _id: 0 } })
    assert.equal(inserted.insertedCount, 299)
    assert.deepEqual(all, many.toReversed())
    assert.deepEqual(await some.toArray(), [{ n: 5 }, { n: 7 }])
    assert.deepEqual(await rows.findOne({ _id: 'r7' }, { projection: { more: 0, odd: 0 } }), { _id: 'r7', n: 7 })
  })

  test('documents are counted by aggregation, by estimate, and in groups', async (t) => {
    const { rows } = await aCollection(t)
    await rows.insertMany(Array.from({ length: 10 }, (_, n) => ({ _id: `r${n}`, kind: n < 3 ? 'a' : 'b', n })))

    const groups = rows.aggregate([{ $group: { _id: '$kind', sum: { $sum: '$n' } } }, { $sort: { _id: 1 } }])

    assert.equal(await rows.countDocuments({ kind: 'b' }), 7)
    assert.equal(await rows.countDocuments({ kind: 'b' }, { limit: 5 }), 5)
    assert.equal(await rows.estimatedDocumentCount(), 10)
    assert.deepEqual(await groups.toArray(), [
      { _id: 'a', sum: 3 },
      { _id: 'b', sum: 42 },
    ])
  })

  test('a cursor that was closed or is unknown gives nothing more', async (t) => {
    const { rows, client } = await aCollection(t)
    await rows.insertMany(Array.from({ length: 30 }, (_, n) => ({ _id: `r${n}` })))
    const cursor = rows.find({}, { batchSize: 10 })
    await cursor.next()
    const { id } = cursor

    await cursor.close()

    assert.ok(id && !id.isZero())
    await assert.rejects(client.db().command({ getMore: id, collection: 'rows' }), coded(43))
  })

  test('an insert in order stops at a duplicate, one without order goes on', async (t) => {
    const { rows } = await aCollection(t)
    const three = (mark: string): Row[] => [{ _id: `${mark}1` }, { _id: 'twice' }, { _id: `${mark}2` }]
    await rows.insertOne({ _id: 'twice' })

    await assert.rejects(rows.insertMany(three('a')), coded(11000))
    await assert.rejects(rows.insertMany(three('b'), { ordered: false }), coded(11000))

    const ids = (await rows.find().toArray()).map(({ _id }) => _id)
    assert.deepEqual(ids.toSorted(), ['a1', 'b1', 'b2', 'twice'])
  })

  test('a document over 16 MiB is refused, inserted or grown', async (t) => {
    const { rows } = await aCollection(t)
    const text = 'x'.repeat(9 * 1024 * 1024)
    await rows.insertOne({ _id: 'big', text })

    await assert.rejects(rows.updateOne({ _id: 'big' }, { $set: { more: text } }), coded(10334))

    assert.deepEqual(await rows.findOne({ more: { $exists: true } }), null)
  })
})

suite('updating', () => {
  test('operators change fields of a document and of what lies in it', async (t) => {
    const { rows } = await aCollection(t)
    await rows.insertOne({ _id: 'a', n: 1, low: 5, high: 5, in: { side: 1, gone: true } })

    const update = {
      $set: { 'in.side': 2, 'new.path': 'x' },
      $unset: { 'in.gone': '', missing: '' },
      $inc: { n: 2, fresh: 1 },
      $min: { low: 3 },
      $max: { high: 4 },
      $setOnInsert: { never: true },
    }
    const changed = await rows.updateOne({ _id: 'a' }, update)

    assert.equal(changed.modifiedCount, 1)
    const expected = { _id: 'a', n: 3, low: 3, high: 5, in: { side: 2 }, new: { path: 'x' }, fresh: 1 }
    assert.deepEqual(await rows.findOne({ _id: 'a' }), expected)
  })

  test('an update that changes nothing matches and modifies nothing', async (t) => {
    const { rows } = await aCollection(t)
    await rows.insertMany([
      { _id: 'a', n: 1, doc: { x: [1, { y: null }] } },
      { _id: 'b', n: 2 },
    ])

    const same = await rows.updateMany({}, { $set: { n: 1 }, $max: { n2: 0 } })
    const again = await rows.updateMany({}, { $set: { n: 1 } })
    const replaced = await rows.replaceOne({ _id: 'a' }, { n: 1, doc: { x: [1, { y: null }] }, n2: 0 })

    assert.deepEqual([same.matchedCount, same.modifiedCount], [2, 2])
    assert.deepEqual([again.matchedCount, again.modifiedCount], [2, 0])
    assert.equal(replaced.matchedCount, 1)
  })

  test('an upsert makes a document of what its filter demands', async (t) => {
    const { rows } = await aCollection(t)
    const filter = { _id: 'a', 'in.kind': { $eq: 'k' }, n: { $gt: 3 } }

    const made = await rows.updateOne(filter, { $set: { x: 1 }, $setOnInsert: { first: true } }, { upsert: true })
    const found = await rows.updateOne({ _id: 'a' }, { $setOnInsert: { first: false } }, { upsert: true })

    assert.equal(made.upsertedId, 'a')
    assert.equal(found.upsertedCount, 0)
    assert.deepEqual(await rows.findOne({ _id: 'a' }), { _id: 'a', in: { kind: 'k' }, x: 1, first: true })
  })

  test('finding and modifying gives the document before or after, or takes it away', async (t) => {
    const { rows } = await aCollection(t)
    await rows.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 2 },
    ])

    const before = await rows.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } })
    const after = await rows.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, { returnDocument: 'after' })
    const upserted = await rows.findOneAndUpdate(
      { _id: 'c' },
      { $inc: { n: 9 } },
      { upsert: true, returnDocument: 'after' },
    )
    const highest = await rows.findOneAndDelete({}, { sort: { n: -1 } })
    const missing = await rows.findOneAndReplace({ _id: 'zz' }, { n: 0 })

    assert.deepEqual([before?.n, after?.n, upserted?.n, highest?._id, missing], [1, 3, 9, 'c', null])
    assert.equal(await rows.countDocuments(), 2)
  })

  test('a whole number grows from 32 to 64 bits, and a double stays one', async (t) => {
    const { rows, client } = await aCollection(t)
    await rows.insertMany([
      { _id: 'int', n: 2_147_483_647 },
      { _id: 'double', n: 2_147_483_648 },
      { _id: 'long', n: BSON.Long.fromNumber(1) },
    ])

    await rows.updateMany({}, { $inc: { n: 1 } })

    const typed = client.db().collection('rows', { promoteLongs: false })
    const ids = async (type: string) =>
      (await typed.find({ n: { $type: type } }).toArray()).map(({ _id }) => String(_id))
    assert.deepEqual(await ids('long'), ['int', 'long'])
    assert.deepEqual(await ids('double'), ['double'])
    assert.equal((await rows.findOne({ _id: 'int' }))?.n, 2_147_483_648)
  })

  test('an update that cannot be is refused and leaves the document alone', async (t) => {
    const { rows } = await aCollection(t)
    await rows.insertOne({ _id: 'a', text: 'x', n: 1 })
    const refused: [update: object, code: number][] = [
      [{ $inc: { text: 1 } }, 14],
      [{ $set: { 'text.in': 1 } }, 28],
      [{ $set: { _id: 'b' } }, 66],
      [{ $set: { n: 2 }, $inc: { n: 1 } }, 40],
      [{ $set: { in: {} }, $unset: { 'in.x': '' } }, 40],
      [{ $nonsense: { n: 1 } }, 9],
    ]

    for (const [update, code] of refused) await assert.rejects(rows.updateOne({ _id: 'a' }, update), coded(code))

    assert.deepEqual(await rows.findOne({ _id: 'a' }), { _id: 'a', text: 'x', n: 1 })
  })

  test('what the stand-in does not know it refuses, and never ignores', async (t) => {
    const { rows, client } = await aCollection(t)
    const db = client.db()

    await assert.rejects(rows.findOne({ n: { $nonsense: 1 } }), coded(2))
    await assert.rejects(rows.findOne({ $nonsense: [] }), coded(2))
    await assert.rejects(rows.updateOne({}, { $currentDate: { at: true } }), coded(9))
    await assert.rejects(rows.updateOne({}, [{ $set: { n: 1 } }]), coded(9))
    await assert.rejects(rows.aggregate([{ $lookup: {} }]).toArray(), coded(9))
    await assert.rejects(rows.findOne({}, { collation: { locale: 'en' } }), coded(9))
    await assert.rejects(rows.createIndex({ n: 1 }, { expireAfterSeconds: 1 }), coded(9))
    await assert.rejects(db.command({ find: 'rows', nonsense: 1 }), coded(40415))
    await assert.rejects(db.command({ nonsense: 1 }), coded(59))
  })
})
