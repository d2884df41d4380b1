import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import {
  createGroup,
  headOf,
  pageMessages,
  sendMessage,
  signOut,
  whoAmI,
  type Answer,
  type LocalId,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { Store } from '../store/store.ts'
import { holdNextCommit } from '../race-kit.ts'
import { newId, roomPlace, startServer, type TestServer } from '../test-kit.ts'
import { sha256 } from './ids.ts'
import { SESSION_LIFE, startSession } from './sessions.ts'
import { sessionTable } from './tables.ts'

const DAY = 24 * 60 * 60 * 1000

let server: TestServer
let people = 0
let skew = 0
const somebody = () => server.person(`session-${++people}`)

before(async () => {
  server = await startServer({ clock: () => Date.now() + skew })
})
afterEach(() => {
  skew = 0
})
after(() => server.stop())

test('[AS7] after signing out every ask is SignedOut, and the sockets of that session fall after being told', async () => {
  const person = await somebody()
  const [first, second] = [await person.connect(), await person.connect()]
  const told: string[] = []
  first.socket.on('signedOut', () => told.push('first'))
  second.socket.on('signedOut', () => told.push('second'))

  await person.ask(signOut, {})
  await Promise.all([first.until(() => !first.isOpen()), second.until(() => !second.isOpen())])
  const answer = await person.tries(whoAmI, {})

  assert.equal(codeOf(answer), 'SignedOut')
  assert.deepEqual(told.toSorted(), ['first', 'second'])
  await assert.rejects(person.connect(), /SignedOut/)
})

test('[AS7] ending one session leaves the others of the same person alone', async () => {
  const person = await somebody()
  const other = server.again(person.userId, await anotherSession(server.app.store, person.userId))
  const seat = await other.connect()

  await person.ask(signOut, {})

  assert.equal((await other.ask(whoAmI, {})).userId, person.userId)
  assert.equal((await seat.ask(whoAmI, {})).userId, person.userId)
})

test('[AS7] an ask that the end of its session overtakes is SignedOut, and leaves nothing', async () => {
  const person = await somebody()
  const other = server.again(person.userId, await anotherSession(server.app.store, person.userId))
  const seat = await person.connect()
  const { roomId } = await person.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })
  const hold = holdNextCommit(server.app.store)

  const plug = other.ask(sendMessage, text(roomId, 'plug'))
  await hold.begun
  const ending = person.ask(signOut, {})
  await other.ask(whoAmI, {})
  const sending = seat.socket.timeout(5000).emitWithAck('ask', sendMessage.name, text(roomId, 'too late'))
  await seat.ask(whoAmI, {})
  const posting = person.tries(sendMessage, text(roomId, 'too late as well'))
  await other.ask(whoAmI, {})
  hold.release()
  const [posted] = await Promise.all([posting, ending, plug, sending.catch(() => 'cut')])

  assert.equal(codeOf(posted), 'SignedOut')
  const said = (await other.ask(pageMessages, { roomId })).messages.map(
    (message) => 'text' in message.body && message.body.text,
  )
  assert.ok(!said.includes('too late') && !said.includes('too late as well'), 'a message of an ended session was kept')
})

test('[AS7] a socket whose session has ended hears nothing more', async () => {
  const person = await somebody()
  const other = server.again(person.userId, await anotherSession(server.app.store, person.userId))
  const { roomId } = await person.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })
  const [cut, stays] = [await person.connect(), await other.connect()]

  await person.ask(signOut, {})
  await other.ask(sendMessage, text(roomId, 'not for the other screen'))
  await stays.until(() => stays.heard(roomPlace(roomId)).length === 1)
  await cut.until(() => !cut.isOpen())

  assert.deepEqual(cut.heard(roomPlace(roomId)), [])
})

test('[AS7] a session ends thirty days after its last use, and daily use keeps it', async () => {
  const [daily, away] = [await somebody(), await somebody()]
  const answers: string[] = []
  for (let day = 0; day <= 45; day += 5) {
    skew = day * DAY
    answers.push(codeOf(await daily.tries(whoAmI, {})))
  }
  const returned = await away.tries(whoAmI, {})

  assert.ok(
    answers.every((code) => code === 'ok'),
    answers.join(' '),
  )
  assert.equal(codeOf(returned), 'SignedOut')
})

test('[AS7] a session ends 180 days after it began, however much it is used', async () => {
  const person = await somebody()
  const answers: [number, string][] = []
  for (let day = 0; day <= 190; day += 10) {
    skew = day * DAY
    answers.push([day, codeOf(await person.tries(whoAmI, {}))])
  }

  for (const [day, code] of answers) assert.equal(code, day < 180 ? 'ok' : 'SignedOut', `day ${day}`)
})

test('[AS7] an open socket falls when its session runs out', async () => {
  const person = await somebody()
  const seat = await person.connect()

  skew = SESSION_LIFE + 1
  const answer = (await seat.socket.timeout(5000).emitWithAck('ask', whoAmI.name, {})) as Answer<unknown>
  await seat.until(() => !seat.isOpen(), 'the socket falls')

  assert.equal(codeOf(answer), 'SignedOut')
})

test('[AS7] what is thrown, refused or answered in an ended session says only SignedOut', async () => {
  const person = await somebody()
  await person.ask(signOut, {})

  const answers = [
    await person.tries(headOf, { roomId: newId<RoomId>() }),
    await person.tries(sendMessage, text(newId<RoomId>(), 'hello')),
    await person.tries(signOut, {}),
  ]

  assert.deepEqual(answers.map(codeOf), ['SignedOut', 'SignedOut', 'SignedOut'])
})

test('only the SHA-256 of a token is kept', async () => {
  const person = await somebody()

  const rows = await server.app.store.find(sessionTable, { where: { userId: person.userId }, limit: 10 })

  assert.deepEqual(
    rows.map((row) => row.tokenHash),
    [sha256(person.token)],
  )
  assert.ok(!JSON.stringify(rows).includes(person.token))
})

async function anotherSession(store: Store, userId: UserId): Promise<string> {
  const { token, write } = startSession({ userId, kind: 'person', now: Date.now() + skew })
  const make = () => ({ writes: [write], events: [], result: null })
  await store.commit([{ places: [], given: [], make }], Date.now())
  return token
}

const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
