import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import {
  addMember,
  createGroup,
  leaveRoom,
  MAX_MESSAGE_LENGTH,
  messageSent,
  pageMessages,
  PAGE_SIZE,
  removeMember,
  editRoom,
  sendMessage,
  whoAmI,
  type Answer,
  type LocalId,
  type Message,
  type MessageId,
  type MessagePage,
  type RoomId,
} from '@connectly/protocol'
import { befriend, newId, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { checksumOf } from './index.ts'
import { messageTable } from './messages.tables.ts'

let server: TestServer
let people = 0
let skew = 0
const somebody = () => server.person(`message-${++people}`)

before(async () => {
  server = await startServer({ clock: () => Date.now() + skew })
})
afterEach(() => {
  skew = 0
})
after(() => server.stop())

const texts = [
  'plain',
  '  spaces at both ends  ',
  'tabs\tand\nlines\r\nand \u2028 breaks',
  'e\u0301 and é are kept apart',
  '👩‍👩‍👧‍👦 🏳️‍🌈 🇨🇭 and a skin tone 👍🏽',
  'שלום مرحبا \u202eoverridden\u202c',
  '\u{10ffff}\u{1f600}\ufffe\ufdd0',
  '<script>alert(1)</script> & "quotes" \\ backslash',
  `'; drop table messages; --`,
  '__proto__',
  '{"$gt": ""}',
  '\u0001\u001b[31m\u007f bell \u0007',
  'x'.repeat(MAX_MESSAGE_LENGTH),
  '\u0001'.repeat(MAX_MESSAGE_LENGTH - 1) + 'x',
  '🚣'.repeat(MAX_MESSAGE_LENGTH / 2),
]

test('text comes back to the letter: to who sent it, who hears it, and who reads it later', async () => {
  const { owner, others, roomId } = await group(1)
  const [sender, listener] = [await owner.connect(), await others[0]!.connect()]

  for (const words of texts) {
    const over = words.length % 2 ? sender : owner
    const sent = await over.ask(sendMessage, text(roomId, words))
    assert.deepEqual(sent.body, { kind: 'text', text: words })
  }
  await listener.until(() => listener.heard(roomPlace(roomId)).length === texts.length)
  const read = await others[0]!.ask(pageMessages, { roomId, limit: 200 })

  const heard = listener.heard(roomPlace(roomId)).map((event) => (event.data as { message: Message }).message)
  assert.deepEqual(textsOf(heard), texts)
  assert.deepEqual(textsOf(read.messages), texts)
})

test('nothing that cannot be seen or kept is a message, and none is longer than 8000', async () => {
  const { owner, roomId } = await group()
  const bad = ['', ' ', '\n\t', '\u200b\u2060\ufeff', '\u3164', 'x\u0000', '\ud800', 'x'.repeat(MAX_MESSAGE_LENGTH + 1)]

  for (const words of bad)
    assert.equal(codeOf(await owner.tries(sendMessage, text(roomId, words))), 'InvalidInput', JSON.stringify(words))
  assert.deepEqual(textsOf((await owner.ask(pageMessages, { roomId })).messages), [])
})

test('a message bears the server’s time and the session’s person, whatever the client says', async () => {
  const { owner, others, roomId } = await group(1)
  const forged = { at: 1, seq: 1, rev: 1, authorId: others[0]!.userId, messageId: newId(), checksum: 'forged' }
  const before = Date.now()

  const seat = await owner.connect()
  const answer = (await seat.socket
    .timeout(5000)
    .emitWithAck('ask', sendMessage.name, { ...text(roomId, 'mine'), ...forged })) as Answer<Message>

  assert.ok(answer.ok)
  assert.equal(answer.value.authorId, owner.userId)
  assert.ok(answer.value.at >= before && answer.value.at <= Date.now())
  for (const field of ['seq', 'rev', 'messageId', 'checksum'] as const)
    assert.notEqual(answer.value[field], forged[field], field)
})

test('a clock set back does not change the order', async () => {
  const { owner, roomId } = await group()
  const sent: Message[] = []

  for (const shift of [0, -3_600_000, 5000, -86_400_000]) {
    skew = shift
    sent.push(await owner.ask(sendMessage, text(roomId, `at ${shift}`)))
  }
  const { messages } = await owner.ask(pageMessages, { roomId, after: sent[0]!.seq - 1 })

  assert.deepEqual(
    messages.map((message) => message.messageId),
    sent.map((message) => message.messageId),
  )
  assert.deepEqual(
    sent.map((message) => message.seq),
    sent.map((_, nth) => sent[0]!.seq + nth),
  )
})

test('the checksum is the SHA-256 of ids, time and content, and shows every change', async () => {
  const { owner, roomId } = await group()
  const sent = await owner.ask(sendMessage, text(roomId, 'unchanged'))
  const [row] = await server.app.store.find(messageTable, { where: { messageId: sent.messageId }, limit: 1 })

  const content = [
    sent.messageId,
    roomId,
    owner.userId,
    sent.at,
    [
      ['kind', 'text'],
      ['text', 'unchanged'],
    ],
  ]

  assert.equal(sent.checksum, createHash('sha256').update(JSON.stringify(content)).digest('base64url'))
  assert.equal(row && checksumOf(row), sent.checksum)
  for (const change of [
    { body: { kind: 'text' as const, text: 'unchanged ' } },
    { at: sent.at + 1 },
    { authorId: newId<Message['authorId']>() },
    { roomId: newId<RoomId>() },
    { messageId: newId<MessageId>() },
  ])
    assert.notEqual(checksumOf({ ...sent, ...change }), sent.checksum, JSON.stringify(change))
})

test('paging back and forth gives every message once, in order, and says when there is no more', async () => {
  const { owner, roomId } = await group()
  const seat = await owner.connect()
  const sent = await Promise.all(Array.from({ length: 130 }, (_, nth) => seat.ask(sendMessage, text(roomId, `${nth}`))))
  const all = sent.map((message) => message.seq).toSorted((a, b) => a - b)

  const back: MessagePage[] = [await owner.ask(pageMessages, { roomId })]
  while (back[0]!.older)
    back.unshift(await owner.ask(pageMessages, { roomId, before: back[0]!.messages[0]!.seq, limit: 40 }))
  const forth: MessagePage[] = [await owner.ask(pageMessages, { roomId, after: all[0]! - 1, limit: 40 })]
  while (forth.at(-1)!.newer)
    forth.push(await owner.ask(pageMessages, { roomId, after: forth.at(-1)!.messages.at(-1)!.seq, limit: 40 }))

  assert.equal(back.at(-1)?.messages.length, PAGE_SIZE)
  assert.equal(back.at(-1)?.newer, false)
  assert.deepEqual(back.flatMap(saidSeqs), all)
  assert.deepEqual(forth.flatMap(saidSeqs), all)
  assert.ok(back.slice(0, -1).every((page) => page.newer))
})

test('around a message there are as many as asked for, it among them, and both sides are told', async () => {
  const { owner, roomId } = await group()
  const seat = await owner.connect()
  const sent: Message[] = []
  for (let nth = 0; nth < 31; nth++) sent.push(await seat.ask(sendMessage, text(roomId, `${nth}`)))
  const middle = sent[15]!

  for (const limit of [1, 2, 7, 10]) {
    const page = await owner.ask(pageMessages, { roomId, around: middle.messageId, limit })

    assert.equal(page.messages.length, limit)
    assert.ok(page.messages.some((message) => message.messageId === middle.messageId))
    assert.deepEqual([page.older, page.newer], [true, true])
    assert.deepEqual(
      page.messages.map((message) => message.seq),
      page.messages.map((_, nth) => page.messages[0]!.seq + nth),
    )
  }
  const last = await owner.ask(pageMessages, { roomId, around: sent.at(-1)!.messageId, limit: 10 })
  assert.equal(last.newer, false)
})

test('around a message of another room there is nothing', async () => {
  const [here, elsewhere] = [await group(), await group()]
  const there = await elsewhere.owner.ask(sendMessage, text(elsewhere.roomId, 'elsewhere'))

  const answers = [
    await here.owner.tries(pageMessages, { roomId: here.roomId, around: there.messageId }),
    await here.owner.tries(pageMessages, { roomId: here.roomId, around: newId<MessageId>() }),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound'])
})

test('a page brings who wrote in it, also those who have left since', async () => {
  const { owner, others, roomId } = await group(2)
  await others[0]!.ask(sendMessage, text(roomId, 'before I go'))
  await others[0]!.ask(leaveRoom, { roomId })

  const { messages, people: authors } = await others[1]!.ask(pageMessages, { roomId })

  assert.deepEqual(
    new Set(authors.map((person) => person.userId)),
    new Set(messages.map((message) => message.authorId)),
  )
  assert.equal(new Set(authors.map((person) => person.userId)).size, authors.length)
  assert.ok(authors.some((person) => person.userId === others[0]!.userId) && owner.userId !== others[0]!.userId)
})

test('what happens to a room is said in the room, in codes and names', async () => {
  const { owner, others, roomId } = await group(2)
  const [leaver, removed] = others as [TestPerson, TestPerson]
  await owner.ask(editRoom, { roomId, name: 'New name' })
  await leaver.ask(leaveRoom, { roomId })
  await owner.ask(removeMember, { roomId, userId: removed.userId })
  await owner.ask(addMember, { roomId, userId: removed.userId })

  const { messages } = await owner.ask(pageMessages, { roomId })

  const [o, l, r] = [await nameOf(owner), await nameOf(leaver), await nameOf(removed)]
  assert.deepEqual(
    messages.map(({ body }) => ('code' in body ? [body.code, ...body.names] : [])),
    [
      ['groupCreated', o, 'Crew'],
      ['renamed', o, 'New name'],
      ['memberLeft', l],
      ['memberRemoved', o, r],
      ['memberAdded', o, r],
    ],
  )
})

test('what changed nothing is not said', async () => {
  const { owner, others, roomId } = await group(1)
  const count = async () => (await owner.ask(pageMessages, { roomId })).messages.length
  const before = await count()

  await owner.ask(addMember, { roomId, userId: others[0]!.userId })
  await owner.ask(editRoom, { roomId, name: 'Crew', about: 'Another about, by the same name' })
  await owner.tries(leaveRoom, { roomId })
  await others[0]!.tries(editRoom, { roomId, name: 'Not mine to say' })

  assert.equal(await count(), before)
})

test('nobody says what only the room itself says', async () => {
  const { owner, roomId } = await group()
  const bodies = [
    { kind: 'system', code: 'renamed', names: ['x'] },
    { kind: 'poll', fallback: 'x' },
    { kind: 'text', fallback: 'x' },
  ]

  for (const body of bodies) {
    const answer = await owner.tries(sendMessage, { ...text(roomId, 'x'), body } as never)
    assert.equal(codeOf(answer), 'InvalidInput', body.kind)
  }
})

test('what is heard, what is answered and what is read later are the same message', async () => {
  const { owner, roomId } = await group()
  const seat = await owner.connect()

  const sent = await seat.ask(sendMessage, text(roomId, 'one and the same'))
  await seat.until(() => seat.heard(roomPlace(roomId)).length === 1)
  const read = (await owner.ask(pageMessages, { roomId })).messages.at(-1)

  assert.deepEqual(
    seat.heard(roomPlace(roomId)).map(({ name, data }) => ({ name, data })),
    [{ name: messageSent.name, data: { message: sent } }],
  )
  assert.deepEqual(read, sent)
})

async function group(size = 0) {
  const owner = await somebody()
  const others = await Promise.all(Array.from({ length: size }, somebody))
  for (const other of others) await befriend(owner, other)
  const userIds = others.map((other) => other.userId)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds })
  return { owner, others, roomId }
}

const nameOf = async (person: TestPerson): Promise<string> => (await person.ask(whoAmI, {})).name
const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const textsOf = (messages: readonly Message[]) => messages.flatMap(({ body }) => ('text' in body ? [body.text] : []))
/** The numbers of what people said, without what the room said. */
const saidSeqs = ({ messages }: MessagePage) =>
  messages.filter(({ body }) => body.kind === 'text').map((message) => message.seq)
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
