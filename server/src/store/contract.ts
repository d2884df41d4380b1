import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { roomPlace, type Place } from '@connectly/protocol'
import type { Opened } from './engines.ts'
import { eventTable, placeTable } from './log-tables.ts'
import { migratedTables } from './migrations/schema.ts'
import { insert, must, mustNot, patch, remove } from './store.ts'
import type { Change, Guard, Outcome, Store, Write } from './store.ts'
import type { Table } from './table.ts'

/* The numbered rules of the store, for any engine, on tables of the product. An engine's test runs this suite on itself. */

/* Rows of the product's tables, as far as the rules need them. */
export type Meta = { name: string; value: string }
export type User = { userId: string; username: string; nameKey: string; createdAt: number; passwordHash: string | null }
export type Room = { roomId: string; name: string | null; directKey: string | null; members: number; owners: number }
export type Seat = { roomId: string; userId: string; role: string; fromSeq: number }
export type Message = {
  roomId: string
  seq: number
  messageId: string
  authorId: string
  localId: string | null
  body: unknown
}

const tables = migratedTables()
const tableOf = <Row>(name: string) => (tables.get(name) ?? assert.fail(`no migration makes ${name}`)) as Table<Row>
export const metas = tableOf<Meta>('meta')
export const users = tableOf<User>('users')
export const rooms = tableOf<Room>('rooms')
export const seats = tableOf<Seat>('seats')
export const messages = tableOf<Message>('messages')

/** A whole row: what is not given is null where the column may be, else empty. */
function rowOf<Row extends object>(table: Table<Row>, given: Partial<Row>): Row {
  const empty = { text: '', int: 0, bool: false, json: {} }
  const blank = table.columns.map((column) => [column.name, column.nullable ? null : empty[column.type]])
  return { ...Object.fromEntries(blank), ...given } as Row
}
export const insertInto = <Row extends object>(table: Table<Row>, given: Partial<Row>) =>
  insert(table, rowOf(table, given))

export const doing = (writes: Write[], given: Guard[] = []): Change => ({
  places: [],
  given,
  make: () => ({ writes, events: [], result: null }),
})

/** Says something in a place, with writes in the same change; its result is the number it was given. */
const saying = (place: Place, writes: Write[] = [], more: { given?: Guard[]; reacts?: boolean } = {}): Change => ({
  places: [place],
  given: more.given ?? [],
  make: (next) => {
    const n = next(place)
    const event = { ...n, name: 'test.said', data: { told: n.seq }, reacts: more.reacts ?? false }
    return { writes, events: [event], result: n.seq }
  },
})

const kinds = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.kind)
const numbers = (outcomes: readonly Outcome[]) =>
  outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.made.result : outcome.kind))
const newPlace = (): Place => roomPlace(randomUUID())

