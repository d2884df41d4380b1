import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { roomPlace, userPlace } from '@connectly/protocol'
import { doing, insertInto, messages, metas, rooms, seats, users, type Message } from '../contract.ts'
import { eventTable, placeTable } from '../log-tables.ts'
import { kinds, saying, twoEngines, userRow } from './kit.ts'
import type { MongoStore } from './mongo.ts'
import { must, mustNot, patch, remove, type Change, type Outcome } from '../store.ts'

/* What MongoDB does in its own way: conflicts, retries, write skew. The rules of every engine are in contract.ts. */

test('a duplicate that only the server knows costs its own change, and not its neighbours', async (t) => {
  const [store, other] = await twoEngines(t)
  const [roomId, authorId] = [randomUUID(), randomUUID()]
  const say = (seq: number, localId: string) => {
    const row: Partial<Message> = { roomId, seq, messageId: randomUUID(), authorId, localId }
    return saying(roomPlace(roomId), [insertInto(messages, row)])
  }
  await other.commit([doing([insertInto(rooms, { roomId }), userRow(authorId)]), say(1, 'a')], 1)

  const outcomes = await store.commit([say(2, 'b'), say(3, 'a'), say(4, 'c'), say(2, 'd')], 1)

  assert.deepEqual(kinds(outcomes), ['done', 'conflict', 'done', 'conflict'])
  assert.equal(store.stats().duplicates, 1)
  const log = await store.find(eventTable, { where: { place: roomPlace(roomId) }, limit: 9 })
  assert.deepEqual(
    log.map(({ seq }) => seq),
    [1, 2, 3],
  )
  assert.equal(await store.count(messages, { roomId }, 9), 3)
})

test('what was believed to be new and is not is found also where the change takes it back or is refused', async (t) => {
  const [store, other] = await twoEngines(t)
  const [name, roomId] = [randomUUID(), randomUUID()]
  await other.commit(
    [doing([insertInto(metas, { name, value: 'first' }), insertInto(rooms, { roomId, members: 1 })])],
    1,
  )
  const again = insertInto(metas, { name, value: 'second' })
  const full = patch(rooms, { roomId }, { add: { members: 1 }, only: { members: 0 }, else: 'RoomFull' })

  const outcomes = [
    ...(await store.commit([doing([again, remove(metas, { value: 'second' })])], 1)),
    ...(await store.commit([doing([again, full])], 1)),
  ]

  assert.deepEqual(kinds(outcomes), ['conflict', 'conflict'])
  assert.equal((await store.get(metas, { name }))?.value, 'first')
})

test('a guard that names several rows sees what the group has made of them, and what lies there besides', async (t) => {
  const [store] = await twoEngines(t)
  const [roomId, empty, userId] = [randomUUID(), randomUUID(), randomUUID()]
  const seat = (room: string) => insertInto(seats, { roomId: room, userId, role: 'member' })
  const [rows, there] = [[roomId, empty].map((each) => insertInto(rooms, { roomId: each })), seat(roomId)]
  await store.commit([doing([userRow(userId), ...rows, there])], 1)
  const nobody = (room: string) => doing([], [mustNot(seats, { roomId: room })])
  const owner = doing([], [must(seats, { roomId }, { role: { gte: 'o' } })])

  const outcomes = await store.commit(
    [
      nobody(roomId),
      nobody(empty),
      doing([seat(empty)]),
      nobody(empty),
      owner,
      doing([patch(seats, { roomId, userId }, { set: { role: 'owner' } })]),
      owner,
      doing([remove(seats, { userId })]),
      nobody(roomId),
      nobody(empty),
    ],
    1,
  )

  const [done, unmet] = ['done', 'unmet']
  assert.deepEqual(kinds(outcomes), [unmet, done, done, unmet, unmet, done, done, done, done, done])
  assert.equal(await store.count(seats, { userId }, 9), 0)
})

