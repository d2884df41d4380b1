import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  blockPerson,
  clearRoom,
  createGroup,
  deleteMessage,
  headOf,
  hideMessages,
  markDelivered,
  markRead,
  MARKS_SHOWN_UP_TO,
  markUnread,
  openSync,
  othersMoved,
  readMoved,
  receiptsOf,
  sendMessage,
  setPrivacy,
  userPlace,
  watchPresence,
  type LocalId,
  type OthersMarks,
  type RoomId,
  type RoomLine,
} from '@connectly/protocol'
import { atOnce } from '../../race-kit.ts'
import { seatTable } from '../rooms/index.ts'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'

let server: TestServer
before(async () => (server = await startServer()))
after(() => server.stop())

let count = 0
const somebody = () => server.person(`reader-${++count}`)
const say = async (who: TestPerson, roomId: RoomId, text = 'hello') =>
  who.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text } })

async function lineOf(who: TestPerson, roomId: RoomId): Promise<RoomLine> {
  const { places } = await who.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  if (own?.kind !== 'reset') throw new Error('no head')
  const { lines } = own.head.slices['rooms'] as { lines: RoomLine[] }
  return lines.find(({ room }) => room.roomId === roomId) ?? assert.fail('no such line')
}

async function two() {
  const [a, b] = [await somebody(), await somebody()]
  const roomId = await befriend(a, b)
  await b.ask(markRead, { roomId, seq: 1000 })
  return { a, b, roomId }
}

test('what others say is unread until it is read, on every device of mine, and a count never falls below what is there', async () => {
  const { a, b, roomId } = await two()
  const [phone, laptop] = [await b.connect(), await b.connect()]
  const sent = [await say(a, roomId), await say(a, roomId), await say(a, roomId)]

  assert.deepEqual((await lineOf(b, roomId)).unread, sent.map(({ seq }) => seq).toReversed())
  await phone.ask(markRead, { roomId, seq: sent[1]?.seq ?? 0 })

  assert.deepEqual((await lineOf(b, roomId)).unread, [sent[2]?.seq])
  const heard = () => laptop.heard(userPlace(b.userId)).filter(({ name }) => name === readMoved.name)
  await laptop.until(() => heard().length > 0, 'the other device hears how far I read')
  assert.deepEqual(heard()[0]?.data, { roomId, readSeq: sent[1]?.seq, unreadFrom: null, unread: [], mentions: [] })
})

test('a mark never goes back, and never beyond what was said', async () => {
  const { a, b, roomId } = await two()
  const { seq } = await say(a, roomId)

  assert.deepEqual(await b.ask(markRead, { roomId, seq: seq + 500 }), { readSeq: seq })
  assert.deepEqual(await b.ask(markRead, { roomId, seq: 1 }), { readSeq: seq })
  assert.equal((await lineOf(b, roomId)).readSeq, seq)
})

test('sending reads up to one’s own message, in the same commit', async () => {
  const { a, b, roomId } = await two()
  await say(a, roomId)

  const { seq } = await say(b, roomId)

  const line = await lineOf(b, roomId)
  assert.equal(line.readSeq, seq)
  assert.deepEqual(line.unread, [])
})

test('a room marked as unread counts from there, without telling others, until it is read again', async () => {
  const { a, b, roomId } = await two()
  const sent = [await say(a, roomId), await say(a, roomId)]
  await b.ask(markRead, { roomId, seq: sent[1]?.seq ?? 0 })
  const other = await a.connect()

  await b.ask(markUnread, { roomId, seq: sent[0]?.seq ?? 0 })

  assert.deepEqual((await lineOf(b, roomId)).unread, [sent[1]?.seq, sent[0]?.seq])
  assert.deepEqual((await lineOf(a, roomId)).theirs?.readSeq, sent[1]?.seq)
  assert.deepEqual(other.said(othersMoved), [])
  await b.ask(markRead, { roomId, seq: 0 })
  assert.deepEqual((await lineOf(b, roomId)).unread, [])
})

