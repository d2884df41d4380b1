import assert from 'node:assert/strict'
import { after, before as beforeAll, beforeEach, test } from 'node:test'
import {
  createGroup,
  pageMessages,
  refusals,
  sendMessage,
  signOut,
  type Answer,
  type LocalId,
  type RoomId,
} from '@connectly/protocol'
import { before, type Feature } from '../kernel/feature.ts'
import type { Logger } from '../kernel/logger.ts'
import { newId, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { features } from './features.ts'

const SECRET = 'the words that were being sent'
/** What reads wait for. */
let gate = { reached: () => undefined as void, opened: Promise.resolve() }
/** Throws what no method declares. */
const toy: Feature = {
  name: 'toy',
  before: [
    before(sendMessage, async (_ctx, { body }) => {
      if (body.text === `throw: ${SECRET}`) throw new TypeError('a fault with a path: /srv/secret/place.ts')
      // oxlint-disable-next-line typescript/only-throw-error -- a fault may throw anything
      if (body.text === `throw nothing: ${SECRET}`) throw undefined
    }),
    before(pageMessages, async () => {
      gate.reached()
      await gate.opened
    }),
  ],
}

type Line = { level: string; fields: Record<string, unknown>; message: string }
const lines: Line[] = []
const write = (level: string) => (fields: object, message: string) =>
  void lines.push({ level, fields: { ...fields }, message })
const logger: Logger = {
  debug: () => undefined,
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
  fatal: write('fatal'),
}

let server: TestServer
let person: TestPerson
let roomId: RoomId

beforeAll(async () => {
  server = await startServer({ features: [...features, toy], logger })
  person = await server.person('somebody')
  roomId = (await person.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })).roomId
})
beforeEach(() => {
  lines.splice(0)
  gate = { reached: () => undefined, opened: Promise.resolve() }
})
after(() => server.stop())

test('[AS8] a fault is Internal over both doors: a request id, no stack and no words of its own', async () => {
  const seat = await person.connect()

  const answers = [
    await person.tries(sendMessage, text(`throw: ${SECRET}`)),
    await seat.tries(sendMessage, text(`throw: ${SECRET}`)),
    await person.tries(sendMessage, text(`throw nothing: ${SECRET}`)),
  ]

  for (const answer of answers) {
    assert.ok(!answer.ok)
    assert.deepEqual(Object.keys(answer.refusal).toSorted(), ['code', 'requestId'])
    assert.equal(answer.refusal.code, 'Internal')
    assert.ok(!/TypeError|place\.ts|\bat /.test(JSON.stringify(answer)))
  }
})

test('[AS8] the request id of an Internal stands in the log with the fault, beside no word of the content', async () => {
  const answer = await person.tries(sendMessage, text(`throw: ${SECRET}`))

  const found = lines.filter((line) => line.fields['requestId'] === requestIdOf(answer))
  assert.deepEqual(
    found.map((line) => line.level),
    ['error'],
  )
  assert.ok(found[0]?.fields['error'] instanceof TypeError)
  assert.equal(found[0]?.fields['method'], sendMessage.name)
  assert.ok(!JSON.stringify(lines).includes(SECRET))
})

test('[AS8] over HTTP a fault has its status, and its request id is in the header too', async () => {
  const response = await fetch(`${server.url}/api/${sendMessage.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${person.token}` },
    body: JSON.stringify(text(`throw: ${SECRET}`)),
  })
  const answer = (await response.json()) as Answer<unknown>

  assert.equal(response.status, refusals.Internal.status)
  assert.equal(response.headers.get('x-request-id'), requestIdOf(answer))
})

test('[AS8] after a fault the next ask goes through, and nothing of the failed one is kept', async () => {
  await person.tries(sendMessage, text(`throw: ${SECRET}`))

  const next = await person.tries(sendMessage, text('all is well'))
  const page = await person.ask(pageMessages, { roomId })

  assert.ok(next.ok)
  assert.ok(!JSON.stringify(page).includes(SECRET))
})

test('[AS8] every refusal has a status that fits it, and each one is logged under its request id', async () => {
  const answer = await person.tries(pageMessages, { roomId: newId<RoomId>() })

  assert.equal(refusals[answer.ok ? 'Internal' : answer.refusal.code].status, 404)
  assert.deepEqual(
    lines.filter((line) => line.fields['requestId'] === requestIdOf(answer)).map((line) => line.fields['code']),
    ['NotFound'],
  )
})

test('[AS7] what was being read when the session ended is not answered', async () => {
  const other = await server.person('somebody who leaves')
  const { roomId: theirs } = await other.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  gate = { reached: reached.resolve, opened: opened.promise }

  const reading = other.tries(pageMessages, { roomId: theirs })
  await reached.promise
  await other.ask(signOut, {})
  opened.resolve()
  const answer = await reading

  assert.equal(answer.ok ? 'ok' : answer.refusal.code, 'SignedOut')
})

const text = (words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const requestIdOf = (answer: Answer<unknown>) => (answer.ok ? '' : answer.refusal.requestId)
