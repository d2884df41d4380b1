import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  deleteMessage,
  editMessage,
  getMessages,
  handOver,
  headOf,
  leaveRoom,
  pageMessages,
  sendMessage,
  setRole,
  whoAmI,
  type Mention,
  type Message,
  type MessageId,
  type RoomId,
} from '@connectly/protocol'
import { newId, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { checksumOf } from './index.ts'
import { codeOf, crew, pageOf, say, text, textsOf } from './messages-kit.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('an answer names what it answers, and a page brings that along unless it stands in it', async () => {
  const { owner, others, roomId } = await crew(server, 2)
  const [asking, answering] = others as [TestPerson, TestPerson]
  const question = await say(asking, roomId, 'a question')
  const answer = await say(answering, roomId, 'an answer', question.messageId)

  const alone = await owner.ask(pageMessages, { roomId, after: question.seq })
  const together = await pageOf(owner, roomId)
  const around = await owner.ask(pageMessages, { roomId, around: answer.messageId, limit: 1 })

  assert.deepEqual(answer.replyTo, { messageId: question.messageId, seq: question.seq })
  assert.deepEqual([alone.messages, alone.quoted], [[answer], [question]])
  assert.deepEqual(alone.people.map((person) => person.userId).toSorted(), [asking.userId, answering.userId].toSorted())
  assert.deepEqual(together.quoted, [])
  assert.deepEqual(around.quoted, [question])
})

test('a head quotes what its messages answer, as it is now', async () => {
  const { owner, roomId } = await crew(server)
  const { messageId } = await say(owner, roomId, 'long ago')
  const seat = await owner.connect()
  for (let nth = 0; nth < 60; nth++) await seat.ask(sendMessage, text(roomId, `${nth}`))
  await say(owner, roomId, 'an answer', messageId)
  await say(owner, roomId, 'another', messageId)
  const edited = await owner.ask(editMessage, {
    roomId,
    messageId,
    body: { kind: 'text', text: 'long ago, and edited' },
  })

  const { slices } = await owner.ask(headOf, { roomId })

  const { messages, quoted, older } = slices['messages'] as { messages: Message[]; quoted: Message[]; older: boolean }
  assert.equal(messages.length, 50)
  assert.deepEqual([quoted, older], [[edited], true])
})

test('one answers what one sees: not what is elsewhere, not there, or deleted', async () => {
  const [{ owner, roomId }, elsewhere] = [await crew(server), await crew(server)]
  const [deleted, there] = [await say(owner, roomId, 'deleted'), await say(elsewhere.owner, elsewhere.roomId, 'there')]
  await owner.ask(deleteMessage, { roomId, messageId: deleted.messageId })

  const answers = await Promise.all(
    [there.messageId, newId<MessageId>(), deleted.messageId].map((replyToId) =>
      owner.tries(sendMessage, text(roomId, 'an answer', { replyToId })),
    ),
  )

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound', 'MessageDeleted'])
})

test('an answer stays when what it answers is deleted, and quotes the line that is left', async () => {
  const { owner, roomId } = await crew(server)
  const question = await say(owner, roomId, 'a question')
  const answer = await say(owner, roomId, 'an answer', question.messageId)

  const left = await owner.ask(deleteMessage, { roomId, messageId: question.messageId })
  const { messages, quoted } = await owner.ask(pageMessages, { roomId, after: question.seq })

  assert.deepEqual([messages, quoted], [[answer], [left]])
})

test('a repeat is the same with the same words and the same message answered; else the key is taken', async () => {
  const { owner, roomId } = await crew(server)
  const [a, b] = [await say(owner, roomId, 'a'), await say(owner, roomId, 'b')]
  const input = text(roomId, 'an answer', { replyToId: a.messageId })
  const { replyToId: _left, ...without } = input

  const answers = [
    await owner.tries(sendMessage, input),
    await owner.tries(sendMessage, input),
    await owner.tries(sendMessage, { ...input, replyToId: b.messageId }),
    await owner.tries(sendMessage, without),
    await owner.tries(sendMessage, { ...input, body: { ...input.body, text: 'another' } }),
    await owner.tries(sendMessage, { ...input, body: { ...input.body, mentions: [] } }),
  ]

  assert.deepEqual(answers.map(codeOf), ['ok', 'ok', 'KeyReused', 'KeyReused', 'KeyReused', 'ok'])
  assert.deepEqual(answers[1], answers[0])
})

test('mentions are kept by id, are part of the checksum, and bring the people they mean', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const mentions: Mention[] = [{ who: others[0]!.userId, start: 6, length: 4 }]

  const sent = await owner.ask(sendMessage, text(roomId, 'Hello @you', { mentions }))
  const { messages, people } = await owner.ask(pageMessages, { roomId, after: sent.seq - 1 })

  assert.deepEqual(messages[0]?.body, { kind: 'text', text: 'Hello @you', mentions })
  assert.notEqual(sent.checksum, checksumOf({ ...sent, body: { kind: 'text', text: 'Hello @you' } }))
  assert.deepEqual(new Set(people.map((person) => person.userId)), new Set([owner.userId, others[0]!.userId]))
})

