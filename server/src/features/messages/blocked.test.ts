import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  blockPerson,
  deleteMessage,
  editMessage,
  getMessages,
  headOf,
  hideMessages,
  openSync,
  pageMessages,
  sendMessage,
  unblockPerson,
  versionsOf,
  type MessageId,
  type RoomId,
} from '@connectly/protocol'
import { atOnce, type Asking } from '../../race-kit.ts'
import { befriend, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { codeOf, crew, logOf, pageOf, say, somebody, text, textsOf, wordsIn } from './messages-kit.ts'

/* What a block does to what is said: both ways in groups, one way and unnoticed in a chat of two. */

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('in a group two of whom one blocked the other do not see each other’s words by any way; the rest sees all', async () => {
  const { owner, others, roomId } = await crew(server, 2)
  const [a, b] = others as [TestPerson, TestPerson]
  const from = (await pageOf(owner, roomId)).messages.at(-1)!.seq
  await a.ask(blockPerson, { userId: b.userId })
  const seats = [await a.connect(), await b.connect(), await owner.connect()] as const
  const ofA = await say(a, roomId, 'words of A')
  const ofB = await say(b, roomId, 'words of B')
  await say(owner, roomId, 'to A', ofA.messageId)
  await say(owner, roomId, 'to B', ofB.messageId)
  await editOf(a, roomId, ofA.messageId, 'words of A, edited')
  await editOf(b, roomId, ofB.messageId, 'words of B, edited')
  for (const seat of seats) await seat.until(() => seat.heard(roomPlace(roomId)).length === 6)
  const ids = [ofA.messageId, ofB.messageId]

  for (const [who, seat, unseen, seen] of [
    [a, seats[0], 'words of B', 'words of A'],
    [b, seats[1], 'words of A', 'words of B'],
  ] as const) {
    const views = JSON.stringify([await viewsOf(who, roomId, ids, from), seat.frames])
    assert.ok(!views.includes(unseen), `${unseen} was seen`)
    assert.ok(views.includes(seen) && views.includes('to A') && views.includes('to B'))
    assert.deepEqual(
      seat.heard(roomPlace(roomId)).map((event) => event.seq),
      [1, 2, 3, 4, 5, 6].map((nth) => from + nth),
    )
  }
  assert.deepEqual(
    seats[0].heard(roomPlace(roomId)).map((event) => event.data['message'] === null),
    [false, true, false, false, false, true],
  )
  assert.deepEqual(await wordsIn(owner, roomId), ['words of A, edited', 'words of B, edited', 'to A', 'to B'])
})

test('what one does not see under a block is not there for them: to answer, look around, hide or read in versions', async () => {
  const { others, roomId } = await crew(server, 2)
  const [a, b] = others as [TestPerson, TestPerson]
  await b.ask(blockPerson, { userId: a.userId })
  const { messageId } = await say(b, roomId, 'unseen')

  const answers = [
    await a.tries(sendMessage, text(roomId, 'an answer', { replyToId: messageId })),
    await a.tries(pageMessages, { roomId, around: messageId }),
    await a.tries(hideMessages, { roomId, messageIds: [messageId] }),
    await a.tries(versionsOf, { roomId, messageId }),
    await a.tries(deleteMessage, { roomId, messageId }),
    await a.tries(editMessage, { roomId, messageId, body: { kind: 'text', text: 'x' } }),
  ]

  assert.deepEqual(answers.map(codeOf), Array<string>(6).fill('NotFound'))
})

test('what was said before a block stays seen, what was said under it stays unseen, what is said after it is seen', async () => {
  const { others, roomId } = await crew(server, 2)
  const [a, b] = others as [TestPerson, TestPerson]
  await say(b, roomId, 'before')
  await a.ask(blockPerson, { userId: b.userId })
  const under = await say(b, roomId, 'under')
  await say(a, roomId, 'mine under')
  await a.ask(unblockPerson, { userId: b.userId })
  await say(b, roomId, 'after')
  const listener = await a.connect()
  await editOf(b, roomId, under.messageId, 'under, and edited')
  await b.ask(deleteMessage, { roomId, messageId: under.messageId })
  await listener.until(() => listener.heard(roomPlace(roomId)).length === 2)

  assert.deepEqual(await wordsIn(a, roomId), ['before', 'mine under', 'after'])
  assert.deepEqual(await wordsIn(b, roomId), ['before', 'after'])
  const bare = { messageId: under.messageId, message: null }
  assert.deepEqual(
    listener.heard(roomPlace(roomId)).map((event) => event.data),
    [bare, bare],
  )
})

test('a block that only one of two took back goes on', async () => {
  const { others, roomId } = await crew(server, 2)
  const [a, b] = others as [TestPerson, TestPerson]
  await a.ask(blockPerson, { userId: b.userId })
  await b.ask(blockPerson, { userId: a.userId })
  await a.ask(unblockPerson, { userId: b.userId })
  await say(b, roomId, 'still unseen')
  await b.ask(unblockPerson, { userId: a.userId })
  await say(b, roomId, 'seen')

  assert.deepEqual(await wordsIn(a, roomId), ['seen'])
})

test('what the room itself says is seen by all, also who added whom', async () => {
  const { owner, others, roomId } = await crew(server, 2)
  const [a, guest] = [others[0]!, await somebody(server)]
  await befriend(owner, guest)
  await a.ask(blockPerson, { userId: owner.userId })

  await owner.ask(addMember, { roomId, userId: guest.userId })

  const { body } = (await pageOf(a, roomId)).messages.at(-1)!
  assert.equal('code' in body && body.code, 'memberAdded')
})

test('a page of a group is full and says truly whether there is more, whatever a block leaves out', async () => {
  const { others, roomId } = await crew(server, 2)
  const [a, b] = others as [TestPerson, TestPerson]
  await a.ask(blockPerson, { userId: b.userId })
  for (let nth = 0; nth < 12; nth++) await say(nth % 3 ? b : a, roomId, `${nth}`)

  const last = await a.ask(pageMessages, { roomId, limit: 2 })
  const before = await a.ask(pageMessages, { roomId, limit: 2, before: last.messages[0]!.seq })
  const after = await a.ask(pageMessages, { roomId, limit: 2, after: last.messages.at(-1)!.seq })

  assert.deepEqual([textsOf(last.messages), last.older, last.newer], [['6', '9'], true, false])
  assert.deepEqual([textsOf(before.messages), before.newer], [['0', '3'], true])
  assert.deepEqual([after.messages, after.older, after.newer], [[], true, false])
})

test('in a chat of two who blocked does not write, and is told why; who was blocked writes, and nobody hears it', async () => {
  const [a, b] = [await somebody(server), await somebody(server)]
  const roomId = await befriend(a, b, 'hello')
  const listener = await a.connect()
  await a.ask(blockPerson, { userId: b.userId })

  const mine = await a.tries(sendMessage, text(roomId, 'from who blocked'))
  const theirs = await say(b, roomId, 'from who was blocked')
  await listener.until(() => listener.heard(roomPlace(roomId)).length === 1)

  assert.equal(codeOf(mine), 'YouBlocked')
  assert.ok(!JSON.stringify(listener.frames).includes('from who was blocked'))
  assert.ok(!JSON.stringify(await viewsOf(a, roomId, [theirs.messageId], 0)).includes('from who was blocked'))
  assert.deepEqual(await wordsIn(b, roomId), ['hello', 'from who was blocked'])
  await a.ask(unblockPerson, { userId: b.userId })
  await say(a, roomId, 'again')
  await say(b, roomId, 'again too')
  assert.deepEqual(await wordsIn(a, roomId), ['hello', 'again', 'again too'])
  assert.deepEqual(await wordsIn(b, roomId), ['hello', 'from who was blocked', 'again', 'again too'])
})

test('who is blocked cannot tell it by anything they get back, hear or read, in a chat of two or a group', async () => {
  const seen: unknown[] = []
  for (const isBlocked of [false, true]) {
    const { others, roomId: groupId } = await crew(server, 2)
    const [a, b] = others as [TestPerson, TestPerson]
    const directId = await befriend(a, b, 'hello')
    const first = await say(a, directId, 'from a')
    if (isBlocked) await a.ask(blockPerson, { userId: b.userId })
    const seat = await b.connect()
    const answers: unknown[] = [seat.opened]
    for (const roomId of [directId, groupId]) {
      const input = text(roomId, 'said', roomId === directId ? { replyToId: first.messageId } : {})
      const sent = await seat.ask(sendMessage, input)
      answers.push(sent, await seat.ask(sendMessage, input), await editOf(b, roomId, sent.messageId, 'said otherwise'))
      answers.push(await b.ask(versionsOf, { roomId, messageId: sent.messageId }))
      answers.push(await b.ask(deleteMessage, { roomId, messageId: sent.messageId }))
      await seat.until(() => seat.heard(roomPlace(roomId)).length === 3)
      answers.push(await viewsOf(b, roomId, [sent.messageId], 0))
    }
    seen.push(likeness({ answers, frames: seat.frames }))
  }

  assert.deepEqual(seen[1], seen[0])
})

test('[AS2] what is said at the same moment as a block comes before it and is seen, or after it and is not', async () => {
  for (const blockFirst of [true, false]) {
    const { others, roomId } = await crew(server, 2)
    const [a, b] = others as [TestPerson, TestPerson]
    const asks: Asking[] = [
      [a, (seat) => seat.tries(blockPerson, { userId: b.userId })],
      [b, (seat) => seat.tries(sendMessage, text(roomId, 'just now'))],
    ]

    const answers = await atOnce(server, blockFirst ? asks : asks.toReversed())

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    assert.deepEqual(await wordsIn(a, roomId), blockFirst ? [] : ['just now'])
  }
})

const editOf = (who: TestPerson, roomId: RoomId, messageId: MessageId, words: string) =>
  who.ask(editMessage, { roomId, messageId, body: { kind: 'text', text: words } })

/** Everything that somebody can read of a room, by every way there is. */
async function viewsOf(who: TestPerson, roomId: RoomId, messageIds: MessageId[], after: number) {
  return {
    page: await pageOf(who, roomId),
    forth: await who.ask(pageMessages, { roomId, after }),
    head: await who.ask(headOf, { roomId }),
    opened: await who.ask(openSync, { epoch: null, cursors: {}, lines: {} }),
    log: await logOf(who, roomPlace(roomId), after),
    got: await who.ask(getMessages, { roomId, messageIds }),
  }
}

/**
 * A view with what differs between any two runs taken out: ids, names, times, what is made of them, and their order. How
 * far the other has read is left out too: the rules of marks are about that.
 */
function likeness(view: object): unknown {
  const plain = JSON.stringify(view)
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replace(/somebody-\d+/g, 'name')
    .replace(/"checksum":"[^"]+"/g, '"checksum":""')
    .replace(/"(\w*[aA]t|serverTime|rev)":\d+/g, '"$1":0')
  return JSON.parse(plain, (key, value: unknown) => {
    if (key === 'theirs') return null
    if (!Array.isArray(value)) return value
    return value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  })
}
