import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ClientSession, MongoClient, MongoServerError } from 'mongodb'
import { aCollection, coded, transient } from './test-client.ts'

/* Transactions, sessions and retryable writes of the stand-in, as the official driver sees them. */

/** A session with a transaction that has begun; the client ends it with itself. */
function begin(client: MongoClient): ClientSession {
  const session = client.startSession()
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', j: true } })
  return session
}

/** For `assert.rejects`: whether it was committed cannot be said. */
const isUnknown = (error: unknown): boolean =>
  (error as MongoServerError).hasErrorLabel('UnknownTransactionCommitResult')

/** Whether a promise is still waiting after the server has answered something else. */
async function isWaiting(promise: Promise<unknown>, client: MongoClient): Promise<boolean> {
  let isDone = false
  promise.then(
    () => (isDone = true),
    () => (isDone = true),
  )
  for (let asks = 0; asks < 3; asks++) await client.db().command({ ping: 1 })
  return !isDone
}

suite('a transaction', () => {
  test('is all there once it is committed, and not a part of it before', async (t) => {
    const { client, rows } = await aCollection(t)
    const session = begin(client)

    await rows.insertMany([{ _id: 'a' }, { _id: 'b' }], { session })
    const before = await rows.find().toArray()
    await session.commitTransaction()

    assert.deepEqual(before, [])
    assert.equal(await rows.countDocuments(), 2)
  })

  test('leaves nothing when it is aborted', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertMany([{ _id: 'a', n: 1 }, { _id: 'b' }])
    const session = begin(client)
    await rows.updateOne({ _id: 'a' }, { $set: { n: 2 } }, { session })
    await rows.deleteOne({ _id: 'b' }, { session })
    await rows.insertOne({ _id: 'c' }, { session })
    const inside = await rows.find({}, { session }).toArray()

    await session.abortTransaction()

    assert.deepEqual(inside, [{ _id: 'a', n: 2 }, { _id: 'c' }])
    assert.deepEqual(await rows.find().toArray(), [{ _id: 'a', n: 1 }, { _id: 'b' }])
  })

  test('sees the moment of its first operation and what it has written itself', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertMany([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
      { _id: 'gone', n: 1 },
    ])
    await rows.createIndex({ n: 1 })
    const session = begin(client)
    await rows.findOne({}, { session })

    await rows.updateOne({ _id: 'a' }, { $set: { n: 2 } })
    await rows.deleteOne({ _id: 'gone' })
    await rows.insertOne({ _id: 'new', n: 1 })
    await rows.updateOne({ _id: 'b' }, { $set: { own: true } }, { session })

    const seen = [
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1, own: true },
      { _id: 'gone', n: 1 },
    ]
    assert.deepEqual(await rows.find({ n: 1 }, { session, sort: { _id: 1 } }).toArray(), seen)
    assert.equal(await rows.countDocuments({}, { session }), 3)
    await session.commitTransaction()
    assert.equal(await rows.countDocuments({ _id: { $in: ['a', 'b', 'new'] } }), 3)
  })

  test('loses against one that has written the same document and is open', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertMany([{ _id: 'a', n: 0 }, { _id: 'b' }])
    const [first, second] = [begin(client), begin(client)]
    await rows.updateOne({ _id: 'b' }, { $set: { mine: true } }, { session: second })
    await rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session: first })

    await assert.rejects(rows.deleteOne({ _id: 'a' }, { session: second }), transient(112))

    await assert.rejects(rows.findOne({ _id: 'b' }, { session: second }), transient(251))
    await first.commitTransaction()
    assert.deepEqual(await rows.find().toArray(), [{ _id: 'a', n: 1 }, { _id: 'b' }])
  })

  test('loses against a write that came after its snapshot', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertOne({ _id: 'a', n: 0 })
    const session = begin(client)
    await rows.findOne({ _id: 'a' }, { session })
    await rows.updateOne({ _id: 'a' }, { $inc: { n: 10 } })

    await assert.rejects(rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session }), transient(112))

    assert.equal((await rows.findOne({ _id: 'a' }))?.n, 10)
  })

  test("is in nobody's way with a write that changes nothing", async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertOne({ _id: 'a', n: 0 })
    const session = begin(client)
    await rows.updateOne({ _id: 'a' }, { $set: { n: 0 } }, { session })

    await rows.updateOne({ _id: 'a' }, { $set: { n: 1 } })

    assert.equal((await rows.findOne({ _id: 'a' }, { session }))?.n, 0)
    await session.commitTransaction()
    assert.equal((await rows.findOne({ _id: 'a' }))?.n, 1)
  })

  test('holds up a write outside transactions until it has ended', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertOne({ _id: 'a', n: 0 })
    const session = begin(client)
    await rows.updateMany({}, { $inc: { n: 1 } }, { session })
    await rows.insertOne({ _id: 'new' }, { session })

    const update = rows.updateMany({ _id: 'a', n: 0 }, { $inc: { n: 100 } })
    const insert = rows.insertOne({ _id: 'new' })
    insert.catch(() => {})

    assert.deepEqual([await isWaiting(update, client), await isWaiting(insert, client)], [true, true])
    await session.commitTransaction()
    assert.equal((await update).matchedCount, 0)
    await assert.rejects(insert, coded(11000))
    assert.equal((await rows.findOne({ _id: 'a' }))?.n, 1)
  })

  test('is run again by the driver until it goes through, so that no addition is lost', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertOne({ _id: 'a', n: 0 })

    const addOne = () =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          const n = Number((await rows.findOne({ _id: 'a' }, { session }))?.n)
          await rows.updateOne({ _id: 'a' }, { $set: { n: n + 1 } }, { session })
        }),
      )
    await Promise.all(Array.from({ length: 8 }, addOne))

    assert.equal((await rows.findOne({ _id: 'a' }))?.n, 8)
  })

  test('lets two go through that each rely on what the other changes', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertMany([
      { _id: 'a', on: true },
      { _id: 'b', on: true },
    ])
    const [first, second] = [begin(client), begin(client)]
    const turnOff = async (session: ClientSession, mine: string, other: string) => {
      assert.ok((await rows.findOne({ _id: other }, { session }))?.on)
      await rows.updateOne({ _id: mine }, { $set: { on: false } }, { session })
    }
    await Promise.all([turnOff(first, 'a', 'b'), turnOff(second, 'b', 'a')])

    await Promise.all([first.commitTransaction(), second.commitTransaction()])

    assert.equal(await rows.countDocuments({ on: true }), 0)
  })

  test('ends with a duplicate, for good', async (t) => {
    const { client, rows } = await aCollection(t)
    await rows.insertOne({ _id: 'there' })
    const session = begin(client)
    await rows.insertOne({ _id: 'a' }, { session })

    const failed = rows.insertOne({ _id: 'there' }, { session })

    await assert.rejects(failed, (error) => coded(11000)(error) && !transient(11000)(error))
    await assert.rejects(rows.insertOne({ _id: 'b' }, { session }), transient(251))
    assert.equal(await rows.countDocuments(), 1)
  })

  test('is aborted when it is open for too long', async (t) => {
    const { client, rows } = await aCollection(t, { transactionLifetimeMs: 50 })
    await rows.insertOne({ _id: 'a', n: 0 })
    const session = begin(client)
    await rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session })

    await rows.updateOne({ _id: 'a' }, { $inc: { n: 10 } })

    await assert.rejects(session.commitTransaction(), coded(251))
    assert.equal((await rows.findOne({ _id: 'a' }))?.n, 10)
  })

  test('is aborted when its session ends', async (t) => {
    const { client, rows } = await aCollection(t)
    const session = client.startSession()
    session.startTransaction()
    await rows.insertOne({ _id: 'a' }, { session })

    await session.endSession()

    await rows.insertOne({ _id: 'a' })
    assert.equal(await rows.countDocuments(), 1)
  })

  test('takes no collection, index, count or concern of its own', async (t) => {
    const { client, rows } = await aCollection(t)
    const db = client.db()
    const tried: [(session: ClientSession) => Promise<unknown>, code: number][] = [
      [(session) => db.collection('other').insertOne({ n: 1 }, { session }), 263],
      [(session) => db.createCollection('other', { session }), 263],
      [(session) => rows.createIndex({ n: 1 }, { session }), 263],
      [(session) => db.command({ collMod: 'rows', validator: {} }, { session }), 263],
      [(session) => rows.drop({ session }), 263],
      [(session) => db.command({ count: 'rows' }, { session }), 263],
    ]

    for (const [act, code] of tried) await assert.rejects(act(begin(client)), coded(code))
  })

  test('takes no write concern but its own, and a read concern only with its first command', async (t) => {
    const { client } = await aCollection(t)
    const db = client.db()
    const [writing, reading] = [begin(client), begin(client)]
    const insert = { insert: 'rows', documents: [{ _id: 'a' }], writeConcern: { w: 1 } }

    await assert.rejects(db.command(insert, { session: writing }), coded(72))

    await db.command({ find: 'rows' }, { session: reading })
    await assert.rejects(db.command({ find: 'rows', readConcern: { level: 'local' } }, { session: reading }), coded(72))
  })

  test('does not see through a change of the catalogue after its snapshot', async (t) => {
    const { client, rows } = await aCollection(t)
    const other = await client.db().createCollection('other')
    const session = begin(client)
    await rows.findOne({}, { session })
    await other.createIndex({ n: 1 })

    await assert.rejects(other.findOne({}, { session }), transient(246))
  })
})