test('what the room itself says, what was deleted, and what I deleted for myself is no news', async () => {
  const { a, b } = await two()
  const { roomId } = await a.ask(createGroup, { localId: newId<LocalId>(), name: 'Walks', userIds: [b.userId] })
  assert.deepEqual((await lineOf(b, roomId)).unread, [])
  const [gone, hidden, stays] = [await say(a, roomId), await say(a, roomId), await say(a, roomId)]

  await a.ask(deleteMessage, { roomId, messageId: gone.messageId })
  await b.ask(hideMessages, { roomId, messageIds: [hidden.messageId] })

  assert.deepEqual((await lineOf(b, roomId)).unread, [stays.seq])
})

test('mentions of me, and of all, are told apart', async () => {
  const { a, b } = await two()
  const { roomId } = await a.ask(createGroup, { localId: newId<LocalId>(), name: 'Walks', userIds: [b.userId] })
  const mention = async (text: string, who: typeof b.userId | 'all') =>
    a.ask(sendMessage, {
      roomId,
      localId: newId<LocalId>(),
      body: { kind: 'text', text, mentions: [{ who, start: 0, length: text.indexOf(' ') }] },
    })

  const me = await mention('@b look', b.userId)
  await mention('@a look', a.userId)
  const all = await mention('@all look', 'all')

  const line = await lineOf(b, roomId)
  assert.deepEqual(line.mentions, [all.seq, me.seq])
  assert.equal(line.unread.length, 3)
})

test('the other of a direct room hears how far I have it and read it, and sees it when coming back', async () => {
  const { a, b, roomId } = await two()
  const { seq } = await say(a, roomId)
  const seat = await a.connect()
  const { epoch, serverTime } = seat.opened

  await b.ask(markDelivered, { marks: [{ roomId, seq }] })
  await seat.until(() => seat.said(othersMoved).some(({ deliveredSeq }) => deliveredSeq === seq), 'it is delivered')
  await b.ask(markRead, { roomId, seq })

  await seat.until(() => seat.said(othersMoved).some(({ readSeq }) => readSeq === seq), 'it is read')
  assert.deepEqual((await lineOf(a, roomId)).theirs, { readSeq: seq, deliveredSeq: seq })
  const later = await a.ask(openSync, { epoch, cursors: {}, lines: {}, since: serverTime })
  const { all } = later.moved['marks'] as { all: OthersMarks[] }
  assert.deepEqual(all, [{ roomId, userId: b.userId, readSeq: seq, deliveredSeq: seq }])
})

test('in a group those hear it who have the room open, and no others', async () => {
  const { a, b } = await two()
  const c = await somebody()
  await befriend(a, c)
  const group = { localId: newId<LocalId>(), name: 'Walks', userIds: [b.userId, c.userId] }
  const { roomId } = await a.ask(createGroup, group)
  const [open, elsewhere] = [await a.connect(), await c.connect()]
  await open.ask(watchPresence, { userIds: [], roomId })
  const { seq } = await say(a, roomId)

  await b.ask(markRead, { roomId, seq })

  await open.until(() => open.said(othersMoved).some(({ readSeq }) => readSeq === seq), 'who looks hears it')
  assert.deepEqual(elsewhere.said(othersMoved), [])
})

test('who gives no read marks is shown none, and shows none: in signals, heads, lines and receipts', async () => {
  const { a, b, roomId } = await two()
  await b.ask(setPrivacy, { receipts: false })
  const { seq, messageId } = await say(a, roomId)
  const seat = await a.connect()

  await b.ask(markRead, { roomId, seq })
  const fromB = await say(b, roomId)
  await a.ask(markRead, { roomId, seq: fromB.seq })

  assert.deepEqual(seat.said(othersMoved), [])
  for (const who of [a, b]) {
    assert.equal((await lineOf(who, roomId)).theirs, null)
    assert.deepEqual((await who.ask(headOf, { roomId })).slices['marks'], { theirs: [] })
  }
  assert.deepEqual((await a.ask(receiptsOf, { roomId, messageId })).counts, { read: 0, delivered: 1, waiting: 0 })
})

test('what is said under a block is never read nor got, and what was read before stays so', async () => {
  const { a, b, roomId } = await two()
  const { seq } = await say(a, roomId)
  await b.ask(markRead, { roomId, seq })
  await b.ask(blockPerson, { userId: a.userId })
  const seat = await a.connect()
  const under = await say(a, roomId)

  await b.ask(markDelivered, { marks: [{ roomId, seq: under.seq }] })
  await b.ask(markRead, { roomId, seq: under.seq })

  assert.deepEqual(seat.said(othersMoved), [])
  assert.deepEqual((await lineOf(a, roomId)).theirs, { readSeq: seq, deliveredSeq: seq })
  assert.deepEqual((await a.ask(headOf, { roomId })).slices['marks'], {
    theirs: [{ roomId, userId: b.userId, readSeq: seq, deliveredSeq: seq }],
  })
})

