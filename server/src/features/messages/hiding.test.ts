import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  deleteMessage,
  editMessage,
  getMessages,
  headOf,
  hideMessages,
  openSync,
  pageMessages,
  sendMessage,
  userPlace,
  versionsOf,
  type Message,
  type MessageId,
  type MessagePage,
  type RoomId,
  type RoomLine,
} from '@connectly/protocol'
import { newId, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { allRows, codeOf, crew, logOf, pageOf, say, text, textsOf, wordsIn } from './messages-kit.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('what I delete for me is gone from all I read, and from nothing the others read', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const [me, seq] = [others[0]!, (await pageOf(owner, roomId)).messages.at(-1)!.seq]
  const { messageId } = await say(owner, roomId, 'not for me')
  await say(owner, roomId, 'an answer to it', messageId)

  await me.ask(hideMessages, { roomId, messageIds: [messageId] })

  const views = await viewsOf(me, roomId, [messageId], seq)
  assert.ok(!JSON.stringify(views).includes('not for me'), JSON.stringify(views))
  assert.deepEqual(views.got, { messages: [], people: [] })
  assert.ok((await wordsIn(owner, roomId)).includes('not for me'))
})

test('what is hidden can be neither answered, edited, read in its versions, looked around nor deleted', async () => {
  const { owner, roomId } = await crew(server)
  const { messageId } = await say(owner, roomId, 'hidden')
  await owner.ask(hideMessages, { roomId, messageIds: [messageId] })

  const answers = await Promise.all([
    owner.tries(sendMessage, text(roomId, 'an answer', { replyToId: messageId })),
    owner.tries(editMessage, { roomId, messageId, body: { kind: 'text', text: 'edited' } }),
    owner.tries(versionsOf, { roomId, messageId }),
    owner.tries(pageMessages, { roomId, around: messageId }),
    owner.tries(deleteMessage, { roomId, messageId }),
  ])

  assert.deepEqual(answers.map(codeOf), Array<string>(5).fill('NotFound'))
})

test('hiding is told to my own devices alone, with what is last then; hiding again changes nothing', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const [first, second] = [await say(owner, roomId, 'first'), await say(owner, roomId, 'second')]
  const [mine, theirs] = [await others[0]!.connect(), await owner.connect()]
  const me = userPlace(others[0]!.userId)
  const hide = (...messages: Message[]) =>
    others[0]!.ask(hideMessages, { roomId, messageIds: messages.map((message) => message.messageId) })

  await hide(second)
  await hide(second)
  await hide(second, first)
  await mine.until(() => mine.heard(me).length === 2)
  await theirs.ask(headOf, { roomId })

  const told = mine.heard(me).map((event) => event.data as { seqs: number[]; last: Message })
  assert.deepEqual(
    told.map(({ seqs, last }) => [seqs, last.seq]),
    [
      [[second.seq], first.seq],
      [[first.seq], first.seq - 1],
    ],
  )
  assert.deepEqual(theirs.frames, [])
  assert.equal(mine.heard(roomPlace(roomId)).length, 0)
  const log = (await logOf(others[0]!, me)).filter((event) => event.name === 'messages.hidden')
  assert.deepEqual(
    log.map((event) => event.data['last']),
    [told[1]?.last, told[1]?.last],
  )
  assert.ok(!JSON.stringify(log).includes('first'))
})

