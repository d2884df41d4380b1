import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  catchUp,
  createGroup,
  headOf,
  leaveRoom,
  MAX_CATCH_UP,
  openSync,
  pageMessages,
  removeMember,
  roomPlace,
  sendMessage,
  userPlace,
  whoAmI,
  type Answer,
  type CatchUp,
  type InputOf,
  type LocalId,
  type LoggedEvent,
  type OutputOf,
  type Place,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { Feature } from '../kernel/feature.ts'
import { eventTable, placeTable } from '../store/log-tables.ts'
import { patch, remove, type Write } from '../store/store.ts'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { features } from './features.ts'
import { seatTable } from './rooms/index.ts'

/** Openings of these people wait here, after their seats were read and before they are taken. */
const gates = new Map<UserId, { reached: () => void; opened: Promise<void> }>()
const gated: Feature[] = features.map((feature) => {
  const { seats } = feature
  if (!seats) return feature
  return {
    ...feature,
    seats: {
      ...seats,
      of: async (store, userId) => {
        const found = await seats.of(store, userId)
        gates.get(userId)?.reached()
        await gates.get(userId)?.opened
        return found
      },
    },
  }
})

let server: TestServer
let people = 0
const somebody = () => server.person(`open-${++people}`)

before(async () => {
  server = await startServer({ features: gated })
})
after(() => server.stop())

test('[OP1] a first start brings one’s own head with a line for each room, and no room’s head', async () => {
  const { owner, others, roomId } = await group(1)

  const { opened } = await owner.connect()

  assert.deepEqual(
    opened.places.map((place) => place.kind === 'reset' && place.head.place),
    [userPlace(owner.userId)],
  )
  assert.deepEqual(linesOf(opened.places[0]!).toSorted(), (await roomsOf(owner)).toSorted())
  assert.ok(linesOf(opened.places[0]!).includes(roomId))
  assert.deepEqual(opened.lines, [])
  assert.ok(others.length === 1 && opened.epoch.length > 0)
})

test('[OP1] a reconnect, and a second device that holds the same, get what they miss by the same path', async () => {
  const { owner, others, roomId } = await group(1)
  const first = await others[0]!.connect()
  const held = await cursorsOf(others[0]!, [roomId])
  first.socket.disconnect()
  const missed = await owner.ask(sendMessage, text(roomId, 'while you were away'))

  const [again, second] = await Promise.all([1, 2].map(() => others[0]!.connect(held, first.opened.epoch)))
  const overHttp = await others[0]!.ask(openSync, { epoch: first.opened.epoch, cursors: held, lines: {} })
  const later = await owner.ask(sendMessage, text(roomId, 'and now live'))
  await Promise.all([again!, second!].map((seat) => seat.until(() => seat.heard(roomPlace(roomId)).length === 1)))

  for (const { places } of [again!.opened, second!.opened, overHttp]) {
    assert.deepEqual(
      places.map((place) => place.kind === 'events' && place.events.map((event) => event.seq)),
      [[missed.seq]],
    )
    assert.equal(wordsOf(places[0]!)[0], 'while you were away')
  }
  for (const seat of [again!, second!])
    assert.deepEqual(
      seat.heard(roomPlace(roomId)).map((event) => event.seq),
      [later.seq],
    )
})

test('[OP2] what is said while a connection is opened is read, heard, or both: every number is there', async () => {
  const { owner, others, roomId } = await group(1)
  const away = others[0]!
  const held = await cursorsOf(away, [roomId])
  const epoch = await epochOf()
  const from = held[roomPlace(roomId)]!

  const opening = await atTheGate(away, held, epoch)
  await owner.ask(sendMessage, text(roomId, 'before the seats are taken'))
  opening.open()
  const during = Promise.all([1, 2, 3, 4, 5].map((nth) => owner.ask(sendMessage, text(roomId, `during: ${nth}`))))
  const seat = await opening.seat
  const last = Math.max(...(await during).map((message) => message.seq))
  const numbers = () => [...new Set([...seqsOf(seat.opened.places), ...seat.heard(roomPlace(roomId)).map(seqOf)])]
  await seat.until(() => numbers().includes(last))

  assert.deepEqual(
    numbers().toSorted((a, b) => a - b),
    Array.from({ length: last - from }, (_, nth) => from + 1 + nth),
  )
})

