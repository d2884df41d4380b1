import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  endOtherSessions,
  endSessionById,
  listSessions,
  signIn,
  signUp,
  TERMS_VERSION,
  whoAmI,
  type Answer,
  type Person,
  type SignedIn,
  type SessionId,
  type UserId,
} from '@connectly/protocol'
import { startSession } from '../../kernel/sessions.ts'
import { sessionTable } from '../../kernel/tables.ts'
import { insert, type Write } from '../../store/store.ts'
import { newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'

const PASSWORD = 'seven grey herons wade'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const CHROME =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36'

let server: TestServer
let people = 0
const unused = () => `sessions-${++people}`
const somebody = () => server.person(unused())

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('one’s sessions are listed by their devices, the last used first, and the asking one is marked', async () => {
  const username = unused()
  const firefox = await comesIn(signUp.name, username, FIREFOX)
  const chrome = await comesIn(signIn.name, username, CHROME)
  const nameless = await comesIn(signIn.name, username, '')

  const sessions = await chrome.ask(listSessions, {})

  assert.deepEqual(
    sessions.map(({ device, isThis }) => [device, isThis]),
    [
      ['', false],
      ['Chrome on Android', true],
      ['Firefox on Linux', false],
    ],
  )
  assert.equal(new Set(sessions.map((each) => each.sessionId)).size, 3)
  for (const { token } of [firefox, chrome, nameless]) assert.ok(!JSON.stringify(sessions).includes(token))
})

test('ending a session cuts its sockets at once, and no other', async () => {
  const [here, there] = await twice(await somebody())
  const [kept, cut] = [await here.connect(), await there.connect()]
  const listed = await here.ask(listSessions, {})

  await here.ask(endSessionById, { sessionId: listed.find((each) => !each.isThis)!.sessionId })
  await cut.until(() => !cut.isOpen(), 'the socket of the ended session falls')

  assert.ok(kept.isOpen())
  assert.equal(codeOf(await there.tries(whoAmI, {})), 'SignedOut')
  assert.deepEqual(
    (await here.ask(listSessions, {})).map((each) => each.isThis),
    [true],
  )
})

test('nobody ends the session of another: it looks like one that is not there', async () => {
  const [me, other] = [await somebody(), await somebody()]
  const [theirs] = await other.ask(listSessions, {})
  const seat = await other.connect()

  const answers = [
    await me.tries(endSessionById, { sessionId: theirs!.sessionId }),
    await me.tries(endSessionById, { sessionId: newId<SessionId>() }),
  ]
  const { ended } = await me.ask(endOtherSessions, {})
  await seat.ask(whoAmI, {})

  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound'])
  assert.equal(ended, 0)
  assert.ok(seat.isOpen())
})

test('a session that has ended is not there to be ended again', async () => {
  const [here] = await twice(await somebody())
  const other = (await here.ask(listSessions, {})).find((each) => !each.isThis)!

  const answers = [
    await here.tries(endSessionById, { sessionId: other.sessionId }),
    await here.tries(endSessionById, { sessionId: other.sessionId }),
  ]

  assert.deepEqual(answers.map(codeOf), ['ok', 'NotFound'])
})

test('ending one’s own session is signing out', async () => {
  const me = await somebody()
  const seat = await me.connect()
  const [own] = await me.ask(listSessions, {})

  const answer = await me.tries(endSessionById, { sessionId: own!.sessionId })
  await seat.until(() => !seat.isOpen())

  assert.equal(codeOf(answer), 'ok')
  assert.equal(codeOf(await me.tries(whoAmI, {})), 'SignedOut')
})

test('all others end at once, those from before sessions had names too, and the asking one stays', async () => {
  const [here, there] = await twice(await somebody())
  const old = await nameless(here.userId)
  const seats = [await here.connect(), await there.connect(), await old.connect()]

  const { ended } = await here.ask(endOtherSessions, {})
  for (const seat of seats.slice(1)) await seat.until(() => !seat.isOpen())
  const again = await here.ask(endOtherSessions, {})

  assert.deepEqual([ended, again.ended], [2, 0])
  assert.ok(seats[0]!.isOpen())
  assert.deepEqual([await there.tries(whoAmI, {}), await old.tries(whoAmI, {})].map(codeOf), ['SignedOut', 'SignedOut'])
})

test('a session from before there were names is left out of the list', async () => {
  const me = await somebody()
  const old = await nameless(me.userId)

  const lists = [await me.ask(listSessions, {}), await old.ask(listSessions, {})]

  assert.deepEqual(
    lists.map((list) => list.map((each) => each.isThis)),
    [[true], [false]],
  )
})

test('of two devices that end all others at the same moment, one stays', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const [here, there] = await twice(await somebody())

    const answers = await Promise.all([here.tries(endOtherSessions, {}), there.tries(endOtherSessions, {})])

    const alive = [await here.tries(whoAmI, {}), await there.tries(whoAmI, {})].map(codeOf)
    assert.deepEqual(alive.toSorted(), ['SignedOut', 'ok'])
    assert.deepEqual(answers.map(codeOf), alive)
  }
})

/** The same person, by their session and by another one. */
async function twice(person: TestPerson): Promise<[TestPerson, TestPerson]> {
  const { token, write } = startSession({ userId: person.userId, kind: 'person', now: Date.now() })
  await put(write)
  return [person, server.again(person.userId, token)]
}

/** A session as they were kept before they had names. */
async function nameless(userId: UserId): Promise<TestPerson> {
  const { token, write } = startSession({ userId, kind: 'person', now: Date.now() })
  assert.ok(write.do === 'insert')
  await put(insert(sessionTable, { ...(write.row as NonNullable<typeof sessionTable.row>), sessionId: null }))
  return server.again(userId, token)
}

async function put(write: Write): Promise<void> {
  const make = () => ({ writes: [write], events: [], result: null })
  await server.app.store.commit([{ places: [], given: [], make }], Date.now())
}

/** Signs up or in as a browser that calls itself this does. */
async function comesIn(method: string, username: string, userAgent: string): Promise<TestPerson> {
  const response = await fetch(`${server.url}/api/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body: JSON.stringify({ username, password: PASSWORD, ...(method === signUp.name && { terms: TERMS_VERSION }) }),
  })
  const answer = (await response.json()) as Answer<Person | SignedIn>
  assert.ok(answer.ok)
  const person = 'userId' in answer.value ? answer.value : answer.value.person
  const [, token = ''] = /connectly=([\w-]+)/.exec(response.headers.getSetCookie().join('\n')) ?? []
  return server.again(person?.userId ?? assert.fail('nobody'), token)
}

const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
