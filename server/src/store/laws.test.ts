import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { roomPlace } from '@connectly/protocol'
import fc from 'fast-check'
import { doing, insertInto, messages, metas, rooms, seats, users, type User } from './contract.ts'
import { engines, type Opened } from './engines.ts'
import { eventTable, placeTable } from './log-tables.ts'
import { must, mustNot, patch, remove, type Change, type Outcome, type Query, type Store, type Write } from './store.ts'

/* The rules of the store that hold for whatever is put into it, on every engine there is. */

for (const [engine, open] of Object.entries(engines)) {
  suite(`what is kept and found on ${engine}`, () => {
    let opened: Opened
    let store: Store
    before(async () => {
      opened = await open()
      store = opened.store
    })
    after(() => opened.cleanUp())

    test('[ST1] any list of changes comes to the same as one group and one by one', async () => {
      const userId = randomUUID()
      await store.commit([doing([insertInto(users, { userId, username: userId })])], 5)
      await fc.assert(
        fc.asyncProperty(fc.array(somePlan, { minLength: 1, maxLength: 8 }), async (plans) => {
          const [together, alone] = [randomUUID(), randomUUID()]
          const grouped = await store.commit(
            plans.map((plan) => planned(plan, together, userId)),
            5,
          )
          const single: Outcome[] = []
          for (const plan of plans) single.push(...(await store.commit([planned(plan, alone, userId)], 5)))

          assert.deepEqual(grouped.map(plain), single.map(plain))
          assert.deepEqual(await everythingOf(store, together), await everythingOf(store, alone))
        }),
        { numRuns: 150 },
      )
    })

    test('[ST10] conditions hold together, each in its own sense', async () => {
      const mark = randomUUID()
      const row = (nth: number, passwordHash: string | null) => {
        const userId = `${mark}-${nth}`
        return doing([
          insertInto(users, { userId, username: userId, nameKey: `${mark}%_${nth}`, createdAt: nth, passwordHash }),
        ])
      }
      await store.commit([row(1, null), row(2, 'a'), row(3, 'b'), row(10, null)], 1)
      const found = async (where: Query<User>['where']) => {
        const mine = { userId: { startsWith: mark }, ...where }
        return (await store.find(users, { where: mine, order: [['createdAt', 'asc']], limit: 9 })).map(
          (each) => each.createdAt,
        )
      }

      assert.deepEqual(await found({}), [1, 2, 3, 10])
      assert.deepEqual(await found({ passwordHash: null }), [1, 10])
      assert.deepEqual(await found({ passwordHash: { gte: '' } }), [2, 3])
      assert.deepEqual(await found({ createdAt: { gt: 1, lte: 3 } }), [2, 3])
      assert.deepEqual(await found({ createdAt: { gte: 3, lt: 10 }, passwordHash: 'b' }), [3])
      assert.deepEqual(await found({ createdAt: { in: [2, 10, 77] } }), [2, 10])
      assert.deepEqual(await found({ createdAt: { in: [] } }), [])
      assert.deepEqual(await found({ nameKey: { startsWith: `${mark}%_1` } }), [1, 10])
      assert.deepEqual(await found({ nameKey: { startsWith: `${mark}_` } }), [])
    })

    test('[ST10] rows come in the order of code points, by several columns, no more than the limit, and are counted no further', async () => {
      const mark = randomUUID()
      const endings = ['Z', 'a', '\u00e9', 'e\u0301', '\ufffd', '\u{1F600}']
      await store.commit(
        endings.map((end) => doing([insertInto(metas, { name: mark + end, value: end < 'b' ? 'x' : 'y' })])),
        1,
      )
      const where = { name: { startsWith: mark } }

      const ordered = await store.find(metas, { where, order: [['name', 'desc']], limit: 4 })
      const twice = await store.find(metas, {
        where,
        order: [
          ['value', 'desc'],
          ['name', 'asc'],
        ],
        limit: 9,
      })

      assert.deepEqual(
        ordered.map((row) => row.name.slice(mark.length)),
        ['\u{1F600}', '\ufffd', '\u00e9', 'e\u0301'],
      )
      const ends = twice.map((row) => row.name.slice(mark.length))
      assert.deepEqual(ends, ['e\u0301', '\u00e9', '\ufffd', '\u{1F600}', 'Z', 'a'])
      assert.deepEqual([await store.count(metas, where, 100), await store.count(metas, where, 2)], [6, 2])
    })

    test('[ST11] every code point comes back to the letter, as a value and inside JSON, and is found by itself', async () => {
      const roomId = randomUUID()
      await store.commit([doing([insertInto(rooms, { roomId })])], 1)
      const mark = randomUUID()
      const pieces = allText()
      const value = (nth: number) => doing([insertInto(metas, { name: `${mark}${nth}`, value: pieces[nth] ?? '' })])
      const body = (nth: number) => ({ [pieces[nth] ?? '']: [pieces[nth], null, true, 0.5, { deep: ['"\\\n'] }] })
      const message = (nth: number) =>
        doing([insertInto(messages, { roomId, seq: nth, messageId: mark + nth, body: body(nth) })])

      await store.commit(
        pieces.flatMap((_, nth) => [value(nth), message(nth)]),
        1,
      )

      for (const [nth, text] of pieces.entries()) {
        assert.deepEqual(await store.find(metas, { where: { value: text }, limit: 2 }), [
          { name: `${mark}${nth}`, value: text },
        ])
        assert.deepEqual((await store.get(messages, { roomId, seq: nth }))?.body, body(nth))
      }
    })
  })
}