test('[OP2] who is removed while they open is not seated after all', async () => {
  const { owner, others, roomId } = await group(1)
  const leaving = others[0]!

  const opening = await atTheGate(leaving)
  await owner.ask(removeMember, { roomId, userId: leaving.userId })
  const told = await owner.connect()
  opening.open()
  const seat = await opening.seat
  await told.ask(sendMessage, text(roomId, 'not for you'))
  await told.until(() => told.heard(roomPlace(roomId)).length > 0)
  await seat.ask(whoAmI, {})

  assert.ok(!JSON.stringify(seat.frames).includes('not for you'))
})

test('[OP2] who is added while they open hears the room, from their own seat on', async () => {
  const { owner, roomId } = await group()
  const coming = await somebody()
  await befriend(owner, coming)

  const opening = await atTheGate(coming)
  await owner.ask(addMember, { roomId, userId: coming.userId })
  opening.open()
  const seat = await opening.seat
  await owner.ask(sendMessage, text(roomId, 'welcome'))
  await seat.until(() => seat.heard(roomPlace(roomId)).some((event) => wordsIn(event) === 'welcome'))

  const heard = seat.heard(roomPlace(roomId))
  assert.equal(heard[0]?.name, 'rooms.memberAdded')
  assert.deepEqual(
    heard.map(seqOf),
    heard.map((_, nth) => heard[0]!.seq + nth),
  )
})

test('[OP2] who is added and removed while they open hears nothing of the room afterwards', async () => {
  const { owner, roomId } = await group()
  const passing = await somebody()
  await befriend(owner, passing)
  const told = await owner.connect()

  const opening = await atTheGate(passing)
  await owner.ask(addMember, { roomId, userId: passing.userId })
  await owner.ask(removeMember, { roomId, userId: passing.userId })
  opening.open()
  const seat = await opening.seat
  await told.ask(sendMessage, text(roomId, 'not for you'))
  await told.until(() => told.heard(roomPlace(roomId)).some((event) => wordsIn(event) === 'not for you'))
  await seat.ask(whoAmI, {})

  assert.ok(!JSON.stringify(seat.frames).includes('not for you'))
})

test('[OP3] a cursor within reach brings the events after it, in order, the oldest of them included', async () => {
  const { owner, roomId } = await group()
  const place = roomPlace(roomId)
  const from = (await cursorsOf(owner, [roomId]))[place]!
  const seat = await owner.connect()
  await Promise.all(Array.from({ length: MAX_CATCH_UP }, (_, nth) => seat.ask(sendMessage, text(roomId, `${nth}`))))

  const [all, one] = [
    await owner.ask(catchUp, { place, after: from }),
    await owner.ask(catchUp, { place, after: from + MAX_CATCH_UP - 1 }),
  ]
  const current = await owner.ask(catchUp, { place, after: from + MAX_CATCH_UP })
  const tooMany = await owner.ask(catchUp, { place, after: from - 1 })

  assert.deepEqual(
    seqsOf([all]),
    Array.from({ length: MAX_CATCH_UP }, (_, nth) => from + 1 + nth),
  )
  assert.deepEqual(seqsOf([one]), [from + MAX_CATCH_UP])
  assert.deepEqual(current, { kind: 'events', place, events: [] })
  assert.equal(tooMany.kind, 'reset')
})

test('[OP3] a cursor ahead of the log, before the seat, or in a part that is gone brings a fresh head', async () => {
  const { owner, roomId } = await group()
  const place = roomPlace(roomId)
  const late = await somebody()
  await befriend(owner, late)
  await owner.ask(sendMessage, text(roomId, 'before your time'))
  await owner.ask(addMember, { roomId, userId: late.userId })
  const newest = (await cursorsOf(owner, [roomId]))[place]!

  const ahead = await owner.ask(catchUp, { place, after: newest + 7 })
  const beforeSeat = await late.ask(catchUp, { place, after: 1 })
  await write(remove(eventTable, { place, seq: 2 }))
  const gone = await owner.ask(catchUp, { place, after: 1 })
  const opened = await owner.ask(openSync, { epoch: await epochOf(), cursors: { [place]: newest + 7 }, lines: {} })

  for (const answer of [ahead, beforeSeat, gone, opened.places.find((each) => placeOf(each) === place)!])
    assert.equal(answer.kind === 'reset' && answer.head.seq, newest)
  assert.ok(!JSON.stringify(beforeSeat).includes('before your time'))
})

