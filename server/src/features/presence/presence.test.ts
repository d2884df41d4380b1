import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  blockPerson,
  createGroup,
  MAX_TYPING_NAMES,
  onlineCounted,
  presenceChanged,
  removeMember,
  roomCounted,
  sayTyping,
  setPrivacy,
  typingNow,
  unblockPerson,
  watchPresence,
  type LocalId,
} from '@connectly/protocol'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'

let server: TestServer
before(async () => (server = await startServer()))
after(() => server.stop())

type Seat = Awaited<ReturnType<TestPerson['connect']>>

let count = 0
const somebody = () => server.person(`here-${++count}`)
const newest = (seat: Seat, userId: string) =>
  seat.said(presenceChanged).findLast((said) => said.userId === userId)?.state

async function two() {
  const [a, b] = [await somebody(), await somebody()]
  return { a, b, roomId: await befriend(a, b) }
}

async function groupOf(owner: TestPerson, members: readonly TestPerson[]) {
  for (const each of members) await befriend(owner, each)
  const userIds = members.map(({ userId }) => userId)
  return (await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Walks', userIds })).roomId
}

test('who watches a contact hears when they come and go, and when they were last seen', async () => {
  const { a, b } = await two()
  const seat = await a.connect()
  const first = await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })
  assert.deepEqual(first.people, [{ userId: b.userId, state: 'offline', lastSeenAt: null }])

  const theirs = await b.connect()
  await seat.until(() => newest(seat, b.userId) === 'online', 'they come')
  theirs.socket.disconnect()
  await seat.until(() => newest(seat, b.userId) === 'offline', 'they go')

  // It is kept after it is said: who asks in between is told that they are away, and not since when.
  let lastSeenAt: number | null = null
  for (const end = Date.now() + 5000; lastSeenAt === null && Date.now() < end;) {
    const again = await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })
    lastSeenAt = again.people[0]?.lastSeenAt ?? null
  }
  assert.ok(Date.now() - (lastSeenAt ?? 0) < 10_000)
})

test('a person with three tabs is one, and is gone when the last of them is', async () => {
  const watcher = await (await somebody()).connect()
  const { online: alone } = await watcher.ask(watchPresence, { userIds: [], roomId: null })
  const person = await somebody()
  const tabs = [await person.connect(), await person.connect(), await person.connect()]
  const last = () => watcher.said(onlineCounted).at(-1)?.online
  await watcher.until(() => last() === alone + 1, 'one more is here')

  tabs[0]?.socket.disconnect()
  tabs[1]?.socket.disconnect()
  assert.equal((await watcher.ask(watchPresence, { userIds: [], roomId: null })).online, alone + 1)
  tabs[2]?.socket.disconnect()

  await watcher.until(() => last() === alone, 'they are gone')
})

test('a reload is no absence', async () => {
  const { a, b } = await two()
  const seat = await a.connect()
  const before = await b.connect()
  await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })

  before.socket.disconnect()
  const later = await b.connect()
  await later.ask(watchPresence, { userIds: [], roomId: null })
  later.socket.disconnect()
  await seat.until(() => newest(seat, b.userId) === 'offline', 'they go in the end')

  assert.deepEqual(
    seat.said(presenceChanged).map(({ state }) => state),
    ['offline'],
  )
})

test('nobody learns of a stranger whether they are here', async () => {
  const [a, stranger] = [await somebody(), await somebody()]
  await stranger.connect()
  const seat = await a.connect()

  const { people } = await seat.ask(watchPresence, { userIds: [stranger.userId], roomId: null })

  assert.deepEqual(people, [{ userId: stranger.userId, state: 'hidden', lastSeenAt: null }])
})