test('to mention all takes the right to, also in an edit', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const member = others[0]!
  const mentions: Mention[] = [{ who: 'all', start: 0, length: 4 }]
  const { messageId } = await say(member, roomId, '@all of you')
  const body = { kind: 'text' as const, text: '@all of you', mentions }

  const answers = [
    await member.tries(sendMessage, text(roomId, '@all', { mentions })),
    await member.tries(editMessage, { roomId, messageId, body }),
    await owner.tries(sendMessage, text(roomId, '@all', { mentions })),
  ]
  await owner.ask(setRole, { roomId, userId: member.userId, role: 'admin' })
  answers.push(await member.tries(editMessage, { roomId, messageId, body }))

  assert.deepEqual(answers.map(codeOf), ['NotAllowed', 'NotAllowed', 'ok', 'ok'])
})

test('messages by id come in order with who wrote them, and what one does not see is left out', async () => {
  const [{ owner, others, roomId }, elsewhere] = [await crew(server, 1), await crew(server)]
  const [first, second] = [await say(owner, roomId, 'first'), await say(others[0]!, roomId, 'second')]
  const there = await say(elsewhere.owner, elsewhere.roomId, 'there')
  const messageIds = [second, there, first, second].map((message) => message.messageId)

  const got = await owner.ask(getMessages, { roomId, messageIds: [...messageIds, newId<MessageId>()] })
  const stranger = await elsewhere.owner.tries(getMessages, { roomId, messageIds })

  assert.deepEqual(got.messages, [first, second])
  assert.equal(got.people.length, 2)
  assert.equal(codeOf(stranger), 'NotFound')
})

test('what is handed over is said, by the last owner’s going before that they went', async () => {
  const { owner, others, roomId } = await crew(server, 2)
  const [second, third] = others as [TestPerson, TestPerson]
  const listener = await third.connect()

  await owner.ask(handOver, { roomId, userId: second.userId })
  await second.ask(leaveRoom, { roomId, heirId: third.userId })
  await owner.ask(leaveRoom, { roomId, heirId: third.userId })
  const said = await codesIn(third, roomId)
  await listener.until(() => heardCodes(listener.heard(roomPlace(roomId))).length === 4)

  const [o, s, t] = await Promise.all([owner, second, third].map(nameOf))
  assert.deepEqual(said, [
    ['groupCreated', o, 'Crew'],
    ['handedOver', o, s],
    ['handedOver', s, t],
    ['memberLeft', s],
    ['memberLeft', o],
  ])
  assert.deepEqual(heardCodes(listener.heard(roomPlace(roomId))), [
    'handedOver',
    'handedOver',
    'memberLeft',
    'memberLeft',
  ])
})

test('text that is hard to keep comes back to the letter, said, edited and in its versions', async () => {
  const { owner, others, roomId } = await crew(server, 1)
  const { messageId } = await say(owner, roomId, 'plain')
  const corpus = [
    '🧑🏽‍🚀👨‍👩‍👧‍👦🏳️‍🌈🇨🇭',
    '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 \u{10ffff}',
    'a\u0301\u0323 ≠ \u00e1\u0323, Z\u0351\u036b\u0343 and ﷽',
    '\u202eשלום\u202c \u2067مرحبا\u2069 left again',
    'क्षि நி ไทย 한 한',
    'soft\u00adhyphen, zero\u200bwidth, no\u2060break, \ufeffmark',
  ]
  for (const words of corpus) {
    const sent = await say(owner, roomId, words)
    const edited = await owner.ask(editMessage, { roomId, messageId, body: { kind: 'text', text: words } })
    assert.deepEqual([sent.body, edited.body], Array(2).fill({ kind: 'text', text: words }))
  }

  const got = await others[0]!.ask(pageMessages, { roomId })
  const said = textsOf(got.messages)

  assert.deepEqual(said, [corpus.at(-1), ...corpus])
})

async function codesIn(who: TestPerson, roomId: RoomId) {
  const { messages } = await pageOf(who, roomId)
  const said = messages.flatMap(({ body }) => ('code' in body ? [[body.code, ...body.names]] : []))
  return said
}

const nameOf = async (who: TestPerson): Promise<string> => (await who.ask(whoAmI, {})).name

const heardCodes = (events: readonly { data: Record<string, unknown> }[]): string[] =>
  events.flatMap(({ data }) => {
    const { body } = (data['message'] ?? {}) as Partial<Message>
    return body && 'code' in body ? [body.code] : []
  })