test('unique values that change hands within a group are free for whoever takes them next', async (t) => {
  const [store] = await twoEngines(t)
  const [one, two, key] = [randomUUID(), randomUUID(), randomUUID()]
  const inserts = [one, two].map((roomId, nth) => doing([insertInto(rooms, { roomId, directKey: `${key}${nth}` })]))
  await store.commit(inserts, 1)
  const take = (roomId: string, directKey: string) => doing([patch(rooms, { roomId }, { set: { directKey } })])

  const outcomes = await store.commit(
    [take(one, 'x'), take(two, `${key}0`), take(one, `${key}1`), take(two, `${key}1`)],
    1,
  )

  assert.deepEqual(kinds(outcomes), ['done', 'done', 'done', 'conflict'])
  assert.equal((await store.get(rooms, { roomId: two }))?.directKey, `${key}0`)
})

test('two engines in one place give every number once, and lose no addition', async (t) => {
  const both = await twoEngines(t)
  const [roomId, each] = [randomUUID(), 40]
  const place = roomPlace(roomId)
  const add = () => saying(place, [patch(rooms, { roomId }, { add: { members: 1 } })])
  await both[0].commit([doing([insertInto(rooms, { roomId })])], 1)

  const commits = both.map(async (store) => {
    const outcomes: Outcome[] = []
    for (let nth = 0; nth < each; nth++) outcomes.push(...(await store.commit([add(), add()], 1)))
    return outcomes
  })
  const outcomes = (await Promise.all(commits)).flat()

  const numbers = outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.made.result : outcome.kind))
  const all = Array.from({ length: each * 4 }, (_, nth) => nth + 1)
  assert.deepEqual(
    numbers.toSorted((a, b) => Number(a) - Number(b)),
    all,
  )
  const log = await both[0].find(eventTable, { where: { place }, order: [['seq', 'asc']], limit: 999 })
  assert.deepEqual(
    log.map(({ seq }) => seq),
    all,
  )
  assert.equal((await both[1].get(rooms, { roomId }))?.members, each * 4)
  assert.ok(both[0].stats().retries + both[1].stats().retries > 0)
})

/** Lets two engines do one change each at the same moment, many times, each time from anew. */
async function raced(
  t: TestContext,
  round: (
    nth: number,
  ) => Promise<{ before: Change; rivals: [Change, Change]; check: (store: MongoStore) => Promise<void> }>,
): Promise<void> {
  const [one, two] = await twoEngines(t)
  for (let nth = 0; nth < 25; nth++) {
    const { before: first, rivals, check } = await round(nth)
    assert.deepEqual(kinds(await one.commit([first], 1)), ['done'])
    await Promise.all([one.commit([rivals[0]], 1), two.commit([rivals[1]], 1)])
    await check(one)
  }
  assert.ok(one.stats().retries + two.stats().retries > 0, 'they never met')
}

test('two who step down at once, each because the other stays, do not both go', (t) =>
  raced(t, async () => {
    const [roomId, a, b] = [randomUUID(), randomUUID(), randomUUID()]
    const seat = (userId: string) => insertInto(seats, { roomId, userId, role: 'owner' })
    const stepDown = (userId: string, other: string) =>
      doing(
        [patch(seats, { roomId, userId }, { set: { role: 'member' } })],
        [must(seats, { roomId, userId: other }, { role: 'owner' })],
      )
    return {
      before: doing([insertInto(rooms, { roomId }), userRow(a), userRow(b), seat(a), seat(b)]),
      rivals: [stepDown(a, b), stepDown(b, a)],
      check: async (store) => assert.equal(await store.count(seats, { roomId, role: 'owner' }, 9), 1),
    }
  }))

test('a condition that was met by a row that another takes away is met in one order or the other', (t) =>
  raced(t, async () => {
    const [roomId, name] = [randomUUID(), randomUUID()]
    const found = patch(rooms, { roomId }, { set: { name: 'same' }, only: { name: 'same' } })
    return {
      before: doing([insertInto(rooms, { roomId, name: 'same' })]),
      rivals: [
        doing([found, insertInto(metas, { name })], [mustNot(metas, { name })]),
        doing([patch(rooms, { roomId }, { set: { name: 'other' } })], [mustNot(metas, { name })]),
      ],
      // Both hold only if the condition came first and the guard of the other still held: it cannot.
      check: async (store) => {
        const isThere = (await store.get(metas, { name })) !== undefined
        assert.equal((await store.get(rooms, { roomId }))?.name, isThere ? 'same' : 'other')
      },
    }
  }))

