import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  acceptRequest,
  addMember,
  askToTalk,
  cancelRequest,
  catchUp,
  createGroup,
  declineRequest,
  MAX_MESSAGE_LENGTH,
  messageSent,
  openSync,
  pageMessages,
  sendMessage,
  userPlace,
  type Answer,
  type LocalId,
  type Message,
  type Request,
  type RequestId,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { eventTable } from '../../store/log-tables.ts'
import { befriend, newId, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { requestTable } from './requests.tables.ts'

let server: TestServer
let people = 0
const somebody = () => server.person(`request-${++people}`)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('a request stands in both lists with its words, and opens no room', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const listener = await asked.connect()

  const answer = await asking.ask(askToTalk, request(asked, 'May I ask you something?'))
  await listener.until(() => listener.heard(userPlace(asked.userId)).length === 1)
  const [mine, theirs] = [await listsOf(asking), await listsOf(asked)]

  assert.equal(answer.roomId, null)
  assert.deepEqual(
    mine.sent.map((each) => [each.requestId, each.text, each.person.userId, each.state]),
    [[answer.requestId, 'May I ask you something?', asked.userId, 'pending']],
  )
  assert.deepEqual(theirs.received.map(key), [answer.requestId])
  assert.equal(theirs.received[0]?.person.userId, asking.userId)
  assert.deepEqual(
    listener.heard(userPlace(asked.userId)).map((event) => event.name),
    ['requests.received'],
  )
  assert.deepEqual([mine.lines, theirs.lines], [[], []])
})

test('there is no way to write to a stranger: no room, and no group to pull them into', async () => {
  const [asking, asked, friend] = [await somebody(), await somebody(), await somebody()]
  await befriend(asking, friend)
  await asking.ask(askToTalk, request(asked))
  const { roomId } = await asking.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })

  const answers = [
    await asking.tries(createGroup, { localId: newId<LocalId>(), name: 'Trap', userIds: [asked.userId] }),
    await asking.tries(addMember, { roomId, userId: asked.userId }),
    await asking.tries(sendMessage, text(asked.userId as unknown as RoomId, 'hello')),
    await asking.tries(askToTalk, request(asked, 'once more')),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotAContact', 'NotAContact', 'NotFound', 'AlreadyAsked'])
  assert.deepEqual(
    (await listsOf(asked)).received.map((each) => each.text),
    ['May I?'],
  )
})

test('accepting opens the room of the two and takes the request from both lists', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked))

  const { roomId } = await asked.ask(acceptRequest, { requestId })
  const [mine, theirs] = [await listsOf(asking), await listsOf(asked)]
  await asking.ask(sendMessage, text(roomId, 'thank you'))
  await asked.ask(sendMessage, text(roomId, 'welcome'))

  for (const lists of [mine, theirs])
    assert.deepEqual({ ...lists, lines: lists.lines.length }, { sent: [], received: [], lines: 1 })
  assert.deepEqual(await wordsIn(asking, roomId), ['May I?', 'thank you', 'welcome'])
})

test('the first message is carried over with its id and its time, in the commit that opens the room', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked, 'kept to the letter'))
  const [row] = await server.app.store.find(requestTable, { where: { requestId }, limit: 1 })
  const listener = await asking.connect()

  const { roomId } = await asked.ask(acceptRequest, { requestId })
  await listener.until(() => listener.heard(roomPlace(roomId)).some((event) => event.name === messageSent.name))
  const { messages } = await asked.ask(pageMessages, { roomId })

  assert.deepEqual(
    messages.map(({ messageId, at, authorId, body }) => ({ messageId, at, authorId, body })),
    [
      {
        messageId: row?.messageId,
        at: row?.askedAt,
        authorId: asking.userId,
        body: { kind: 'text', text: 'kept to the letter' },
      },
    ],
  )
  const events = await server.app.store.find(eventTable, {
    where: { place: roomPlace(roomId) },
    order: [['seq', 'asc']],
    limit: 10,
  })
  assert.deepEqual(
    events.map((event) => event.name),
    ['rooms.created', 'rooms.memberAdded', 'rooms.memberAdded', 'messages.sent'],
  )
  assert.equal(new Set(events.map((event) => event.at)).size, 1)
})

test('accepting a request twice is accepting it once', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked))

  const [first, second] = [await asked.ask(acceptRequest, { requestId }), await asked.ask(acceptRequest, { requestId })]

  assert.deepEqual(second, first)
  assert.equal((await wordsIn(asked, first.roomId)).length, 1)
})

test('only who was asked may say yes or not now, and only who asked may take it back', async () => {
  const [asking, asked, outsider] = [await somebody(), await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked))

  const codes = [
    await outsider.tries(acceptRequest, { requestId }),
    await outsider.tries(declineRequest, { requestId }),
    await outsider.tries(cancelRequest, { requestId }),
    await asking.tries(acceptRequest, { requestId }),
    await asking.tries(declineRequest, { requestId }),
    await asked.tries(cancelRequest, { requestId }),
    await asked.tries(acceptRequest, { requestId: newId<RequestId>() }),
  ].map(codeOf)

  assert.deepEqual(new Set(codes), new Set(['NotFound']))
  assert.deepEqual(
    (await listsOf(asked)).received.map((each) => each.state),
    ['pending'],
  )
})