test('of messages of which one is not there nothing is hidden', async () => {
  const [{ owner, roomId }, elsewhere] = [await crew(server), await crew(server)]
  const [here, there] = [await say(owner, roomId, 'here'), await say(elsewhere.owner, elsewhere.roomId, 'there')]

  const answers = [
    await owner.tries(hideMessages, { roomId, messageIds: [here.messageId, newId<MessageId>()] }),
    await owner.tries(hideMessages, { roomId, messageIds: [here.messageId, there.messageId] }),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound'])
  assert.ok((await wordsIn(owner, roomId)).includes('here'))
})

test('pages are full whatever is hidden between, every message once, and say truly whether there is more', async () => {
  const { owner, roomId } = await crew(server)
  const seat = await owner.connect()
  const sent: Message[] = []
  for (let nth = 0; nth < 90; nth++) sent.push(await seat.ask(sendMessage, text(roomId, `${nth}`)))
  const hidden = sent.filter((_, nth) => nth < 10 || (nth > 20 && nth < 60) || nth % 3 === 0 || nth > 80)
  const shown = sent.filter((message) => !hidden.includes(message))
  const [system] = (await owner.ask(pageMessages, { roomId, limit: 200 })).messages
  for (const ids of [[system!, ...hidden.slice(0, 50)], hidden.slice(50)])
    await owner.ask(hideMessages, { roomId, messageIds: ids.map((message) => message.messageId) })

  const back: MessagePage[] = [await owner.ask(pageMessages, { roomId, limit: 7 })]
  while (back[0]!.older)
    back.unshift(await owner.ask(pageMessages, { roomId, limit: 7, before: back[0]!.messages[0]!.seq }))
  const forth: MessagePage[] = [await owner.ask(pageMessages, { roomId, limit: 7, after: 0 })]
  while (forth.at(-1)!.newer)
    forth.push(await owner.ask(pageMessages, { roomId, limit: 7, after: forth.at(-1)!.messages.at(-1)!.seq }))
  const ends = [
    await owner.ask(pageMessages, { roomId, before: shown[0]!.seq }),
    await owner.ask(pageMessages, { roomId, after: shown.at(-1)!.seq }),
    await owner.ask(pageMessages, { roomId, before: sent.at(-1)!.seq, limit: 200 }),
    await owner.ask(pageMessages, { roomId, around: shown[0]!.messageId, limit: 5 }),
  ]

  const words = shown.map((message) => message.body)
  assert.deepEqual(
    back.flatMap((page) => page.messages.map((message) => message.body)),
    words,
  )
  assert.deepEqual(
    forth.flatMap((page) => page.messages.map((message) => message.body)),
    words,
  )
  for (const page of [...back.slice(1), ...forth.slice(0, -1)]) assert.equal(page.messages.length, 7)
  assert.deepEqual(
    back.map((page) => page.newer),
    back.map((_, nth) => nth < back.length - 1),
  )
  assert.deepEqual(
    ends.map(({ messages, older, newer }) => [messages.length, older, newer]),
    [
      [0, false, true],
      [0, true, false],
      [shown.length, false, false],
      [3, false, true],
    ],
  )
})

test('a room of which I hid more than a page begins with what I still see', async () => {
  const { owner, roomId } = await crew(server)
  const seat = await owner.connect()
  const early = await say(owner, roomId, 'still there')
  const ids: MessageId[] = []
  for (let nth = 0; nth < 260; nth++) ids.push((await seat.ask(sendMessage, text(roomId, `${nth}`))).messageId)
  for (let from = 0; from < ids.length; from += 100)
    await seat.ask(hideMessages, { roomId, messageIds: ids.slice(from, from + 100) })

  const { messages, older, newer } = await pageOf(owner, roomId)
  const line = await lineOf(owner, roomId)

  assert.deepEqual(textsOf(messages), ['still there'])
  assert.deepEqual([older, newer], [false, false])
  assert.equal(line.last?.messageId, early.messageId)
})

test('what I hid and its author then deletes for everyone is in no row any more', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const { messageId } = await say(owner, roomId, 'hidden-then-deleted')
  await others[0]!.ask(hideMessages, { roomId, messageIds: [messageId] })

  await owner.ask(deleteMessage, { roomId, messageId })

  assert.ok(!(await allRows(server.app.store)).includes('hidden-then-deleted'))
  assert.ok(!JSON.stringify(await pageOf(others[0]!, roomId)).includes(messageId))
})

/** Everything that somebody can read of a room, by every way there is. */
async function viewsOf(who: TestPerson, roomId: RoomId, messageIds: MessageId[], after: number) {
  return {
    page: await pageOf(who, roomId),
    forth: await who.ask(pageMessages, { roomId, after }),
    head: await who.ask(headOf, { roomId }),
    line: await lineOf(who, roomId),
    log: await logOf(who, roomPlace(roomId), after),
    got: await who.ask(getMessages, { roomId, messageIds }),
  }
}

async function lineOf(who: TestPerson, roomId: RoomId): Promise<RoomLine> {
  const { places } = await who.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  assert.ok(own?.kind === 'reset')
  const { lines } = own.head.slices['rooms'] as { lines: RoomLine[] }
  return lines.find((line) => line.room.roomId === roomId) ?? assert.fail('no such line')
}