test('[OP4] another epoch brings fresh heads of everything that is held', async () => {
  const { owner, roomId } = await group()
  const cursors = await cursorsOf(owner, [roomId])

  const same = await owner.ask(openSync, { epoch: await epochOf(), cursors, lines: {} })
  const other = await owner.ask(openSync, { epoch: 'of another store', cursors, lines: { [roomId]: 1 } })
  const none = await owner.ask(openSync, { epoch: null, cursors, lines: {} })

  assert.deepEqual(same.places, [])
  for (const { places, lines } of [other, none]) {
    assert.deepEqual(places.map(placeOf).toSorted(), Object.keys(cursors).toSorted())
    assert.ok(places.every((each) => each.kind === 'reset'))
    assert.deepEqual(lines, [])
  }
})

test('[OP5] a room that is only listed brings its line when it has changed, and nothing when it has not', async () => {
  const [quiet, busy] = [await group(), await group()]
  const other = busy.owner
  await befriend(quiet.owner, other)
  await other.ask(addMember, { roomId: busy.roomId, userId: quiet.owner.userId })
  const me = quiet.owner
  const cursors = await cursorsOf(me, [])
  const lines = await numbersOf(await roomsOf(me))
  await other.ask(sendMessage, text(busy.roomId, 'something new'))

  const opened = await me.ask(openSync, { epoch: await epochOf(), cursors, lines })
  const unlisted = await me.ask(openSync, { epoch: await epochOf(), cursors, lines: {} })

  assert.deepEqual(
    opened.lines.map((line) => [line.room.roomId, wordsIn({ data: { message: line.last } })]),
    [[busy.roomId, 'something new']],
  )
  assert.deepEqual(opened.lines[0]?.seq, (await numbersOf([busy.roomId]))[busy.roomId])
  assert.deepEqual(opened.places, [])
  assert.equal(unlisted.lines.length, 3)
})

test('[OP5] a room whose seat is gone is named, and so is one that never was: the two look alike', async () => {
  const { owner, others, roomId } = await group(1)
  const left = others[0]!
  const elsewhere = await group()
  await left.ask(leaveRoom, { roomId })
  const ask = (room: RoomId, how: 'held' | 'listed') =>
    left.ask(openSync, {
      epoch: null,
      cursors: how === 'held' ? { [roomPlace(room)]: 1 } : {},
      lines: how === 'listed' ? { [room]: 1 } : {},
    })
  const sameEpoch = async (input: Pick<InputOf<typeof openSync>, 'cursors' | 'lines'>) =>
    left.ask(openSync, { epoch: await epochOf(), ...input })
  const rooms = [roomId, elsewhere.roomId, newId<RoomId>()]

  const held = await Promise.all(rooms.map((room) => sameEpoch({ cursors: { [roomPlace(room)]: 1 }, lines: {} })))
  const listed = await Promise.all(rooms.map((room) => sameEpoch({ cursors: {}, lines: { [room]: 1 } })))
  const afresh = await ask(roomId, 'held')

  for (const answers of [held, listed])
    answers.forEach((answer, nth) => {
      assert.deepEqual(answer.gone, [roomPlace(rooms[nth]!)])
      assert.ok(!answer.places.some((each) => placeOf(each) === roomPlace(rooms[nth]!)))
      assert.ok(!answer.lines.some((line) => line.room.roomId === rooms[nth]))
    })
  assert.ok(!afresh.places.some((each) => placeOf(each) === roomPlace(roomId)))
  assert.equal(owner.userId === left.userId, false)
})

test('[OP7] who joins later sees nothing from before, in heads, pages, catch-up and lines alike', async () => {
  const { owner, roomId } = await group()
  const late = await somebody()
  await befriend(owner, late)
  const old = await owner.ask(sendMessage, text(roomId, 'before your time'))
  await owner.ask(addMember, { roomId, userId: late.userId })
  const seen = await owner.ask(sendMessage, text(roomId, 'after you came'))

  const views = await everyView(late, roomId)
  const around = await late.tries(pageMessages, { roomId, around: old.messageId })

  for (const [name, view] of Object.entries(views)) assert.ok(!JSON.stringify(view).includes('before your time'), name)
  assert.deepEqual(codeOf(around), 'NotFound')
  assert.deepEqual(views.page.messages.map((message) => message.seq).at(-1), seen.seq)
  assert.equal(views.page.older, false)
})

