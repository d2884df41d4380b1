import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  acceptRequest,
  askToTalk,
  createGroup,
  findPeople,
  headOf,
  openSync,
  pageMessages,
  registry,
  removeMember,
  sendMessage,
  setRole,
  signUp,
  whoAmI,
  type Answer,
  type LocalId,
  type RequestId,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { eventTable, placeTable } from '../store/log-tables.ts'
import { befriend, newId, roomPlace, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { answerTable } from './tables.ts'

let server: TestServer
let people = 0
const somebody = () => server.person(`ask-${++people}`)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

const CANARY = 'canary-value'
const misfits: [method: { name: string }, input: unknown, field: string][] = [
  [sendMessage, { roomId: CANARY, localId: newId(), body: { kind: 'text', text: 'x' } }, 'roomId'],
  [sendMessage, { roomId: newId(), localId: newId(), body: { kind: 'text', text: `${CANARY}\u0000` } }, 'body.text'],
  [sendMessage, { roomId: newId(), localId: newId(), body: { kind: CANARY, text: 'x' } }, 'body.kind'],
  [sendMessage, { roomId: newId(), localId: newId(), body: { kind: 'text', text: CANARY.repeat(1000) } }, 'body.text'],
  [sendMessage, { roomId: newId(), localId: newId(), body: { kind: 'text', text: ' \u200b\n' } }, 'body.text'],
  [sendMessage, { roomId: newId(), localId: newId(), body: { kind: 'text', text: `${CANARY}\ud800` } }, 'body.text'],
  [setRole, { roomId: newId(), userId: newId(), role: CANARY }, 'role'],
  [createGroup, { localId: newId(), name: `${CANARY}\u202e`, userIds: [] }, 'name'],
  [createGroup, { localId: newId(), name: 'Crew', userIds: [newId(), CANARY] }, 'userIds.1'],
  [createGroup, { localId: newId(), name: 'Crew', userIds: CANARY }, 'userIds'],
  [pageMessages, { roomId: newId(), limit: 201 }, 'limit'],
  [pageMessages, { roomId: newId(), before: -1 }, 'before'],
  [openSync, { epoch: null, cursors: { [CANARY]: 1 }, lines: {} }, 'cursors'],
  [openSync, { epoch: null, cursors: {}, lines: { [CANARY]: 1 } }, 'lines'],
  [findPeople, { text: CANARY.repeat(10) }, 'text'],
  [findPeople, { text: { $where: CANARY } }, 'text'],
  [headOf, { roomId: { $ne: CANARY } }, 'roomId'],
  [openSync, { epoch: { $gt: CANARY }, cursors: {}, lines: {} }, 'epoch'],
  [findPeople, CANARY, ''],
  [findPeople, null, ''],
  [findPeople, [CANARY], ''],
]

test('[AS1] what does not fit is refused by field and reason, over both doors, and its value is not repeated', async () => {
  const person = await somebody()
  const { socket } = await person.connect()

  for (const [method, input, field] of misfits) {
    const answers = [
      await post(person.token, method.name, input).then(({ answer }) => answer),
      (await socket.timeout(5000).emitWithAck('ask', method.name, input)) as Answer<unknown>,
    ]

    for (const answer of answers) {
      assert.equal(codeOf(answer), 'InvalidInput', `${method.name} ${field}`)
      assert.equal(!answer.ok && answer.refusal.params?.['field'], field, method.name)
      assert.ok(!answer.ok && String(answer.refusal.params?.['reason']).length > 0, method.name)
      assert.ok(!JSON.stringify(answer).includes(CANARY), `${method.name} repeats the value of ${field}`)
    }
  }
})

test('[AS1] fields that the shape does not know have no effect', async () => {
  const [person, other] = [await somebody(), await somebody()]
  const extra = { authorId: other.userId, seq: 99, at: 1, me: other.userId, role: 'owner', __proto__: { me: 'x' } }
  const { roomId } = await person.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })

  const { answer } = await post(person.token, sendMessage.name, { ...text(roomId, 'mine'), ...extra })

  const message = answer.ok ? (answer.value as { authorId: UserId; at: number; seq: number }) : null
  assert.equal(message?.authorId, person.userId)
  assert.ok((message?.at ?? 0) > 1_600_000_000_000)
  assert.notEqual(message?.seq, 99)
})