test('message info says who read it and when, who has it, and who neither; only to who wrote it', async () => {
  const [a, reads, has, away] = [await somebody(), await somebody(), await somebody(), await somebody()]
  for (const each of [reads, has, away]) await befriend(a, each)
  const userIds = [reads.userId, has.userId, away.userId]
  const { roomId } = await a.ask(createGroup, { localId: newId<LocalId>(), name: 'Walks', userIds })
  const { seq, messageId } = await say(a, roomId)
  await reads.ask(markRead, { roomId, seq })
  await has.ask(markDelivered, { marks: [{ roomId, seq }] })

  const receipts = await a.ask(receiptsOf, { roomId, messageId })

  assert.deepEqual(
    receipts.read.map(({ person }) => person.userId),
    [reads.userId],
  )
  assert.ok(Math.abs(Date.now() - (receipts.read[0]?.at ?? 0)) < 60_000)
  assert.deepEqual(
    receipts.delivered.map(({ person }) => person.userId),
    [has.userId],
  )
  assert.deepEqual(
    receipts.waiting.map(({ person }) => person.userId),
    [away.userId],
  )
  const refused = await reads.tries(receiptsOf, { roomId, messageId })
  assert.equal(!refused.ok && refused.refusal.code, 'NotAllowed')
})

test('in a room of more than 32 nobody is told of marks, and delivery costs no write', async () => {
  const owner = await somebody()
  const members = await Promise.all(Array.from({ length: MARKS_SHOWN_UP_TO }, somebody))
  for (const each of members) await befriend(owner, each)
  const userIds = members.map(({ userId }) => userId)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Many', userIds })
  const seat = await owner.connect()
  await seat.ask(watchPresence, { userIds: [], roomId })
  const { seq, messageId } = await say(owner, roomId)
  const [first, second] = members
  assert.ok(first && second)

  await first.ask(markRead, { roomId, seq })
  await second.ask(markDelivered, { marks: [{ roomId, seq }] })

  assert.deepEqual(seat.said(othersMoved), [])
  assert.deepEqual((await owner.ask(headOf, { roomId })).slices['marks'], { theirs: [] })
  const kept = await server.app.store.get(seatTable, { roomId, userId: second.userId })
  assert.equal(kept?.deliveredSeq, 0)
  assert.equal((await owner.ask(receiptsOf, { roomId, messageId })).counts.read, 1)
})

test('[AS2] a chat that is emptied while it is marked as unread has nothing unread', async () => {
  const { a, b, roomId } = await two()
  const { seq } = await say(a, roomId)
  await b.ask(markRead, { roomId, seq })
  const seat = await b.connect()

  await atOnce(server, [
    [b, (its) => its.tries(clearRoom, { roomId })],
    [b, (its) => its.tries(markUnread, { roomId, seq })],
  ])

  await seat.ask(headOf, { roomId })
  const heard = seat.heard(userPlace(b.userId)).filter(({ name }) => name === readMoved.name)
  for (const { data } of heard) assert.deepEqual((data as { unread: number[] }).unread, [])
  assert.deepEqual((await lineOf(b, roomId)).unread, [])
})

test('[AS2] reading on while one says something oneself is not put off', async () => {
  const { a, b, roomId } = await two()
  const { seq } = await say(a, roomId)
  const words = { roomId, localId: newId<LocalId>(), body: { kind: 'text' as const, text: 'me too' } }

  const answers = await atOnce(server, [
    [b, (its) => its.tries(sendMessage, words)],
    [b, (its) => its.tries(markRead, { roomId, seq })],
    [b, (its) => its.tries(sendMessage, { ...words, localId: newId<LocalId>() })],
  ])

  assert.deepEqual(
    answers.map((answer) => answer.ok || answer.refusal.code),
    [true, true, true],
  )
  assert.equal((await lineOf(b, roomId)).readSeq, seq + 2)
})
