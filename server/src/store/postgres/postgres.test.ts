import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { roomPlace } from '@connectly/protocol'
import { doing, insertInto, messages, rooms, seats, users } from '../contract.ts'
import { eventTable, placeTable } from '../log-tables.ts'
import { ask, newDatabase, run, type TestDatabase } from './kit.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from '../sqlite/sqlite.ts'
import { must, patch, remove, type Change, type Outcome, type Store } from '../store.ts'

/* What PostgreSQL does in its own way: several processes on one database, each a store of its own. */

let database: TestDatabase
let stores: Store[]
before(async () => {
  database = await newDatabase()
  stores = await Promise.all(Array.from({ length: 4 }, () => openPostgres(database.url)))
})
after(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await database.drop()
})

const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind)
const one = () => stores[0] as Store

async function newRoom(given: object = {}): Promise<string> {
  const roomId = randomUUID()
  await one().commit([doing([insertInto(rooms, { roomId, ...given })])], 1)
  return roomId
}

async function seated(roomId: string): Promise<string> {
  const userId = randomUUID()
  const writes = [
    insertInto(users, { userId, username: userId }),
    insertInto(seats, { roomId, userId, role: 'member' }),
  ]
  await one().commit([doing(writes)], 1)
  return userId
}

/** Says something in rooms, in the order in which they are given, if the guards hold. */
const saying = (roomIds: readonly string[], more: Partial<Change> = {}): Change => ({
  places: roomIds.map(roomPlace),
  given: [],
  make: (next) => {
    const events = roomIds.map((roomId) => ({ ...next(roomPlace(roomId)), name: 'test.said', data: {}, reacts: false }))
    return { writes: [], events, result: events.map(({ seq }) => seq) }
  },
  ...more,
})

test('[ST5] many processes that number the same places in opposite orders never deadlock, and leave no gap', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => newRoom()))
  const until = Date.now() + 3000
  const before = await deadlocks()
  let said = 0

  await Promise.all(
    stores.map(async (store, nth) => {
      const order = nth % 2 === 0 ? ids : ids.toReversed()
      while (Date.now() < until) {
        const group = Array.from({ length: 5 }, (_, at) => saying([...order.slice(at), ...order.slice(0, at)]))
        for (const { kind } of await store.commit(group, 1)) if (kind === 'done') said++
      }
    }),
  )

  assert.equal(await deadlocks(), before)
  for (const roomId of ids) {
    const seqs = await one().find(eventTable, {
      where: { place: roomPlace(roomId) },
      order: [['seq', 'asc']],
      limit: 100_000,
    })
    assert.deepEqual(
      seqs.map(({ seq }) => seq),
      Array.from(seqs, (_, at) => at + 1),
    )
    assert.equal(seqs.length, said)
    assert.equal((await one().get(placeTable, { place: roomPlace(roomId) }))?.seq, said)
  }
})

async function deadlocks(): Promise<number> {
  const [row] = await ask(
    database.url,
    'select deadlocks::int as n from pg_stat_database where datname = current_database()',
  )
  return Number(row?.['n'])
}

test('[ST3] who is removed while their send waits for the room is refused', async () => {
  const roomId = await newRoom()
  const userId = await seated(roomId)
  const place = roomPlace(roomId)
  const guarded = { given: [must(seats, { roomId, userId }, { role: 'member' })] }
  const slow = await lockPlace(place)

  const removing = one().commit([saying([roomId], { make: removal(roomId, userId) })], 1)
  await waiting(1)
  const sending = (stores[1] as Store).commit([saying([roomId], guarded)], 1)
  await waiting(2)
  await slow.release()

  assert.deepEqual(kinds(await removing), ['done'])
  assert.deepEqual(kinds(await sending), ['unmet'])
})

const removal =
  (roomId: string, userId: string): Change['make'] =>
  (next) => ({
    writes: [remove(seats, { roomId, userId })],
    events: [{ ...next(roomPlace(roomId)), name: 'test.removed', data: {}, reacts: false }],
    result: null,
  })

/** Somebody else holds a place for as long as it pleases them. */
async function lockPlace(place: string) {
  await one().commit([saying([place.slice('room:'.length)])], 1)
  const { readAddress } = await import('./address.ts')
  const { connectPostgres } = await import('./connect.ts')
  const client = await connectPostgres(readAddress(database.url))
  await client.query('begin')
  await client.query('select 1 from places where place = $1 for update', [place])
  return { release: async () => (await client.query('rollback'), client.end()) }
}