suite('a commit that is not heard of', () => {
  test('was done: the driver asks again and is told so', async (t) => {
    const { client, rows, standIn } = await aCollection(t)
    const session = begin(client)
    await rows.insertOne({ _id: 'a' }, { session })
    standIn.faults.commands.push({ do: 'drop', command: 'commitTransaction', times: 1, when: 'after' })

    await session.commitTransaction()

    assert.equal(await rows.countDocuments(), 1)
  })

  test('was done, and is unknown to who hears nothing the second time either, until the third', async (t) => {
    const { client, rows, standIn } = await aCollection(t)
    const session = begin(client)
    await rows.insertOne({ _id: 'a' }, { session })
    standIn.faults.commands.push({ do: 'drop', command: 'commitTransaction', times: 2, when: 'after' })

    await assert.rejects(session.commitTransaction(), isUnknown)

    await session.commitTransaction()
    assert.equal(await rows.countDocuments(), 1)
  })

  test('was not done while the connection breaks before it, and is done when it is asked for again', async (t) => {
    const { client, rows, standIn } = await aCollection(t)
    const session = begin(client)
    await rows.insertOne({ _id: 'a' }, { session })
    standIn.faults.commands.push({ do: 'drop', command: 'commitTransaction', times: 2, when: 'before' })

    await assert.rejects(session.commitTransaction())
    const between = await rows.countDocuments()
    await session.commitTransaction()

    assert.deepEqual([between, await rows.countDocuments()], [0, 1])
  })
})