test('[AS1] a method that does not exist is NotFound, whatever its name looks like', async () => {
  const person = await somebody()
  const { socket } = await person.connect()

  for (const name of ['rooms.destroy', '__proto__', 'constructor', 'toString', '', 'rooms.create ', 'ROOMS.CREATE']) {
    const answer = (await socket.timeout(5000).emitWithAck('ask', name, {})) as Answer<unknown>

    assert.equal(codeOf(answer), 'NotFound', name)
  }
})

test('[AS3] an outsider and a missing room look alike', async () => {
  const { roomId } = await group()
  const outsider = await somebody()
  const missing = newId<RoomId>()
  const asks = (room: RoomId) => [
    outsider.tries(sendMessage, text(room, 'let me in')),
    outsider.tries(headOf, { roomId: room }),
    outsider.tries(pageMessages, { roomId: room }),
    outsider.tries(removeMember, { roomId: room, userId: outsider.userId }),
    outsider.tries(setRole, { roomId: room, userId: outsider.userId, role: 'owner' }),
  ]

  const [there, notThere] = [await Promise.all(asks(roomId)), await Promise.all(asks(missing))]

  assert.deepEqual(there.map(bare), notThere.map(bare))
  assert.ok(there.every((answer) => codeOf(answer) === 'NotFound'))
})

test('[AS3] somebody else’s request and a missing one look alike', async () => {
  const [asking, asked, outsider] = [await somebody(), await somebody(), await somebody()]
  const { requestId } = await asking.ask(askToTalk, request(asked))

  const foreign = await outsider.tries(acceptRequest, { requestId })
  const wrongSide = await asking.tries(acceptRequest, { requestId })
  const missing = await outsider.tries(acceptRequest, { requestId: newId<RequestId>() })

  assert.equal(codeOf(missing), 'NotFound')
  assert.deepEqual(bare(foreign), bare(missing))
  assert.deepEqual(bare(wrongSide), bare(missing))
})

test('[AS4] fifty repeats of one message at once, over both doors, are one message and fifty equal answers', async () => {
  const { owner, roomId } = await group()
  const seat = await owner.connect()
  const before = (await server.app.store.get(placeTable, { place: roomPlace(roomId) }))?.seq ?? 0
  const input = text(roomId, 'once')

  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, nth) => (nth % 2 ? owner : seat).ask(sendMessage, input)),
  )

  const events = await server.app.store.find(eventTable, {
    where: { place: roomPlace(roomId), seq: { gt: before } },
    limit: 100,
  })
  assert.equal(events.length, 1)
  for (const answer of answers) assert.deepEqual(answer, answers[0])
})

test('[AS4] a group asked for twice is one group, and the answer is the first', async () => {
  const person = await somebody()
  const input = { localId: newId<LocalId>(), name: 'Crew', userIds: [] }

  const answers = await Promise.all([1, 2, 3, 4].map(() => person.ask(createGroup, input)))
  const later = await person.ask(createGroup, { userIds: [], name: 'Crew', localId: input.localId })

  for (const answer of [...answers, later]) assert.deepEqual(answer, answers[0])
  assert.equal(await server.app.store.count(placeTable, { place: roomPlace(later.roomId) }, 10), 1)
  assert.equal(await server.app.store.count(answerTable, { userId: person.userId }, 10), 1)
})

test('[AS4] a request to talk asked twice is one request, also after it was accepted', async () => {
  const [asking, asked] = [await somebody(), await somebody()]
  const input = request(asked)
  const [first, second] = await Promise.all([asking.ask(askToTalk, input), asking.ask(askToTalk, input)])
  await asked.ask(acceptRequest, { requestId: first.requestId })

  const afterwards = await asking.ask(askToTalk, input)

  assert.deepEqual(second, first)
  assert.deepEqual(afterwards, first)
})