test('a row that must not be there does not come meanwhile, where its writers commit to its place', (t) =>
  raced(t, async () => {
    const [roomId, userId] = [randomUUID(), randomUUID()]
    const seat = insertInto(seats, { roomId, userId })
    return {
      before: doing([insertInto(rooms, { roomId }), userRow(userId)]),
      rivals: [
        doing([patch(rooms, { roomId }, { set: { name: 'nobody is here' } })], [mustNot(seats, { roomId })]),
        saying(roomPlace(roomId), [seat], [must(rooms, { roomId }, { name: null })]),
      ],
      check: async (store) => {
        const isNamed = (await store.get(rooms, { roomId }))?.name !== null
        assert.equal(await store.count(seats, { roomId }, 9), isNamed ? 0 : 1)
      },
    }
  }))

test('a row that is there and must not fit does not come to fit meanwhile', (t) =>
  raced(t, async () => {
    const [a, b] = [randomUUID(), randomUUID()]
    const off = [a, b].map((name) => insertInto(metas, { name, value: 'off' }))
    const turnOn = (name: string, other: string) =>
      doing([patch(metas, { name }, { set: { value: 'on' } })], [mustNot(metas, { name: other }, { value: 'on' })])
    return {
      before: doing(off),
      rivals: [turnOn(a, b), turnOn(b, a)],
      check: async (store) => assert.equal(await store.count(metas, { name: { in: [a, b] }, value: 'on' }, 9), 1),
    }
  }))

test('a row is not removed while another comes that names it', (t) =>
  raced(t, async () => {
    const [roomId, userId] = [randomUUID(), randomUUID()]
    return {
      before: doing([insertInto(rooms, { roomId }), userRow(userId)]),
      rivals: [doing([remove(users, { userId })]), saying(roomPlace(roomId), [insertInto(seats, { roomId, userId })])],
      check: async (store) => {
        const isThere = (await store.get(users, { userId })) !== undefined
        assert.equal(await store.count(seats, { roomId }, 9), isThere ? 1 : 0)
      },
    }
  }))

test('a place whose lock alone covers a row is met by whoever removes the row without naming it', (t) =>
  raced(t, async () => {
    const [roomId, seq] = [randomUUID(), 1]
    const message = insertInto(messages, { roomId, seq, messageId: randomUUID() })
    return {
      before: saying(roomPlace(roomId), [insertInto(rooms, { roomId })]),
      rivals: [doing([remove(rooms, { roomId })]), saying(roomPlace(roomId), [message])],
      check: async (store) => {
        const isThere = (await store.get(rooms, { roomId })) !== undefined
        assert.equal(await store.count(messages, { roomId }, 9), isThere ? 1 : 0)
      },
    }
  }))

test('a name that two take at once is taken once', (t) =>
  raced(t, async () => {
    const username = randomUUID()
    const signUp = () => doing([userRow(randomUUID(), { username })], [mustNot(users, { username })])
    return {
      before: doing([]),
      rivals: [signUp(), signUp()],
      check: async (store) => assert.equal(await store.count(users, { username }, 9), 1),
    }
  }))

test('a place that two open at once is opened once, and one in which nothing was said is not there', async (t) => {
  const [one, two] = await twoEngines(t)
  const [opened, silent] = [userPlace(randomUUID()), roomPlace(randomUUID())]
  const unmet = saying(silent, [], [must(metas, { name: randomUUID() })])

  const outcomes = await Promise.all([one, two].map((store) => store.commit([saying(opened), unmet], 1)))

  assert.deepEqual(
    outcomes.map(kinds),
    [1, 2].map(() => ['done', 'unmet']),
  )
  assert.equal((await one.get(placeTable, { place: opened }))?.seq, 2)
  assert.equal(await one.get(placeTable, { place: silent }), undefined)
  assert.equal(await one.count(placeTable, { place: { in: [opened, silent] } }, 9), 1)
})