/** Runs the rules ST1 and ST3 to ST14 against an engine. What needs a process to be killed is the engine's own test. */
export function storeContract(engine: string, open: () => Promise<Opened>): void {
  void suite(`the store on ${engine}`, () => {
    let opened: Opened
    let store: Store
    before(async () => {
      opened = await open()
      store = opened.store
    })
    after(() => opened.cleanUp())

    const logOf = (place: Place) => store.find(eventTable, { where: { place }, order: [['seq', 'asc']], limit: 5000 })
    async function newUser(): Promise<string> {
      const userId = randomUUID()
      await store.commit([doing([insertInto(users, { userId, username: userId })])], 1)
      return userId
    }
    async function newRoom(given: Partial<Room> = {}): Promise<string> {
      const roomId = randomUUID()
      assert.deepEqual(kinds(await store.commit([doing([insertInto(rooms, { roomId, ...given })])], 1)), ['done'])
      return roomId
    }

    void test('[ST1] a change sees what the changes before it in the group have done', async () => {
      const roomId = randomUUID()
      const group = [
        doing([insertInto(rooms, { roomId, members: 1 })]),
        doing([patch(rooms, { roomId }, { add: { members: 1 } })], [must(rooms, { roomId }, { members: 1 })]),
        doing([remove(rooms, { roomId })], [must(rooms, { roomId }, { members: { gte: 2 } })]),
        doing([insertInto(rooms, { roomId, members: 7 })], [mustNot(rooms, { roomId })]),
      ]

      const outcomes = await store.commit(group, 1)

      assert.deepEqual(kinds(outcomes), ['done', 'done', 'done', 'done'])
      assert.equal((await store.get(rooms, { roomId }))?.members, 7)
    })

    void test('[ST3] of two changes in one group that rule each other out, the first is done and the second leaves nothing', async () => {
      const [roomId, userId] = [await newRoom(), await newUser()]
      const place = roomPlace(roomId)
      await store.commit([doing([insertInto(seats, { roomId, userId, role: 'member' })])], 1)
      const seated = must(seats, { roomId, userId }, { role: 'member' })
      const send = () => saying(place, [patch(rooms, { roomId }, { add: { owners: 1 } })], { given: [seated] })
      const leave = saying(place, [remove(seats, { roomId, userId })], { given: [seated] })

      const outcomes = await store.commit([send(), leave, send(), leave], 1)

      assert.deepEqual(numbers(outcomes), [1, 2, 'unmet', 'unmet'])
      assert.deepEqual(outcomes[2], { kind: 'unmet', guard: seated })
      assert.equal((await store.get(rooms, { roomId }))?.owners, 1)
      assert.equal((await logOf(place)).length, 2)
    })

    void test('[ST3] a guard looks at its row, its condition, and its absence', async () => {
      const roomId = await newRoom({ members: 3 })
      const tried = [
        must(rooms, { roomId }),
        must(rooms, { roomId }, { members: { lt: 3 } }),
        must(rooms, { roomId: randomUUID() }),
        mustNot(rooms, { roomId }),
        mustNot(rooms, { roomId }, { members: { lt: 3 } }),
        mustNot(rooms, { roomId }, { members: { gte: 3 }, name: null }),
      ]

      const outcomes = await store.commit(
        tried.map((guard) => doing([], [guard])),
        1,
      )

      assert.deepEqual(kinds(outcomes), ['done', 'unmet', 'unmet', 'unmet', 'done', 'unmet'])
    })

    void test('[ST4] a refused change leaves nothing and uses no number, and its neighbours go through', async () => {
      const [roomId, place, name] = [await newRoom({ members: 1 }), newPlace(), randomUUID()]
      const full = patch(rooms, { roomId }, { add: { members: 1 }, only: { members: { lt: 1 } }, else: 'RoomFull' })
      const refused = saying(place, [insertInto(metas, { name }), full])
      const conflicting = saying(place, [insertInto(metas, { name }), insertInto(rooms, { roomId })])

      const group = [saying(place), refused, saying(place), conflicting, saying(place)]
      const outcomes = await store.commit(group, 1)

      assert.deepEqual(numbers(outcomes), [1, 'refused', 2, 'conflict', 3])
      assert.equal(await store.get(metas, { name }), undefined)
      assert.deepEqual(
        (await logOf(place)).map((event) => event.data),
        [{ told: 1 }, { told: 2 }, { told: 3 }],
      )
    })

    void test('[ST5] numbers are gapless in every place, over groups, over changes of two places and over a reopening', async () => {
      const [one, two] = [newPlace(), newPlace()]
      const both: Change = {
        places: [one, two],
        given: [],
        make: (next) => {
          const events = [next(one), next(two), next(one)].map((n) => ({
            ...n,
            name: 'test.said',
            data: {},
            reacts: false,
          }))
          return { writes: [], events, result: events.map((event) => event.seq) }
        },
      }

      const first = [
        ...(await Promise.all([store.commit([both, saying(one), both], 1), store.commit([saying(newPlace())], 1)])),
        await store.commit([saying(two)], 1),
      ]
      store = await opened.reopen()
      const last = await store.commit([both], 1)

      assert.deepEqual(first.map(numbers), [[[1, 1, 2], 3, [4, 2, 5]], [1], [3]])
      assert.deepEqual(numbers(last), [[6, 4, 7]])
      assert.deepEqual(
        (await logOf(one)).map((event) => event.seq),
        [1, 2, 3, 4, 5, 6, 7],
      )
      assert.equal((await store.get(placeTable, { place: two }))?.seq, 4)
    })

    void test('[ST6] the time of a place stands still while the wall clock steps back, also over a reopening', async () => {
      const place = newPlace()

      for (const now of [1000, 400, 1001]) await store.commit([saying(place)], now)
      store = await opened.reopen()
      await store.commit([saying(place), saying(place)], 7)

      assert.deepEqual(
        (await logOf(place)).map((event) => event.at),
        [1000, 1000, 1001, 1001, 1001],
      )
    })

    void test('[ST7] an insert of a row that is there and a patch of one that is not are conflicts; removing nothing is fine', async () => {
      const [roomId, missing] = [await newRoom({ name: 'first' }), randomUUID()]
      const tried = [
        insertInto(rooms, { roomId, name: 'second' }),
        patch(rooms, { roomId: missing }, { set: { name: 'x' } }),
        patch(rooms, { roomId: missing }, { set: { name: 'x' }, only: { members: 0 }, else: 'RoomFull' }),
        patch(rooms, { roomId }, { set: { name: 'x' }, only: { members: 9 } }),
        remove(rooms, { roomId: missing }),
      ]

      const outcomes = await store.commit(
        tried.map((write) => doing([write])),
        1,
      )

      assert.deepEqual(kinds(outcomes), ['conflict', 'conflict', 'conflict', 'conflict', 'done'])
      assert.equal((await store.get(rooms, { roomId }))?.name, 'first')
    })

    void test('[ST8] a thousand increments with a condition, all at once, stop exactly at it', async () => {
      const roomId = await newRoom()
      const join = patch(rooms, { roomId }, { add: { members: 1 }, only: { members: { lt: 100 } }, else: 'RoomFull' })
      const groups = Array.from({ length: 100 }, () => Array.from({ length: 10 }, () => doing([join])))

      const outcomes = (await Promise.all(groups.map((group) => store.commit(group, 1)))).flat()

      assert.equal(kinds(outcomes).filter((kind) => kind === 'done').length, 100)
      assert.deepEqual(outcomes.at(-1), { kind: 'refused', code: 'RoomFull' })
      assert.equal((await store.get(rooms, { roomId }))?.members, 100)
    })

    void test('[ST9] a unique set of columns admits one row, and nulls do not count', async () => {
      const [roomId, authorId, localId, directKey] = [await newRoom(), await newUser(), randomUUID(), randomUUID()]
      const message = (seq: number, local: string | null) =>
        insertInto(messages, { roomId, seq, messageId: randomUUID(), authorId, localId: local })
      const tried = [message(1, localId), message(2, localId), message(3, null), message(4, null)]
      const direct = () => insertInto(rooms, { roomId: randomUUID(), directKey })

      const outcomes = await store.commit(
        [...tried, direct(), direct()].map((write) => doing([write])),
        1,
      )

      assert.deepEqual(kinds(outcomes), ['done', 'conflict', 'done', 'done', 'done', 'conflict'])
    })

    void test('[ST9] a reference names a row that is there: none is added without it, and none is removed from under it', async () => {
      const [roomId, userId] = [await newRoom(), await newUser()]
      const tried = [
        insertInto(seats, { roomId, userId: randomUUID() }),
        insertInto(seats, { roomId, userId }),
        remove(users, { userId }),
        remove(seats, { roomId, userId }),
        remove(users, { userId }),
      ]

      const outcomes = await store.commit(
        tried.map((write) => doing([write])),
        1,
      )

      assert.deepEqual(kinds(outcomes), ['conflict', 'done', 'conflict', 'done', 'done'])
    })

    void test('[ST12] a group with a change that throws, or that says what cannot be kept, rejects and leaves nothing', async () => {
      const [place, roomId, name] = [newPlace(), await newRoom({ name: 'kept' }), randomUUID()]
      const broken: Change[] = [
        { places: [place], given: [], make: (next) => assert.fail(`thrown after ${next(place).seq}`) },
        saying(place, [insert(metas, { name } as Meta)]),
        saying(place, [patch(rooms, { roomId }, { set: { name: undefined } })]),
        saying(place, [patch(rooms, { roomId }, { set: { members: Number.NaN } })]),
        saying(place, [patch(rooms, { roomId }, { set: { members: 1.5 } })]),
        saying(place, [patch(rooms, { roomId }, { only: { members: undefined }, set: { name: 'x' } })]),
        { ...saying(place), places: [newPlace()] },
        { ...saying(place), make: (next) => ({ writes: [], events: [], result: next(place) }) },
        { ...saying(place), make: forging(place) },
      ]

      for (const change of broken)
        await assert.rejects(store.commit([saying(place, [insertInto(metas, { name })]), change, saying(place)], 1))

      assert.equal(await store.get(metas, { name }), undefined)
      assert.equal((await store.get(rooms, { roomId }))?.name, 'kept')
      assert.deepEqual(numbers(await store.commit([saying(place)], 1)), [1])
    })

    void test('[ST13] whoever reads while a group is committed sees all of a change or nothing, and nothing of a refused one', async () => {
      const mark = randomUUID()
      const pair = (nth: number) => [0, 1].map((half) => insertInto(metas, { name: `${mark}${nth}${half}` }))
      const refused = doing([...pair(99), patch(rooms, { roomId: mark }, { set: { name: 'x' } })])
      const commits = Array.from({ length: 20 }, (_, nth) => store.commit([doing(pair(nth)), refused], 1))

      const read = () => store.find(metas, { where: { name: { startsWith: mark } }, limit: 100 })
      const seen = await Promise.all([...commits.map(async (commit) => (await commit, read())), read(), read()])

      for (const rows of seen) assert.equal(rows.length % 2, 0)
      assert.equal((await read()).length, 40)
      assert.equal(
        seen.flat().some((row) => row.name.startsWith(`${mark}99`)),
        false,
      )
    })

    void test('[ST14] a place is marked from the commit of an event that something reacts to until its reactions are there', async () => {
      const place = newPlace()
      const marks = async () => {
        const found = await store.find(placeTable, { where: { place, unreacted: true }, limit: 1 })
        return [found.length === 1, (await store.get(placeTable, { place }))?.reactedSeq]
      }
      const reacted = (seq: number): Change => ({ ...doing([]), places: [place], reacted: { place, seq } })

      const seen: unknown[] = []
      for (const change of [
        saying(place),
        saying(place, [], { reacts: true }),
        saying(place),
        reacted(2),
        reacted(3),
      ]) {
        await store.commit([change], 1)
        seen.push(await marks())
      }

      assert.deepEqual(seen, [
        [false, 1],
        [true, 1],
        [true, 1],
        [true, 2],
        [false, 3],
      ])
    })
  })
}

/** Takes two numbers and writes both events under the first. */
const forging =
  (place: Place): Change['make'] =>
  (next) => {
    const [first] = [next(place), next(place)]
    const event = { ...first, name: 'test.said', data: {}, reacts: false }
    return { writes: [], events: [event, event], result: null }
  }