/** Waits until so many sessions wait for a lock. */
async function waiting(count: number): Promise<void> {
  for (;;) {
    const [row] = await ask(
      database.url,
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (Number(row?.['n']) >= count) return
    await new Promise((done) => setTimeout(done, 5))
  }
}

test('[ST5] a place whose row is gone, though it was known, begins anew instead of taking a wrong number', async () => {
  const [first, two] = [await newRoom(), await newRoom()]
  await one().commit([saying([first, two])], 1)
  await run(database.url, `delete from places where place in ('${roomPlace(first)}', '${roomPlace(two)}')`)
  await run(database.url, `delete from events where place in ('${roomPlace(first)}', '${roomPlace(two)}')`)

  const alone = await one().commit([saying([first])], 1)
  const both = await one().commit([saying([first, two])], 1)

  const results = [...alone, ...both].map((outcome) => (outcome.kind === 'done' ? outcome.made.result : outcome.kind))
  assert.deepEqual(results, [[1], [2, 1]])
})

test('[ST8] ten payments of ten from twenty-five, by three processes at once: two succeed', async () => {
  const roomId = await newRoom({ members: 25 })
  const pay = () =>
    doing([patch(rooms, { roomId }, { add: { members: -10 }, only: { members: { gte: 10 } }, else: 'RoomFull' })])

  const outcomes = (
    await Promise.all(Array.from({ length: 10 }, (_, nth) => (stores[nth % 3] as Store).commit([pay()], 1)))
  ).flat()

  assert.deepEqual(kinds(outcomes).toSorted(), [...Array<string>(2).fill('done'), ...Array<string>(8).fill('refused')])
  assert.equal((await one().get(rooms, { roomId }))?.members, 5)
})

test('[ST3] what a guard relies on stays until the commit, also where no place holds it', async () => {
  const [roomId, other] = [await newRoom({ owners: 1 }), await newRoom({ owners: 1 })]
  const stepDown = (mine: string, theirs: string) =>
    doing([patch(rooms, { roomId: mine }, { set: { owners: 0 } })], [must(rooms, { roomId: theirs }, { owners: 1 })])

  for (let round = 0; round < 20; round++) {
    const raced = await Promise.allSettled([
      one().commit([stepDown(roomId, other)], 1),
      (stores[1] as Store).commit([stepDown(other, roomId)], 1),
    ])
    const left = await Promise.all([roomId, other].map((id) => one().get(rooms, { roomId: id })))

    assert.ok(
      left.some((row) => row?.owners === 1),
      JSON.stringify(raced),
    )
    await one().commit(
      [roomId, other].map((id) => doing([patch(rooms, { roomId: id }, { set: { owners: 1 } })])),
      1,
    )
  }
})

test('[ST1] a whole group whose changes rule each other out comes to the same as SQLite makes of it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'connectly-same-'))
  const sqlite = openSqlite(join(dir, 'connectly.db'))
  const [roomId, ...people] = Array.from({ length: 6 }, () => randomUUID())
  if (!roomId) assert.fail()
  const setUp = people.flatMap((userId) => [
    insertInto(users, { userId, username: userId }),
    insertInto(seats, { roomId, userId, role: 'member' }),
  ])
  for (const store of [one(), sqlite]) await store.commit([doing([insertInto(rooms, { roomId }), ...setUp])], 1)
  const say = (userId: string, localId: string): Change =>
    saying([roomId], {
      given: [must(seats, { roomId, userId }, { role: 'member' })],
      make: (next) => {
        const n = next(roomPlace(roomId))
        const row = {
          roomId,
          seq: n.seq,
          messageId: `${userId} ${localId}`,
          authorId: userId,
          localId,
          body: { n: n.seq },
        }
        const event = { ...n, name: 'test.said', data: { told: n.seq, text: '9007199254740000' }, reacts: false }
        return {
          writes: [insertInto(messages, row), patch(seats, { roomId, userId }, { set: { fromSeq: n.seq } })],
          events: [event],
          result: [n.seq, n.at],
        }
      },
    })
  const group = people.flatMap((userId, nth) => [
    say(userId, `${roomId} ${nth}`),
    say(userId, `${roomId} ${nth % 2 === 0 ? nth : nth + 100}`),
    ...(nth === 3 ? [saying([roomId], { make: removal(roomId, userId) }), say(userId, `${roomId} gone`)] : []),
  ])

  const [here, there] = [await one().commit(group, 7), await sqlite.commit(group, 7)]

  assert.deepEqual(
    here.map((outcome) => (outcome.kind === 'done' ? outcome.made.result : outcome.kind)),
    there.map((outcome) => (outcome.kind === 'done' ? outcome.made.result : outcome.kind)),
  )
  const everything = async (store: Store) =>
    Promise.all([
      store.find(messages, { where: { roomId }, order: [['seq', 'asc']], limit: 99 }),
      store.find(seats, { where: { roomId }, order: [['userId', 'asc']], limit: 99 }),
      store.find(eventTable, { where: { place: roomPlace(roomId) }, order: [['seq', 'asc']], limit: 99 }),
      store.get(placeTable, { place: roomPlace(roomId) }),
    ])
  assert.deepEqual(await everything(one()), await everything(sqlite))
  await sqlite.close()
  rmSync(dir, { recursive: true })
})