test('members of the open room are seen; a room one does not sit in cannot be opened', async () => {
  const [owner, b, c, outsider] = [await somebody(), await somebody(), await somebody(), await somebody()]
  const roomId = await groupOf(owner, [b, c])
  await c.connect()
  const seat = await b.connect()

  const seen = await seat.ask(watchPresence, { userIds: [c.userId], roomId })

  assert.equal(seen.people[0]?.state, 'online')
  assert.deepEqual(seen.room, { roomId, online: 2 })
  const refused = await (await outsider.connect()).tries(watchPresence, { userIds: [], roomId })
  assert.equal(!refused.ok && refused.refusal.code, 'NotFound')
})

test('the count of the open room follows who comes and goes', async () => {
  const [owner, b] = [await somebody(), await somebody()]
  const roomId = await groupOf(owner, [b])
  const seat = await owner.connect()
  await seat.ask(watchPresence, { userIds: [], roomId })
  const last = () => seat.said(roomCounted).at(-1)?.online

  const theirs = await b.connect()
  await seat.until(() => last() === 2, 'two are here')
  theirs.socket.disconnect()

  await seat.until(() => last() === 1, 'one is left')
})

test('who hides their presence is hidden at once, is not counted, and sees that of nobody', async () => {
  const { a, b } = await two()
  const [seat, theirs] = [await a.connect(), await b.connect()]
  await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })
  await theirs.ask(watchPresence, { userIds: [a.userId], roomId: null })
  const { online } = await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })

  await b.ask(setPrivacy, { presence: 'nobody' })

  await seat.until(() => newest(seat, b.userId) === 'hidden', 'they are hidden')
  await theirs.until(() => newest(theirs, a.userId) === 'hidden', 'and see nobody')
  const later = await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })
  assert.equal(later.people[0]?.state, 'hidden')
  assert.equal(later.online, online - 1)
})

test('who shows their presence again is seen again, by whoever shows them', async () => {
  const { a, b } = await two()
  const [seat, theirs] = [await a.connect(), await b.connect()]
  await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })
  await theirs.ask(watchPresence, { userIds: [a.userId], roomId: null })
  await b.ask(setPrivacy, { presence: 'nobody' })
  await theirs.until(() => newest(theirs, a.userId) === 'hidden', 'neither sees the other')

  await b.ask(setPrivacy, { presence: 'everyone' })

  await seat.until(() => newest(seat, b.userId) === 'online', 'they are seen')
  await theirs.until(() => newest(theirs, a.userId) === 'online', 'and see')
})

test('a block taken back shows each to the other again', async () => {
  const { a, b } = await two()
  const [seat, theirs] = [await a.connect(), await b.connect()]
  await seat.ask(watchPresence, { userIds: [b.userId], roomId: null })
  await theirs.ask(watchPresence, { userIds: [a.userId], roomId: null })
  await a.ask(blockPerson, { userId: b.userId })
  await theirs.until(() => newest(theirs, a.userId) === 'hidden', 'neither sees the other')

  await a.ask(unblockPerson, { userId: b.userId })

  await seat.until(() => newest(seat, b.userId) === 'online', 'they are seen')
  await theirs.until(() => newest(theirs, a.userId) === 'online', 'and see')
})

test('who shows it to contacts only is hidden from other members of a group', async () => {
  const [owner, b, c] = [await somebody(), await somebody(), await somebody()]
  const roomId = await groupOf(owner, [b, c])
  await b.ask(setPrivacy, { presence: 'contacts' })
  await b.connect()
  const [contact, other] = [await owner.connect(), await c.connect()]

  const seen = async (seat: Seat) => (await seat.ask(watchPresence, { userIds: [b.userId], roomId })).people[0]?.state

  assert.deepEqual([await seen(contact), await seen(other)], ['online', 'hidden'])
})