test('[AS4] a key that comes back with another input is KeyReused', async () => {
  const { owner, roomId } = await group()
  const elsewhere = await group()
  const stranger = await somebody()
  const sent = text(roomId, 'one thing')
  const made = { localId: newId<LocalId>(), name: 'Crew', userIds: [] }
  const asked = request(stranger)
  await owner.ask(sendMessage, sent)
  await owner.ask(createGroup, made)
  await owner.ask(askToTalk, asked)

  const answers = [
    await owner.tries(sendMessage, { ...sent, body: { kind: 'text', text: 'another thing' } }),
    await owner.tries(sendMessage, { ...sent, roomId: elsewhere.roomId }),
    await owner.tries(createGroup, { ...made, name: 'Another crew' }),
    await owner.tries(askToTalk, { ...asked, text: 'Other words' }),
  ]

  assert.deepEqual(answers.map(codeOf), ['KeyReused', 'KeyReused', 'KeyReused', 'KeyReused'])
})

test('[AS4] the same key means one thing for each person and each method', async () => {
  const { owner, others, roomId } = await group(1)
  const { localId } = text(roomId, '')

  const mine = await owner.ask(sendMessage, { roomId, localId, body: { kind: 'text', text: 'mine' } })
  const theirs = await others[0]!.ask(sendMessage, { roomId, localId, body: { kind: 'text', text: 'theirs' } })
  const room = await owner.ask(createGroup, { localId, name: 'Crew', userIds: [] })

  assert.notEqual(mine.messageId, theirs.messageId)
  assert.notEqual(room.roomId, roomId)
})

test('[AS4] who was removed still gets the first answer for what they had sent, and nothing new goes out', async () => {
  const { owner, others, roomId } = await group(1)
  const removed = others[0]!
  const input = text(roomId, 'said while I was in')
  const first = await removed.ask(sendMessage, input)
  await owner.ask(removeMember, { roomId, userId: removed.userId })

  const again = await removed.ask(sendMessage, input)
  const changed = await removed.tries(sendMessage, { ...input, body: { kind: 'text', text: 'other words' } })
  const fresh = await removed.tries(sendMessage, text(roomId, 'said from outside'))

  assert.deepEqual(again, first)
  assert.equal(codeOf(changed), 'KeyReused')
  assert.equal(codeOf(fresh), 'NotFound')
})

test('[AS8] methods that set cookies are not there on a socket', async () => {
  const person = await somebody()
  const seat = await person.connect()
  const httpOnly = [...registry.methods.values()].filter((method) => method.door === 'http')

  const answers = await Promise.all(
    httpOnly.map((method) => seat.socket.timeout(5000).emitWithAck('ask', method.name, {}) as Promise<Answer<unknown>>),
  )

  assert.ok(httpOnly.includes(registry.methods.get(signUp.name)!))
  for (const answer of answers) assert.equal(codeOf(answer), 'NotFound')
  assert.equal((await seat.ask(whoAmI, {})).userId, person.userId)
})

async function group(size = 0) {
  const owner = await somebody()
  const others = await Promise.all(Array.from({ length: size }, somebody))
  for (const other of others) await befriend(owner, other)
  const userIds = others.map((other) => other.userId)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds })
  return { owner, others, roomId }
}

async function post(token: string, name: string, input: unknown) {
  const response = await fetch(`${server.url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: input === null || typeof input !== 'object' ? JSON.stringify([input]) : JSON.stringify(input),
  })
  return { status: response.status, answer: (await response.json()) as Answer<unknown> }
}

const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const request = (to: TestPerson) => ({ toId: to.userId, text: 'Hello there', localId: newId<LocalId>() })
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
/** An answer without the id of its request, which differs each time. */
const bare = (answer: Answer<unknown>) => (answer.ok ? answer : { ...answer.refusal, requestId: '' })
