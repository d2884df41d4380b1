import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  blockPerson,
  createGroup,
  markRead,
  messageSent,
  othersMoved,
  pageMessages,
  presenceChanged,
  removeMember,
  roomCounted,
  sayTyping,
  sendMessage,
  signOut,
  typingNow,
  userPlace,
  watchPresence,
  whoAmI,
  type LocalId,
  type Message,
  type RoomId,
} from '@connectly/protocol'
import { startCluster, type Cluster } from '../cluster-kit.ts'
import { befriend, newId, roomPlace, type TestPerson } from '../test-kit.ts'

let cluster: Cluster
before(async () => (cluster = await startCluster()))
after(() => cluster.stop())

type Seat = Awaited<ReturnType<TestPerson['connect']>>

let people = 0
const somebody = () => cluster.person(`relay-${++people}`)
const say = (roomId: RoomId, text: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text },
})

/** A group of a first person and others, each known on both servers. */
async function group(others: number) {
  const owner = await somebody()
  const members = await Promise.all(Array.from({ length: others }, somebody))
  for (const [member] of members) await befriend(owner[0], member)
  const userIds = members.map(([member]) => member.userId)
  const { roomId } = await owner[0].ask(createGroup, { localId: newId<LocalId>(), name: 'Both', userIds })
  return { owner, members, roomId, place: roomPlace(roomId) }
}

/** The first of these, on the second server. */
const farOf = (members: readonly (readonly [TestPerson, TestPerson])[]) => members[0]?.[1] ?? assert.fail('nobody')

const seqs = (seat: Seat, roomId: RoomId) => seat.heard(roomPlace(roomId)).map((event) => event.seq)
const texts = (seat: Seat, roomId: RoomId) =>
  seat
    .heard(roomPlace(roomId))
    .filter(({ name }) => name === messageSent.name)
    .map(({ data }) => textOf((data as { message: Message | null }).message))
const textOf = (message: Message | null) => (message && 'text' in message.body ? message.body.text : null)

test('[LG10] members spread over two servers, each sending, all see one order without a gap', async () => {
  const { owner, members, roomId } = await group(3)
  const everybody = [owner, ...members]
  const seats = await Promise.all(everybody.map((person, nth) => (person[nth % 2] as TestPerson).connect()))

  await Promise.all(
    seats.flatMap((seat, nth) =>
      Array.from({ length: 25 }, (_, at) => seat.ask(sendMessage, say(roomId, `${nth} ${at}`))),
    ),
  )

  for (const seat of seats) await seat.until(() => texts(seat, roomId).length === 100, 'all of it')
  const [first, ...rest] = seats.map((seat) => seqs(seat, roomId))
  for (const other of rest) assert.deepEqual(other, first)
  assert.deepEqual(
    first,
    Array.from(first ?? [], (_, nth) => (first?.[0] ?? 0) + nth),
  )
  assert.equal(new Set(texts(seats[0] as Seat, roomId)).size, 100)
})

test('[LG11] what is lost between two servers is read from the log, as each may see it', async () => {
  const { owner, members, roomId } = await group(2)
  const [near, far] = [await owner[0].connect(), await farOf(members).connect()]
  await owner[0].ask(sendMessage, say(roomId, 'before'))
  await far.until(() => texts(far, roomId).includes('before'), 'the first')

  cluster.losing.topic = (topic) => topic === 'told'
  await near.ask(sendMessage, say(roomId, 'lost'))
  cluster.losing.topic = () => false
  await near.ask(sendMessage, say(roomId, 'after'))

  await far.until(() => texts(far, roomId).includes('after'), 'what came after')
  assert.deepEqual(texts(far, roomId), ['before', 'lost', 'after'])
})

test('[LG11] what is lost and followed by nothing is found by looking for it', async () => {
  const { owner, members, roomId } = await group(1)
  const far = await farOf(members).connect()

  cluster.losing.topic = (topic) => topic === 'told'
  await owner[0].ask(sendMessage, say(roomId, 'silent'))
  cluster.losing.topic = () => false

  await far.until(() => texts(far, roomId).includes('silent'), 'it was found')
})

test('[LG11] a reader who missed more than is told at once asks for it, and is seated as it says', async () => {
  const { owner, members, roomId, place } = await group(2)
  const [stays, leaves] = members.map(([, far]) => far) as [TestPerson, TestPerson]
  const [here, gone] = [await stays.connect(), await leaves.connect()]

  cluster.losing.topic = (topic) => topic === 'told'
  const seat = await owner[0].connect()
  for (let nth = 0; nth < 11; nth++)
    await Promise.all(Array.from({ length: 20 }, (_, at) => seat.ask(sendMessage, say(roomId, `${nth} ${at}`))))
  await owner[0].ask(removeMember, { roomId, userId: leaves.userId })
  cluster.losing.topic = () => false
  await owner[0].ask(sendMessage, say(roomId, 'secret'))

  await here.until(() => here.heard(place).length > 0, 'it hears the newest number')
  const { messages } = await here.ask(pageMessages, { roomId })
  assert.equal(textOf(messages.at(-1) as Message), 'secret')
  await here.until(() => here.heard(place).length > 0, 'it hears on')
  assert.ok(!texts(gone, roomId).includes('secret'))
})