test('a block hides each from the other at once, in the middle of a word', async () => {
  const { a, b, roomId } = await two()
  const [seat, theirs] = [await a.connect(), await b.connect()]
  await seat.ask(watchPresence, { userIds: [b.userId], roomId })
  await theirs.ask(watchPresence, { userIds: [a.userId], roomId })
  await theirs.ask(sayTyping, { roomId, isTyping: true })
  await seat.until(() => seat.said(typingNow).at(-1)?.count === 1, 'they write')

  await a.ask(blockPerson, { userId: b.userId })

  await seat.until(() => newest(seat, b.userId) === 'hidden', 'they are hidden from who blocked')
  await theirs.until(() => newest(theirs, a.userId) === 'hidden', 'and the other way round')
  await seat.until(() => seat.said(typingNow).at(-1)?.count === 0, 'they write no longer')
  const before = seat.said(typingNow).length
  await theirs.ask(sayTyping, { roomId, isTyping: true })
  await theirs.until(() => theirs.said(typingNow).at(-1)?.count === 1, 'their own screens hear it as ever')
  const heard = seat.said(typingNow).slice(before)
  assert.ok(heard.every(({ userIds, count: all }) => userIds.length === 0 && all === 0))
})

test('typing reaches who has the room open, names three, and says how many', async () => {
  const owner = await somebody()
  const members = await Promise.all(Array.from({ length: 5 }, somebody))
  const roomId = await groupOf(owner, members)
  const [open, elsewhere] = [await owner.connect(), await owner.connect()]
  await open.ask(watchPresence, { userIds: [], roomId })

  for (const each of members) await (await each.connect()).ask(sayTyping, { roomId, isTyping: true })

  await open.until(() => open.said(typingNow).at(-1)?.count === 5, 'five write')
  assert.equal(open.said(typingNow).at(-1)?.userIds.length, MAX_TYPING_NAMES)
  assert.deepEqual(elsewhere.said(typingNow), [])
})

test('a thousand words of typing are said a few times', async () => {
  const { a, b, roomId } = await two()
  const [seat, theirs] = [await a.connect(), await b.connect()]
  await seat.ask(watchPresence, { userIds: [], roomId })
  const began = Date.now()

  for (let round = 0; round < 20; round++)
    await Promise.all(
      Array.from({ length: 50 }, (_, nth) => theirs.ask(sayTyping, { roomId, isTyping: nth % 2 === 0 })),
    )

  await theirs.ask(sayTyping, { roomId, isTyping: false })
  await seat.until(() => seat.said(typingNow).at(-1)?.count === 0, 'the last of it')
  const seconds = Math.ceil((Date.now() - began) / 1000)
  assert.ok(seat.said(typingNow).length <= seconds + 2, `${seat.said(typingNow).length} in ${seconds} s`)
})

test('who shows no typing is not seen writing', async () => {
  const { a, b, roomId } = await two()
  const [seat, theirs] = [await a.connect(), await b.connect()]
  await seat.ask(watchPresence, { userIds: [], roomId })
  await b.ask(setPrivacy, { typing: false })

  await theirs.ask(sayTyping, { roomId, isTyping: true })
  await seat.ask(sayTyping, { roomId, isTyping: true })
  await seat.until(() => seat.said(typingNow).some(({ count: all }) => all > 0), 'one writes')

  assert.ok(seat.said(typingNow).every(({ userIds }) => !userIds.includes(b.userId)))
})

test('who is removed hears nothing more of the room that was open', async () => {
  const [owner, b, c] = [await somebody(), await somebody(), await somebody()]
  const roomId = await groupOf(owner, [b, c])
  const [seat, watcher] = [await b.connect(), await owner.connect()]
  await seat.ask(watchPresence, { userIds: [c.userId], roomId })
  await watcher.ask(watchPresence, { userIds: [c.userId], roomId })

  await owner.ask(removeMember, { roomId, userId: b.userId })
  const theirs = await c.connect()
  await theirs.ask(sayTyping, { roomId, isTyping: true })
  await watcher.until(() => watcher.said(typingNow).length > 0, 'somebody who stayed hears it')
  await watcher.until(() => newest(watcher, c.userId) === 'online', 'and who came')

  assert.deepEqual(seat.said(typingNow), [])
  assert.deepEqual(seat.said(presenceChanged), [])
})
