import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { roomPlace } from '@connectly/protocol'
import { MongoClient } from 'mongodb'
import { doing, insertInto, metas, rooms } from '../contract.ts'
import { eventTable, placeTable } from '../log-tables.ts'
import { commitGroup } from './commit.ts'
import { kinds, onStandIn, saying } from './kit.ts'
import { transactionsOf } from './transaction.ts'
import { openMongo } from './mongo.ts'
import { StoreAway } from '../store.ts'

/* Answers that get lost, and connections that break. */

suite('an answer that does not come', () => {
  test('is asked for again: what was committed is committed once, and told as done', async (t) => {
    const { standIn, store } = await onStandIn(t)
    const place = roomPlace(randomUUID())

    for (const when of ['before', 'after'] as const) {
      standIn.faults.commands.push({ command: 'commitTransaction', times: 3, do: 'drop', when })
      assert.deepEqual(kinds(await store.commit([saying(place)], 1)), ['done'])
    }

    assert.equal((await store.get(placeTable, { place }))?.seq, 2)
    assert.equal(await store.count(eventTable, { place }, 9), 2)
    assert.ok(store.stats().unknownCommits > 0)
  })

  test('to a statement: the whole group is tried again', async (t) => {
    const { standIn, store } = await onStandIn(t)
    const place = roomPlace(randomUUID())
    await store.commit([saying(place)], 1)

    for (const command of ['findAndModify', 'insert', 'update'])
      standIn.faults.commands.push({ command, times: 1, do: 'drop', when: 'after' })
    const outcomes = await store.commit([saying(place)], 1)

    assert.deepEqual(kinds(outcomes), ['done'])
    assert.equal(await store.count(eventTable, { place }, 9), 2)
    assert.ok(store.stats().retries >= 3)
  })

  test('in time is asked for again, and a no is a no: the group is rejected, and the next one goes through', async (t) => {
    const { standIn, store } = await onStandIn(t)
    const place = roomPlace(randomUUID())
    await store.commit([saying(place)], 1)
    const late = { do: 'fail', code: 50, codeName: 'MaxTimeMSExpired' } as const
    const no = { do: 'fail', code: 8, codeName: 'UnknownError' } as const
    standIn.faults.commands.push({ command: 'commitTransaction', times: 2, ...late })
    standIn.faults.commands.push({ command: 'commitTransaction', times: 1, ...no })

    await assert.rejects(store.commit([saying(place)], 1), { code: 8 })
    const outcomes = await store.commit([saying(place)], 1)

    assert.deepEqual(kinds(outcomes), ['done'])
  })
})

test('closing waits for what is under way, and then nothing is', async (t) => {
  const { standIn, uri, store } = await onStandIn(t)
  const other = await openMongo(uri)
  const name = randomUUID()
  standIn.faults.commands.push({ command: 'commitTransaction', times: 1, do: 'delay', ms: 100 })

  const commit = other.commit([doing([insertInto(metas, { name, value: 'x' })])], 1)
  await other.close()

  assert.deepEqual(kinds(await commit), ['done'])
  assert.equal((await store.get(metas, { name }))?.value, 'x')
  await assert.rejects(other.get(metas, { name }), /closed/)
})

test('two engines whose connections break again and again lose nothing, double nothing and leave no gap', async (t) => {
  const { standIn, uri, store } = await onStandIn(t)
  const other = await openMongo(uri)
  const place = roomPlace(randomUUID())
  const told: unknown[] = []
  const breaking = setInterval(() => standIn.dropConnections(), 20)

  await Promise.all(
    [store, other].map(async (each) => {
      for (let nth = 0; nth < 60; nth++)
        for (const outcome of await each.commit([saying(place), saying(place)], 1))
          told.push(outcome.kind === 'done' ? outcome.made.result : outcome.kind)
    }),
  )
  clearInterval(breaking)
  const log = await store.find(eventTable, { where: { place }, order: [['seq', 'asc']], limit: 999 })
  await other.close()

  const all = Array.from({ length: 240 }, (_, nth) => nth + 1)
  assert.deepEqual(
    told.toSorted((a, b) => Number(a) - Number(b)),
    all,
  )
  assert.deepEqual(
    log.map(({ seq }) => seq),
    all,
  )
  assert.ok(store.stats().retries + other.stats().retries > 0)
})

test('every transaction reads one moment and is kept by the majority and its journals', async (t) => {
  const { uri } = await onStandIn(t)
  const client = new MongoClient(uri, { monitorCommands: true })
  const sent: Record<string, unknown>[] = []
  client.on('commandStarted', ({ command }) => sent.push(command as Record<string, unknown>))
  const transact = transactionsOf(client, { retries: 0, unknownCommits: 0, duplicates: 0 })
  const place = roomPlace(randomUUID())

  const parts = { db: client.db('connectly'), transact, onDuplicate: () => undefined }
  await commitGroup(parts, [saying(place, [insertInto(rooms, { roomId: randomUUID() })])], 1)
  sent.length = 0
  await commitGroup(parts, [saying(place), saying(place)], 1)
  await client.close()

  const names = sent.map((command) => Object.keys(command)[0])
  assert.deepEqual(names.slice(0, -1), ['findAndModify', 'insert', 'update', 'commitTransaction'])
  assert.match(JSON.stringify(sent[0]?.['readConcern']), /"level":"snapshot"/)
  assert.deepEqual(sent[3]?.['writeConcern'], { w: 'majority', wtimeout: 15000, j: true })
  assert.equal(sent[3]?.['maxTimeMS'], 15000)
  for (const statement of sent.slice(0, 3)) {
    assert.equal(statement['writeConcern'], undefined)
    assert.equal(statement['maxTimeMS'], 15000)
  }
})

test('a server that is gone is away, and not a fault of ours', async (t) => {
  const { standIn, store } = await onStandIn(t)
  await store.commit([doing([insertInto(metas, { name: 'before' })])], 1)

  await standIn.close()

  await assert.rejects(store.get(metas, { name: 'before' }), StoreAway)
})
