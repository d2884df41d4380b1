import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import type { ClientSession } from 'mongodb'
import { newFaults, SWITCHES } from './faults.ts'
import { aCollection } from './test-client.ts'

/*
 * Each switch takes one promise of the database away. Here it is shown that the promise is there without the switch and
 * gone with it, so that an engine's tests can be asked whether they would have noticed.
 */

type Promised = (t: TestContext, faults: ReturnType<typeof newFaults>) => Promise<boolean>

const promises: Record<(typeof SWITCHES)[number], Promised> = {
  noSnapshots: async (t, faults) => {
    const { client, rows } = await aCollection(t, { faults })
    await rows.insertOne({ _id: 'a', n: 0 })
    return client.withSession(async (session) => {
      session.startTransaction()
      await rows.findOne({ _id: 'a' }, { session })
      await rows.updateOne({ _id: 'a' }, { $set: { n: 1 } })
      const again = await rows.findOne({ _id: 'a' }, { session })
      return again?.n === 0
    })
  },

  noWriteConflicts: async (t, faults) => {
    const { client, rows } = await aCollection(t, { faults })
    await rows.insertOne({ _id: 'a', n: 0 })
    const sessions = [client.startSession(), client.startSession()]
    const addOne = async (session: ClientSession) => {
      const n = Number((await rows.findOne({ _id: 'a' }, { session }))?.n)
      return () => rows.updateOne({ _id: 'a' }, { $set: { n: n + 1 } }, { session })
    }
    for (const session of sessions) session.startTransaction()
    const writes = await Promise.all(sessions.map(addOne))

    const written = await Promise.allSettled(writes.map((write) => write()))

    return written.some(({ status }) => status === 'rejected')
  },

  noRollback: async (t, faults) => {
    const { client, rows } = await aCollection(t, { faults })
    await client.withSession(async (session) => {
      session.startTransaction()
      await rows.insertOne({ _id: 'a' }, { session })
      await session.abortTransaction()
    })
    return (await rows.countDocuments()) === 0
  },

  noUnique: async (t, faults) => {
    const { rows } = await aCollection(t, { faults })
    await rows.createIndex({ n: 1 }, { unique: true })
    await rows.insertOne({ _id: 'a', n: 0 })
    const ids = await Promise.allSettled([rows.insertOne({ _id: 'a', n: 1 }), rows.insertOne({ _id: 'b', n: 0 })])
    return ids.every(({ status }) => status === 'rejected')
  },
}

suite('a switch that takes a promise away', () => {
  for (const name of SWITCHES) {
    test(`${name}: the promise is kept without it and broken with it`, async (t) => {
      const [without, turnedOn] = [newFaults(), newFaults([name])]

      const kept = await promises[name](t, without)
      const broken = !(await promises[name](t, turnedOn))

      assert.deepEqual({ kept, broken }, { kept: true, broken: true })
    })
  }

  test('may be turned while the stand-in runs, and an unknown one is refused', async (t) => {
    const { rows, standIn } = await aCollection(t)
    await rows.createIndex({ n: 1 }, { unique: true })
    await rows.insertOne({ _id: 'a', n: 0 })

    standIn.faults.noUnique = true
    await rows.insertOne({ _id: 'b', n: 0 })
    standIn.faults.noUnique = false

    await assert.rejects(rows.insertOne({ _id: 'c', n: 0 }))
    assert.throws(() => newFaults(['noSuchThing']))
  })
})