test('[LG12] who is removed on one server hears nothing more on the other', async () => {
  const { owner, members, roomId } = await group(2)
  const [removed, stays] = members as [(typeof members)[0], (typeof members)[0]]
  const [theirs, others] = [await removed[1].connect(), await stays[1].connect()]
  const seat = await owner[0].connect()

  await Promise.all([
    ...Array.from({ length: 10 }, (_, nth) => seat.ask(sendMessage, say(roomId, `before ${nth}`))),
    seat.ask(removeMember, { roomId, userId: removed[0].userId }),
  ])
  await seat.ask(sendMessage, say(roomId, 'after'))

  await others.until(() => texts(others, roomId).includes('after'), 'who stays hears it')
  assert.ok(!texts(theirs, roomId).includes('after'))
})

test('[LG12] who is added on one server hears the room on the other from then on', async () => {
  const { owner, roomId } = await group(1)
  const late = await somebody()
  await befriend(owner[0], late[0])
  const theirs = await late[1].connect()
  await owner[0].ask(sendMessage, say(roomId, 'too early'))

  await owner[0].ask(addMember, { roomId, userId: late[0].userId })
  await owner[0].ask(sendMessage, say(roomId, 'welcome'))

  await theirs.until(() => texts(theirs, roomId).includes('welcome'), 'the room')
  assert.ok(!texts(theirs, roomId).includes('too early'))
  assert.ok(theirs.heard(userPlace(late[0].userId)).length > 0)
})

test('[LG12] who was added while messages were lost, and is alone with it on their server, hears the room all the same', async () => {
  const { owner, roomId } = await group(0)
  const late = await somebody()
  await befriend(owner[0], late[0])
  const theirs = await late[1].connect()

  cluster.losing.topic = (topic) => topic === 'told'
  await owner[0].ask(addMember, { roomId, userId: late[0].userId })
  cluster.losing.topic = () => false
  await theirs.until(() => theirs.heard(userPlace(late[0].userId)).length > 0, 'they hear that they were added')
  await owner[0].ask(sendMessage, say(roomId, 'first'))
  await owner[0].ask(sendMessage, say(roomId, 'second'))

  await theirs.until(() => texts(theirs, roomId).includes('second'), 'and the room')
})

test('[LG12] a block on one server keeps what is said from the other at once', async () => {
  const { owner, members, roomId } = await group(2)
  const [blocker, stays] = members as [(typeof members)[0], (typeof members)[0]]
  const [theirs, others] = [await blocker[1].connect(), await stays[1].connect()]

  await blocker[0].ask(blockPerson, { userId: owner[0].userId })
  await owner[0].ask(sendMessage, say(roomId, 'unheard'))

  await others.until(() => texts(others, roomId).includes('unheard'), 'the others hear it')
  await theirs.until(() => seqs(theirs, roomId).includes(seqs(others, roomId).at(-1) as number), 'its number is heard')
  assert.ok(!texts(theirs, roomId).includes('unheard'))
})

test('a session that ends on one server is cut on the other within a second, and refused there', async () => {
  const [one, other] = await somebody()
  const seat = await other.connect()
  const began = performance.now()

  await one.ask(signOut, {})

  await seat.until(() => !seat.isOpen(), 'the socket is cut')
  assert.ok(performance.now() - began < 1000)
  const answer = await other.tries(whoAmI, {})
  assert.equal(!answer.ok && answer.refusal.code, 'SignedOut')
})

test('who is on one server is seen, counted once, seen writing and reading on the other', async () => {
  const [a, b] = [await somebody(), await somebody()]
  const roomId = await befriend(a[0], b[0])
  const near = await a[0].connect()
  await near.ask(watchPresence, { userIds: [b[0].userId], roomId })
  const last = () => near.said(presenceChanged).findLast(({ userId }) => userId === b[0].userId)?.state
  const count = () => near.said(roomCounted).at(-1)?.online

  const [far, second] = [await b[1].connect(), await b[0].connect()]
  await near.until(() => last() === 'online', 'they come')
  await near.until(() => count() === 2, 'two are in the room')
  assert.deepEqual((await far.ask(watchPresence, { userIds: [a[0].userId], roomId })).room, { roomId, online: 2 })
  await far.ask(sayTyping, { roomId, isTyping: true })
  await near.until(() => near.said(typingNow).at(-1)?.userIds[0] === b[0].userId, 'they write')
  const { seq } = await near.ask(sendMessage, say(roomId, 'read me'))
  await far.ask(markRead, { roomId, seq })
  await near.until(() => near.said(othersMoved).at(-1)?.readSeq === seq, 'they have read')
  second.socket.disconnect()
  far.socket.disconnect()

  await near.until(() => last() === 'offline', 'they go')
  await near.until(() => count() === 1, 'one is left')
})

test('what was used on one server counts on the other', async (t) => {
  const tight = await startCluster({ limits: { membership: { points: 5, seconds: 60, by: 'person' } } })
  t.after(() => tight.stop())
  const [one, other] = await tight.person('greedy')
  const group = () => ({ localId: newId<LocalId>(), name: 'More', userIds: [] })
  const far = await other.connect()
  for (let nth = 0; nth < 5; nth++) await one.ask(createGroup, group())

  const tries: string[] = []
  while (tries.at(-1) !== 'TooManyRequests' && tries.length < 5) {
    await new Promise((done) => setTimeout(done, 150))
    const answer = await far.tries(createGroup, group())
    tries.push(answer.ok ? 'ok' : answer.refusal.code)
  }

  assert.equal(tries.at(-1), 'TooManyRequests')
  assert.ok(tries.length < 5, tries.join())
})