suite('a server that fails', () => {
  test('forgets open transactions when it dies, and keeps what was committed', async (t) => {
    const { client, rows, standIn } = await aCollection(t)
    const [committed, open] = [begin(client), begin(client)]
    await rows.insertOne({ _id: 'kept' }, { session: committed })
    await rows.insertOne({ _id: 'lost' }, { session: open })
    await committed.commitTransaction()

    standIn.crash()

    await committed.commitTransaction()
    await assert.rejects(open.commitTransaction(), transient(251))
    assert.deepEqual(await rows.find().toArray(), [{ _id: 'kept' }])
  })

  test('and does not hear of its other members leaves the commit unknown, which is there', async (t) => {
    const { client, rows, standIn } = await aCollection(t)
    const session = begin(client)
    await rows.insertOne({ _id: 'a' }, { session })
    standIn.faults.commands.push({ do: 'unconfirmed', command: 'commitTransaction', times: 1 })

    await assert.rejects(session.commitTransaction(), isUnknown)

    await session.commitTransaction()
    assert.equal(await rows.countDocuments(), 1)
  })
})

suite('a retryable write', () => {
  test('is done once, however often it has to be sent', async (t) => {
    const { rows, standIn } = await aCollection(t)
    await rows.insertOne({ _id: 'a', n: 0 })
    const drop = (command: string) => standIn.faults.commands.push({ do: 'drop', command, times: 1, when: 'after' })
    for (const command of ['update', 'findAndModify', 'insert', 'delete']) drop(command)

    const updated = await rows.updateOne({ _id: 'a' }, { $inc: { n: 1 } })
    const found = await rows.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, { returnDocument: 'after' })
    const inserted = await rows.insertMany([{ _id: 'b' }, { _id: 'c' }])
    const deleted = await rows.deleteOne({ _id: 'b' })

    assert.deepEqual([updated.modifiedCount, found?.n, inserted.insertedCount, deleted.deletedCount], [1, 2, 2, 1])
    assert.deepEqual(await rows.find().toArray(), [{ _id: 'a', n: 2 }, { _id: 'c' }])
  })
})

suite('an error that a test asks for', () => {
  test('comes as often as asked, with its labels, and a delay makes a command too late', async (t) => {
    const { rows, standIn } = await aCollection(t)
    const labels = ['TransientTransactionError']
    standIn.faults.commands.push({
      do: 'fail',
      command: 'insert',
      times: 1,
      code: 112,
      codeName: 'WriteConflict',
      labels,
    })
    standIn.faults.commands.push({ do: 'delay', command: 'find', times: 1, ms: 40 })

    await assert.rejects(rows.insertOne({ _id: 'a' }), transient(112))
    await rows.insertOne({ _id: 'a' })

    await assert.rejects(rows.findOne({}, { maxTimeMS: 20 }), coded(50))
    assert.deepEqual(await rows.findOne({}, { maxTimeMS: 20 }), { _id: 'a' })
  })

  test('a write that waits for a transaction gives up when its time is over', async (t) => {
    const { client, rows } = await aCollection(t)
    const session = begin(client)
    await rows.insertOne({ _id: 'a' }, { session })

    await assert.rejects(client.db().command({ insert: 'rows', documents: [{ _id: 'a' }], maxTimeMS: 20 }), coded(50))
  })
})