/** Every code point that may stand in a text, in pieces. */
function allText(): string[] {
  const pieces: string[] = []
  for (let start = 1; start < 0x110000; start += 0x2000) {
    const points = Array.from({ length: 0x2000 }, (_, nth) => start + nth)
    const kept = points.filter((point) => point < 0x110000 && (point < 0xd800 || point > 0xdfff))
    if (kept.length > 0) pieces.push(String.fromCodePoint(...kept))
  }
  return pieces
}

const someName = fc.constantFrom('a', 'b', 'c')
const someRoom = fc.constantFrom('r', 's')
const someCount = fc.integer({ min: 0, max: 3 })

/** A write of a small world, in which writes often meet; made true for one run by its mark. */
type Planned = (mark: string, userId: string) => Write
const someWrite: fc.Arbitrary<Planned> = fc.oneof(
  fc.tuple(someName, someName).map(
    ([name, value]) =>
      (mark: string) =>
        insertInto(metas, { name: mark + name, value }),
  ),
  fc.tuple(someName, someName, fc.option(someName)).map(
    ([name, value, was]) =>
      (mark: string) =>
        patch(
          metas,
          { name: mark + name },
          { set: { value }, ...(was && { only: { value: was }, else: 'Busy' as const }) },
        ),
  ),
  someName.map((name) => (mark: string) => remove(metas, { name: mark + name })),
  fc.tuple(someRoom, fc.option(someName)).map(
    ([room, key]) =>
      (mark: string) =>
        insertInto(rooms, { roomId: mark + room, directKey: key && mark + key }),
  ),
  fc.tuple(someRoom, fc.constantFrom(-1, 1, 2), fc.option(someCount)).map(([room, by, below]) => (mark: string) => {
    const only = below !== null && { only: { members: { lt: below } }, else: 'RoomFull' as const }
    return patch(rooms, { roomId: mark + room }, { add: { members: by }, ...only })
  }),
  someRoom.map((room) => (mark: string, userId: string) => insertInto(seats, { roomId: mark + room, userId })),
  someRoom.map((room) => (mark: string, userId: string) => remove(seats, { roomId: mark + room, userId })),
  someRoom.map((room) => (mark: string) => remove(rooms, { roomId: mark + room })),
)

type Plan = { writes: Planned[]; says: string[]; reacts: boolean; there: string | null; notThere: string | null }
const somePlan: fc.Arbitrary<Plan> = fc.record({
  writes: fc.array(someWrite, { maxLength: 3 }),
  says: fc.array(someRoom, { maxLength: 2 }),
  reacts: fc.boolean(),
  there: fc.option(someRoom, { freq: 4 }),
  notThere: fc.option(someName, { freq: 4 }),
})

/** The change that a plan means, in rows and places that bear this mark. */
function planned(plan: Plan, mark: string, userId: string): Change {
  const there = plan.there === null ? [] : [must(rooms, { roomId: mark + plan.there }, { members: { gte: 0 } })]
  const notThere = plan.notThere === null ? [] : [mustNot(metas, { name: mark + plan.notThere })]
  return {
    places: [roomPlace(`${mark}r`), roomPlace(`${mark}s`)],
    given: [...there, ...notThere],
    make: (next) => {
      const taken = plan.says.map((room) => next(roomPlace(mark + room)))
      return {
        writes: plan.writes.map((write) => write(mark, userId)),
        events: taken.map((n) => ({ ...n, name: 'test.said', data: { told: n.seq }, reacts: plan.reacts })),
        result: taken.map((n) => [n.seq, n.at]),
      }
    },
  }
}

/** An outcome without what differs from run to run. */
function plain(outcome: Outcome): unknown {
  if (outcome.kind === 'done') return outcome.made.result
  return outcome.kind === 'unmet' ? [outcome.kind, outcome.guard.must] : outcome
}

/** All rows that bear this mark, without it. */
async function everythingOf(store: Store, mark: string): Promise<string> {
  const places = [roomPlace(`${mark}r`), roomPlace(`${mark}s`)]
  const found = await Promise.all([
    store.find(metas, { where: { name: { startsWith: mark } }, order: [['name', 'asc']], limit: 99 }),
    store.find(rooms, { where: { roomId: { startsWith: mark } }, order: [['roomId', 'asc']], limit: 99 }),
    store.find(seats, { where: { roomId: { startsWith: mark } }, order: [['roomId', 'asc']], limit: 99 }),
    store.find(placeTable, { where: { place: { in: places } }, order: [['place', 'asc']], limit: 99 }),
    store.find(eventTable, {
      where: { place: { in: places } },
      order: [
        ['place', 'asc'],
        ['seq', 'asc'],
      ],
      limit: 99,
    }),
  ])
  return JSON.stringify(found).replaceAll(mark, '')
}
