import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  catchUp,
  clearRoom,
  headOf,
  MAX_PINNED_ROOMS,
  MUTED_FOREVER,
  openSync,
  pageMessages,
  createGroup,
  roomCleared,
  roomPlace,
  roomPrefsSet,
  setRoomPrefs,
  userPlace,
  whoAmI,
  type LoggedEvent,
  type RoomId,
  type RoomLine,
} from '@connectly/protocol'
import { placeTable } from '../../store/log-tables.ts'
import { atOnce } from '../../race-kit.ts'
import { startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { codeOf, group, holdRead, roomsKit, say } from './rooms-kit.ts'
import { seatTable } from './rooms.tables.ts'

let server: TestServer
const { somebody, crew } = roomsKit('mine', () => server)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('a room is pinned and muted, each by itself, and all my screens hear of it', async () => {
  const { owner, roomId } = await crew(0)
  const screen = await owner.connect()

  await owner.ask(setRoomPrefs, { roomId, isPinned: true })
  await owner.ask(setRoomPrefs, { roomId, mutedUntil: MUTED_FOREVER })
  const both = await lineOf(owner, roomId)
  await owner.ask(setRoomPrefs, { roomId, isPinned: false })
  await owner.ask(setRoomPrefs, { roomId, mutedUntil: null })
  const none = await lineOf(owner, roomId)
  await screen.until(() => prefs(screen.heard(userPlace(owner.userId))).length === 4)

  const at = both.pinnedAt
  assert.ok(at !== null && Math.abs(at - Date.now()) < 60_000)
  assert.equal(both.mutedUntil, MUTED_FOREVER)
  assert.deepEqual([none.pinnedAt, none.mutedUntil], [null, null])
  assert.deepEqual(prefs(screen.heard(userPlace(owner.userId))), [
    { roomId, pinnedAt: at, mutedUntil: null },
    { roomId, pinnedAt: at, mutedUntil: MUTED_FOREVER },
    { roomId, pinnedAt: null, mutedUntil: MUTED_FOREVER },
    { roomId, pinnedAt: null, mutedUntil: null },
  ])
})

test('pinning a pinned room, and muting it until the same time, is no event and keeps its place', async () => {
  const { owner, roomId } = await crew(0)
  await owner.ask(setRoomPrefs, { roomId, isPinned: true, mutedUntil: 5 })
  const before = await lineOf(owner, roomId)

  await owner.ask(setRoomPrefs, { roomId, isPinned: true })
  await owner.ask(setRoomPrefs, { roomId, mutedUntil: 5 })
  await owner.ask(setRoomPrefs, { roomId })

  assert.equal((await lineOf(owner, roomId)).pinnedAt, before.pinnedAt)
  assert.equal(prefs(await logOf(owner)).length, 1)
})

test('what one pins, mutes and clears, nobody else hears or sees, and the room counts no number for it', async () => {
  const { owner, others, roomId } = await crew(1)
  const other = others[0]!
  const listener = await other.connect()
  const before = await numberOf(roomId)

  await owner.ask(setRoomPrefs, { roomId, isPinned: true, mutedUntil: MUTED_FOREVER })
  await owner.ask(clearRoom, { roomId })
  const after = await numberOf(roomId)
  await say(owner, roomId, 'a word to end with')
  await listener.until(() => listener.heard(roomPlace(roomId)).length > 0)

  assert.equal(after, before)
  assert.deepEqual(
    listener.frames.flatMap((frame) => frame.events.map((event) => event.name)),
    ['messages.sent'],
  )
  const { pinnedAt, mutedUntil, last } = await lineOf(other, roomId)
  assert.deepEqual([pinnedAt, mutedUntil], [null, null])
  assert.ok(last)
  assert.ok(!JSON.stringify(await other.ask(headOf, { roomId })).includes('pinnedAt'))
})

test('at most so many rooms stand at the top, and one taken down makes space', async () => {
  const owner = await somebody()
  const rooms = await groupsOf(owner, MAX_PINNED_ROOMS + 1)
  const [first, last] = [rooms[0]!, rooms.at(-1)!]
  for (const roomId of rooms.slice(0, -1)) await owner.ask(setRoomPrefs, { roomId, isPinned: true })

  const full = await owner.tries(setRoomPrefs, { roomId: last, isPinned: true })
  const muted = await owner.tries(setRoomPrefs, { roomId: last, mutedUntil: MUTED_FOREVER })
  await owner.ask(setRoomPrefs, { roomId: first, isPinned: false })
  const again = await owner.tries(setRoomPrefs, { roomId: last, isPinned: true })

  assert.deepEqual([full, muted, again].map(codeOf), ['TooManyPinned', 'ok', 'ok'])
})

test('[AS2] rooms pinned at the same moment are no more than there is space for', async () => {
  const owner = await somebody()
  const rooms = await groupsOf(owner, MAX_PINNED_ROOMS + 1)
  for (const roomId of rooms.slice(0, -2)) await owner.ask(setRoomPrefs, { roomId, isPinned: true })

  for (let turn = 0; turn < 20; turn++) {
    const [a, b] = rooms.slice(-2) as [RoomId, RoomId]
    const answers = await atOnce(
      server,
      [a, b].map((roomId) => [owner, (seat) => seat.tries(setRoomPrefs, { roomId, isPinned: true })]),
    )

    assert.deepEqual(answers.map(codeOf).toSorted(), ['TooManyPinned', 'ok'])
    for (const roomId of [a, b]) await owner.ask(setRoomPrefs, { roomId, isPinned: false })
  }
})

test('[AS2] a room pinned and muted at the same moment is both', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, roomId } = await crew(0)

    await atOnce(server, [
      [owner, (seat) => seat.tries(setRoomPrefs, { roomId, isPinned: true })],
      [owner, (seat) => seat.tries(setRoomPrefs, { roomId, mutedUntil: MUTED_FOREVER })],
    ])

    const line = await lineOf(owner, roomId)
    assert.deepEqual([line.pinnedAt !== null, line.mutedUntil], [true, MUTED_FOREVER])
    assert.deepEqual(prefs(await logOf(owner)).at(-1), {
      roomId,
      pinnedAt: line.pinnedAt,
      mutedUntil: MUTED_FOREVER,
    })
  }
})