test('who asked cannot tell a "not now" from waiting, by anything they hear, read or get back', async () => {
  const [declined, waiting, asked] = [await somebody(), await somebody(), await somebody()]
  const [listenerD, listenerW] = [await declined.connect(), await waiting.connect()]
  const inputs = { declined: request(asked), waiting: request(asked) }
  const first = await declined.ask(askToTalk, inputs.declined)
  const second = await waiting.ask(askToTalk, inputs.waiting)

  await asked.ask(declineRequest, { requestId: first.requestId })
  const views = await Promise.all(
    [
      { me: declined, listener: listenerD, input: inputs.declined, ids: first },
      { me: waiting, listener: listenerW, input: inputs.waiting, ids: second },
    ].map(async ({ me, listener, input, ids }) => {
      const view = {
        again: await me.tries(askToTalk, request(asked)),
        repeat: await me.tries(askToTalk, input),
        accepting: await me.tries(acceptRequest, { requestId: ids.requestId }),
        lists: await listsOf(me),
        log: await me.ask(catchUp, { place: userPlace(me.userId), after: 0 }),
        heard: listener.heard(userPlace(me.userId)),
        cancelling: await me.tries(cancelRequest, { requestId: ids.requestId }),
      }
      return likeness(view)
    }),
  )

  assert.deepEqual(views[0], views[1])
  assert.deepEqual((await listsOf(asked)).received, [])
})

test('a "not now" stays in the list of who said it, and may still become a yes', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked))
  await asked.ask(declineRequest, { requestId })
  await asked.ask(declineRequest, { requestId })
  const received = (await listsOf(asked)).received

  const { roomId } = await asked.ask(acceptRequest, { requestId })

  assert.deepEqual(
    received.map((each) => [each.requestId, each.state]),
    [[requestId, 'declined']],
  )
  assert.deepEqual(await wordsIn(asking, roomId), ['May I?'])
})

test('who said "not now" and then asks has said yes', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked, 'first'))
  await asked.ask(declineRequest, { requestId })

  const { roomId } = await asked.ask(askToTalk, request(asking, 'second'))

  assert.ok(roomId)
  assert.deepEqual(await wordsIn(asking, roomId), ['first', 'second'])
  assert.deepEqual((await listsOf(asking)).sent, [])
})

test('two who ask each other have said yes to each other', async () => {
  const [a, b] = [await somebody(), await somebody()]
  const first = await a.ask(askToTalk, request(b, 'from a'))

  const second = await b.ask(askToTalk, request(a, 'from b'))
  const third = await a.tries(askToTalk, request(b, 'again'))

  assert.equal(first.roomId, null)
  assert.deepEqual(await wordsIn(a, second.roomId!), ['from a', 'from b'])
  assert.equal(codeOf(third), 'AlreadyConnected')
  assert.equal(!third.ok && third.refusal.params?.['roomId'], second.roomId)
  for (const each of [a, b]) {
    const { sent, received } = await listsOf(each)
    assert.deepEqual([sent, received], [[], []])
  }
})

test('a request taken back is gone from both lists, cannot be accepted, and one may ask again', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked, 'taken back'))
  await asking.ask(cancelRequest, { requestId })
  await asking.ask(cancelRequest, { requestId })
  const late = [await asked.tries(acceptRequest, { requestId }), await asked.tries(declineRequest, { requestId })]
  const between = await listsOf(asked)

  const again = await asking.ask(askToTalk, request(asked, 'asked anew'))
  const { roomId } = await asked.ask(acceptRequest, { requestId: again.requestId })

  assert.deepEqual(late.map(codeOf), ['RequestClosed', 'RequestClosed'])
  assert.deepEqual(between.received, [])
  assert.notEqual(again.requestId, requestId)
  assert.deepEqual(await wordsIn(asked, roomId), ['asked anew'])
})

test('the words of a request taken back are given to nobody who reads the log later', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked, 'words to forget'))
  await asking.ask(cancelRequest, { requestId })

  const log = await asked.ask(catchUp, { place: userPlace(asked.userId), after: 0 })

  assert.ok(!JSON.stringify(log).includes('words to forget'))
  assert.deepEqual(log.kind === 'events' && log.events.map((event) => event.name), [
    'requests.received',
    'requests.closed',
  ])
})

test('an answered request cannot be taken back or declined any more', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked))
  await asked.ask(acceptRequest, { requestId })

  const answers = [await asking.tries(cancelRequest, { requestId }), await asked.tries(declineRequest, { requestId })]

  assert.deepEqual(answers.map(codeOf), ['RequestClosed', 'RequestClosed'])
})

test('one cannot ask oneself, nobody, or with words that are none', async () => {
  const [me, other] = [await somebody(), await somebody()]

  const answers = [
    await me.tries(askToTalk, request(me)),
    await me.tries(askToTalk, { ...request(other), toId: newId<UserId>() }),
    await me.tries(askToTalk, request(other, '  \n ')),
    await me.tries(askToTalk, request(other, 'x'.repeat(MAX_MESSAGE_LENGTH + 1))),
  ]

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound', 'InvalidInput', 'InvalidInput'])
})

async function listsOf(person: TestPerson) {
  const { places } = await person.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = places
  assert.ok(own?.kind === 'reset')
  const { sent, received } = own.head.slices['requests'] as { sent: Request[]; received: Request[] }
  const { lines } = own.head.slices['rooms'] as { lines: unknown[] }
  return { sent, received, lines }
}

/** A view with what differs between any two people taken out: ids, names, times. */
function likeness(view: object): unknown {
  const plain = JSON.stringify(view)
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replace(/request-\d+/g, 'name')
    .replace(/"(at|askedAt|createdAt)":\d+/g, '"$1":0')
  return JSON.parse(plain)
}

const request = (to: TestPerson, words = 'May I?') => ({
  toId: to.userId,
  text: words,
  localId: newId<LocalId>(),
})
const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const wordsIn = async (person: TestPerson, roomId: RoomId): Promise<string[]> =>
  (await person.ask(pageMessages, { roomId })).messages.flatMap(({ body }: Message) =>
    'text' in body ? [body.text] : [],
  )
const key = (each: Request) => each.requestId
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
