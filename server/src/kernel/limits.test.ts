import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  createGroup,
  refusals,
  sendMessage,
  signIn,
  whoAmI,
  type Answer,
  type LocalId,
  type RoomId,
} from '@connectly/protocol'
import { newId, startServer, type TestServer } from '../test-kit.ts'
import { defaultLimits } from './limits.ts'

const GENEROUS = { points: 1000, seconds: 60, by: 'person' } as const

let server: TestServer
let people = 0
const somebody = () => server.person(`limit-${++people}`)

before(async () => {
  server = await startServer({
    limits: {
      read: GENEROUS,
      open: GENEROUS,
      membership: GENEROUS,
      send: { points: 4, seconds: 60, by: 'person' },
      search: { points: 1, seconds: 1, by: 'person' },
      signIn: { points: 3, seconds: 900, by: 'address' },
    },
  })
})
after(() => server.stop())

test('[AS6] both doors and all sessions of a person share one count, and the next person has their own', async () => {
  const [person, other] = [await somebody(), await somebody()]
  const roomId = await roomOf(person)
  const otherRoomId = await roomOf(other)
  const seat = await person.connect()

  const answers = [
    await person.tries(sendMessage, text(roomId)),
    await seat.tries(sendMessage, text(roomId)),
    await person.tries(sendMessage, text(roomId)),
    await seat.tries(sendMessage, text(roomId)),
    await person.tries(sendMessage, text(roomId)),
    await seat.tries(sendMessage, text(roomId)),
  ]
  const theirs = await other.tries(sendMessage, text(otherRoomId))

  assert.deepEqual(answers.map(codeOf), ['ok', 'ok', 'ok', 'ok', 'TooManyRequests', 'TooManyRequests'])
  assert.equal(codeOf(theirs), 'ok')
})

test('[AS6] what is refused says when to come back, in the answer and in the header', async () => {
  const person = await somebody()
  const roomId = await roomOf(person)
  for (let sent = 0; sent < 4; sent++) await person.ask(sendMessage, text(roomId))

  const response = await post('messages.send', text(roomId), { authorization: `Bearer ${person.token}` })
  const answer = (await response.json()) as Answer<unknown>

  const wait = answer.ok ? 0 : Number(answer.refusal.params?.['retryAfter'])
  assert.equal(response.status, refusals.TooManyRequests.status)
  assert.ok(wait >= 1 && wait <= 60, `come back in ${wait} s`)
  assert.equal(response.headers.get('retry-after'), String(wait))
})

test('[AS6] one class used up leaves the others alone, and after its time it is open again', async () => {
  const person = await somebody()
  const find = () => post('accounts.find', { text: 'x' }, { authorization: `Bearer ${person.token}` })

  const [first, second] = [await find(), await find()]
  const meanwhile = await person.tries(whoAmI, {})
  const began = Date.now()
  while ((await find()).status !== 200) assert.ok(Date.now() - began < 5000, 'never opened again')

  assert.deepEqual([first.status, second.status], [200, 429])
  assert.equal(codeOf(meanwhile), 'ok')
})

test('[AS6] sign-ins are counted for an address, whatever name is tried, and a forged address changes nothing', async () => {
  const tries = ['one', 'two', 'three', 'four', 'five'].map((username, nth) => ({ username, nth }))
  const known = await somebody()
  const codes: string[] = []

  for (const { username, nth } of tries) {
    const forged = { 'x-forwarded-for': `10.0.0.${nth}`, 'x-real-ip': `10.0.1.${nth}`, forwarded: `for=10.0.2.${nth}` }
    const who: Record<string, string> = nth % 2 ? { authorization: `Bearer ${known.token}` } : {}
    const response = await post(signIn.name, { username, password: 'not the password' }, { ...forged, ...who })
    codes.push(codeOf((await response.json()) as Answer<unknown>))
  }

  assert.deepEqual(codes, [
    'WrongCredentials',
    'WrongCredentials',
    'WrongCredentials',
    'TooManyRequests',
    'TooManyRequests',
  ])
})

test('[AS6] what does not fit its shape is counted too', async () => {
  const person = await somebody()
  const seat = await person.connect()

  const codes: string[] = []
  for (let turn = 0; turn < 6; turn++)
    codes.push(codeOf((await seat.socket.timeout(5000).emitWithAck('ask', 'messages.send', {})) as Answer<unknown>))

  assert.deepEqual(codes, [...Array<string>(4).fill('InvalidInput'), 'TooManyRequests', 'TooManyRequests'])
})

test('[AS6] the limits people start with hold back guessing and flooding', () => {
  assert.equal(defaultLimits.signIn.by, 'address')
  assert.equal(defaultLimits.signUp.by, 'address')
  for (const [name, { points, seconds }] of Object.entries(defaultLimits))
    assert.ok(points / seconds <= 10, `${name} allows ${points / seconds} a second`)
})

const roomOf = async (person: Awaited<ReturnType<typeof somebody>>): Promise<RoomId> =>
  (await person.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })).roomId

const post = (name: string, input: unknown, headers: Record<string, string>) =>
  fetch(`${server.url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  })
const text = (roomId: RoomId) => ({ roomId, localId: newId<LocalId>(), body: { kind: 'text' as const, text: 'hello' } })
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