test('a room one has cleared is empty for oneself, read to its end, and full for the others', async () => {
  const { owner, others, roomId } = await crew(1)
  const other = others[0]!
  const screen = await owner.connect()
  const said = await say(other, roomId, 'before the clearing')

  await owner.ask(clearRoom, { roomId })
  const empty = await owner.ask(pageMessages, { roomId })
  const line = await lineOf(owner, roomId)
  await say(other, roomId, 'after it')
  const page = await owner.ask(pageMessages, { roomId })
  const theirs = await other.ask(pageMessages, { roomId })
  const cleared = () => screen.heard(userPlace(owner.userId)).filter((event) => event.name === roomCleared.name)
  await screen.until(() => cleared().length === 1)

  assert.deepEqual([empty.messages, empty.older, line.last], [[], false, null])
  assert.deepEqual([line.readSeq, line.unreadFrom], [said.seq, null])
  assert.deepEqual(cleared()[0]?.data, { roomId, clearedSeq: said.seq })
  assert.deepEqual(wordsOf(page.messages), ['after it'])
  assert.deepEqual(wordsOf(theirs.messages), ['before the clearing', 'after it'])
})

test('clearing an empty room changes nothing; a new word makes it another clearing', async () => {
  const { owner, roomId } = await crew(0)
  await owner.ask(clearRoom, { roomId })
  await owner.ask(clearRoom, { roomId })
  const once = (await logOf(owner)).filter((event) => event.name === roomCleared.name).length
  await say(owner, roomId, 'one more')

  await owner.ask(clearRoom, { roomId })

  const events = (await logOf(owner)).filter((event) => event.name === roomCleared.name)
  assert.deepEqual([once, events.length], [1, 2])
})

test('clearing never takes back what was read, and is delivered as well', async () => {
  const { owner, others, roomId } = await crew(1)
  const said = await say(others[0]!, roomId, 'to be cleared')

  await owner.ask(clearRoom, { roomId })

  const seat = await server.app.store.get(seatTable, { roomId, userId: owner.userId })
  assert.deepEqual([seat?.clearedSeq, seat?.readSeq, seat?.deliveredSeq], [said.seq, said.seq, said.seq])
})

test('[AS2] a clearing that is overtaken by a later one takes nothing of it back', async () => {
  const { owner, others, roomId } = await crew(1)
  const held = holdRead(server, placeTable)

  const slow = owner.ask(clearRoom, { roomId })
  await held.made
  const said = await say(others[0]!, roomId, 'in between')
  await owner.ask(clearRoom, { roomId })
  held.release()
  await slow

  const seat = await server.app.store.get(seatTable, { roomId, userId: owner.userId })
  const cleared = (await logOf(owner)).filter((event) => event.name === roomCleared.name)
  assert.deepEqual([seat?.clearedSeq, seat?.readSeq], [said.seq, said.seq])
  assert.deepEqual(
    cleared.map((event) => event.data),
    [{ roomId, clearedSeq: said.seq }],
  )
})

test('only members pin, mute or clear', async () => {
  const { roomId } = await crew(0)
  const stranger = await somebody()

  const answers = [
    await stranger.tries(setRoomPrefs, { roomId, isPinned: true }),
    await stranger.tries(clearRoom, { roomId }),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound'])
})

async function groupsOf(owner: TestPerson, size: number): Promise<RoomId[]> {
  const rooms: RoomId[] = []
  for (let nth = 0; nth < size; nth++) rooms.push((await owner.ask(createGroup, group(`Nr ${nth}`, []))).roomId)
  return rooms
}

async function lineOf(person: TestPerson, roomId: RoomId): Promise<RoomLine> {
  const { places } = await person.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  assert.ok(own?.kind === 'reset')
  const { lines } = own.head.slices['rooms'] as { lines: RoomLine[] }
  return lines.find((line) => line.room.roomId === roomId) ?? assert.fail('the room is not in the list')
}

async function logOf(person: TestPerson): Promise<LoggedEvent[]> {
  await person.ask(whoAmI, {})
  const log = await person.ask(catchUp, { place: userPlace(person.userId), after: 0 })
  return log.kind === 'events' ? log.events : assert.fail('the log is gone')
}

const numberOf = async (roomId: RoomId) => (await server.app.store.get(placeTable, { place: roomPlace(roomId) }))?.seq
const prefs = (events: readonly LoggedEvent[]) =>
  events.filter((event) => event.name === roomPrefsSet.name).map((event) => event.data)
const wordsOf = (messages: readonly { body: object }[]) =>
  messages.flatMap(({ body }) => ('text' in body ? [body.text] : []))