test('[OP7] who cleared a room sees nothing up to there, and others see all', async () => {
  const { owner, others, roomId } = await group(1)
  const cleared = others[0]!
  const old = await owner.ask(sendMessage, text(roomId, 'cleared away'))
  await write(patch(seatTable, { roomId, userId: cleared.userId }, { set: { clearedSeq: old.seq } }))

  const views = await everyView(cleared, roomId)
  const around = await cleared.tries(pageMessages, { roomId, around: old.messageId })
  const theirs = await everyView(owner, roomId)

  for (const [name, view] of Object.entries(views)) assert.ok(!JSON.stringify(view).includes('cleared away'), name)
  assert.deepEqual(views.page, { messages: [], people: [], quoted: [], older: false, newer: false })
  assert.equal(codeOf(around), 'NotFound')
  assert.ok(JSON.stringify(theirs.head).includes('cleared away'))
})

/** Every way a person may see a room's content. */
async function everyView(person: TestPerson, roomId: RoomId) {
  const place = roomPlace(roomId)
  return {
    head: await person.ask(headOf, { roomId }),
    page: await person.ask(pageMessages, { roomId }),
    after: await person.ask(pageMessages, { roomId, after: 0 }),
    catchUp: await person.ask(catchUp, { place, after: 0 }),
    held: await person.ask(openSync, { epoch: await epochOf(), cursors: { [place]: 0 }, lines: {} }),
    listed: await person.ask(openSync, { epoch: await epochOf(), cursors: await cursorsOf(person, []), lines: {} }),
    afresh: await person.ask(openSync, { epoch: null, cursors: {}, lines: {} }),
  }
}

/** A connection that has read its seats and has not taken them. */
async function atTheGate(person: TestPerson, held: Record<string, number> = {}, epoch: string | null = null) {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  gates.set(person.userId, { reached: reached.resolve, opened: opened.promise })
  const seat = person.connect(held, epoch)
  await reached.promise
  gates.delete(person.userId)
  return { seat, open: opened.resolve }
}

async function group(size = 0) {
  const owner = await somebody()
  const others = await Promise.all(Array.from({ length: size }, somebody))
  for (const other of others) await befriend(owner, other)
  const userIds = others.map((other) => other.userId)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds })
  return { owner, others, roomId }
}

async function cursorsOf(person: TestPerson, rooms: readonly RoomId[]): Promise<Record<Place, number>> {
  const places = [userPlace(person.userId), ...rooms.map(roomPlace)]
  const rows = await server.app.store.find(placeTable, { where: { place: { in: places } }, limit: 100 })
  return Object.fromEntries(rows.map((row) => [row.place, row.seq]))
}

async function numbersOf(rooms: readonly RoomId[]): Promise<Record<RoomId, number>> {
  const places = rooms.map(roomPlace)
  const rows = await server.app.store.find(placeTable, { where: { place: { in: places } }, limit: 100 })
  return Object.fromEntries(rows.map((row) => [row.place.slice('room:'.length), row.seq]))
}

const roomsOf = async (person: TestPerson): Promise<RoomId[]> =>
  (await server.app.store.find(seatTable, { where: { userId: person.userId }, limit: 100 })).map((seat) => seat.roomId)
const epochOf = async () => (await (await somebody()).ask(openSync, { epoch: null, cursors: {}, lines: {} })).epoch
const write = (...writes: Write[]) =>
  server.app.store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], Date.now())
const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
const seqOf = (event: LoggedEvent) => event.seq
const seqsOf = (places: readonly CatchUp[]) =>
  places.flatMap((each) => (each.kind === 'events' ? each.events.map(seqOf) : []))
const placeOf = (each: CatchUp): Place => (each.kind === 'events' ? each.place : each.head.place)
const wordsIn = (event: { data: object }): string | undefined =>
  (event.data as { message?: { body?: { text?: string } } | null }).message?.body?.text
const wordsOf = (each: CatchUp) => (each.kind === 'events' ? each.events.map(wordsIn) : [])
const linesOf = (each: OutputOf<typeof catchUp>): RoomId[] =>
  each.kind === 'reset'
    ? (each.head.slices['rooms'] as { lines: { room: { roomId: RoomId } }[] }).lines.map((line) => line.room.roomId)
    : []
