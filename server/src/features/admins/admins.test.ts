import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  confirmTotp,
  beginTotp,
  listAdministrators,
  makeAdministrator,
  ownAccount,
  readAudit,
  registry,
  signIn,
  signUp,
  TERMS_VERSION,
  unmakeAdministrator,
  whoAmI,
  type Answer,
  type InputOf,
  type Method,
  type OutputOf,
  type UserId,
} from '@connectly/protocol'
import { startCluster } from '../../cluster-kit.ts'
import { startSession } from '../../kernel/sessions.ts'
import { auditTable, sessionTable } from '../../kernel/tables.ts'
import { onceLookedUp, readTogether } from '../../race-kit.ts'
import { insert, patch, type Write } from '../../store/store.ts'
import { addPerson, newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { userTable } from '../accounts/index.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

const named = (what: string) => `${what}-${newId().slice(-12)}`
const boss = () => server.administrator(named('boss'))

/** Asks with a step-up by a second factor. */
const asks = async <M extends Method>(
  who: TestPerson,
  method: M,
  input: Omit<InputOf<M>, 'stepUp'>,
): Promise<Answer<OutputOf<M>>> => who.tries(method, { ...input, stepUp: await server.stepUp(who) } as InputOf<M>)

/** Somebody with a second factor. */
async function guarded(): Promise<TestPerson> {
  const person = await server.person(named('guarded'))
  await commit([patch(userTable, { userId: person.userId }, { set: { secondSteps: ['totp'] } })])
  return person
}

test('[S0-16] whoever runs the server lets somebody run it too, who has a second factor; their sessions end', async () => {
  const [admin, next] = [await boss(), await guarded()]
  const seat = await next.connect()

  const list = valueOf(await asks(admin, makeAdministrator, { userId: next.userId }))
  await seat.until(() => !seat.isOpen(), 'the socket falls')
  const old = await next.tries(whoAmI, {})
  const anew = await again(next.userId)

  assert.ok(list.some(({ person, hasSecondStep }) => person.userId === next.userId && hasSecondStep))
  assert.equal(codeOf(old), 'SignedOut')
  assert.equal((await anew.ask(ownAccount, {})).isAdmin, true)
  assert.equal(codeOf(await asks(anew, listAdministrators, {})), 'ok')
})

test('[S0-16] without a second factor nobody runs the server; guests, bots and nobody do not either', async () => {
  const [admin, bare] = [await boss(), await server.person(named('bare'))]
  const [guest, bot] = [
    await addPerson(server.app.store, named('guest'), 'guest'),
    await addPerson(server.app.store, named('bot'), 'bot'),
  ]

  const answers = [
    await asks(admin, makeAdministrator, { userId: bare.userId }),
    await asks(admin, makeAdministrator, { userId: guest.userId }),
    await asks(admin, makeAdministrator, { userId: bot.userId }),
    await asks(admin, makeAdministrator, { userId: newId<UserId>() }),
    await asks(admin, unmakeAdministrator, { userId: newId<UserId>() }),
  ]

  assert.deepEqual(answers.map(codeOf), [...Array.from({ length: 4 }, () => 'SecondStepMissing'), 'NotFound'])
  assert.equal((await bare.ask(ownAccount, {})).isAdmin, false)
  assert.equal(codeOf(await bare.tries(whoAmI, {})), 'ok')
})

test('[S0-16] nobody else is let in: not by a step-up, not by a session of before, not by a seat', async () => {
  const [admin, person] = [await boss(), await guarded()]
  const methods = [...registry.methods.values()].filter(({ name }) => name.startsWith('admins.'))
  const seat = await person.connect()

  for (const { name } of methods) {
    const input = { stepUp: await server.stepUp(person), userId: person.userId }
    assert.equal(await overHttp(person.token, name, input), 'NotAllowed', name)
    assert.equal(await overHttp('', name, input), 'SignedOut', name)
    assert.equal(await overHttp(admin.token, name, input), 'StepUpNeeded', `${name}: a step-up of somebody else`)
    const answer = (await seat.socket.timeout(5000).emitWithAck('ask', name, input)) as Answer<unknown>
    assert.equal(codeOf(answer), 'NotAllowed', name)
  }
  assert.equal(methods.length, 4)
})

test('the right is taken again, and with it every session, at once', async () => {
  const [admin, other] = [await boss(), await boss()]
  const elsewhere = await again(other.userId)
  const seats = [await other.connect(), await elsewhere.connect()]

  const list = valueOf(await asks(admin, unmakeAdministrator, { userId: other.userId }))
  await Promise.all(seats.map((seat) => seat.until(() => !seat.isOpen(), 'the socket falls')))
  const twice = await asks(admin, unmakeAdministrator, { userId: other.userId })
  const anew = await again(other.userId)

  assert.ok(!list.some(({ person }) => person.userId === other.userId))
  assert.deepEqual([await other.tries(whoAmI, {}), await elsewhere.tries(whoAmI, {})].map(codeOf), [
    'SignedOut',
    'SignedOut',
  ])
  assert.equal(codeOf(twice), 'ok', 'a repeat changes nothing')
  assert.equal(codeOf(await asks(anew, listAdministrators, {})), 'NotAllowed')
})

test('somebody always runs the server, also when two take it from each other, or lay it down, at once', async () => {
  for (const isOwn of [false, true]) {
    const alone = await startServer()
    const [one, two] = [await alone.administrator('one'), await alone.administrator('two')]
    const takes = async (from: TestPerson, { userId }: TestPerson) =>
      codeOf(await from.tries(unmakeAdministrator, { stepUp: await alone.stepUp(from), userId }))

    readTogether(alone.app.store, userTable.name, 2)
    const atOnce = await Promise.all(isOwn ? [takes(one, one), takes(two, two)] : [takes(one, two), takes(two, one)])
    const left = await alone.app.store.find(userTable, { where: { isAdmin: true }, limit: 10 })
    const last = left[0]?.userId === one.userId ? one : two
    const own = await takes(last, last)
    const still = await last.tries(listAdministrators, { stepUp: await alone.stepUp(last) })
    await alone.stop()

    assert.equal(atOnce.filter((code) => code === 'ok').length, 1, atOnce.join())
    assert.equal(left.length, 1)
    assert.deepEqual([own, codeOf(still)], ['LastAdministrator', 'ok'])
  }
})

test('who lays it down themselves is answered, and signed out', async () => {
  const admin = await boss()
  await boss()

  const answer = await asks(admin, unmakeAdministrator, { userId: admin.userId })

  assert.equal(codeOf(answer), 'ok')
  assert.equal(codeOf(await admin.tries(whoAmI, {})), 'SignedOut')
})

test('who signs in while the right is taken from them comes in without it', async () => {
  const admin = await boss()
  const [username, password] = [named('racing'), 'seven grey herons wade']
  const { userId } = await overHttpFor(signUp, { username, password, terms: TERMS_VERSION })
  await commit([patch(userTable, { userId }, { set: { isAdmin: true } })])
  onceLookedUp(server.app.store, username, async () =>
    assert.equal(codeOf(await asks(admin, unmakeAdministrator, { userId })), 'ok'),
  )

  const { person } = await overHttpFor(signIn, { username, password })
  const sessions = await server.app.store.find(sessionTable, { where: { userId }, limit: 100 })

  assert.equal(person?.userId, userId)
  assert.deepEqual(
    sessions.map(({ isAdmin }) => isAdmin ?? false),
    [false],
  )
})

test('the record shows who did what to whom and when, the newest first, a hundred at a time, and no more than that', async () => {
  const [admin, next] = [await boss(), await guarded()]
  valueOf(await asks(admin, makeAdministrator, { userId: next.userId }))
  const now = Date.now()
  const old = Array.from({ length: 150 }, (_, nth) => ({
    auditId: newId<never>(),
    at: now - 1_000_000 - nth,
    actor: null,
    act: 'tests.old',
    subject: null,
    details: { nth },
    requestId: 'only-for-logs',
  }))
  await commit(old.map((row) => insert(auditTable, row)))

  const first = valueOf(await asks(admin, readAudit, {}))
  const second = valueOf(await asks(admin, readAudit, { before: now - 1_000_000 - 20 }))

  const [made] = first.filter(({ act }) => act === 'admins.make')
  assert.deepEqual(
    { ...made, auditId: '', at: 0 },
    {
      auditId: '',
      at: 0,
      actor: admin.userId,
      act: 'admins.make',
      subject: next.userId,
      details: { ended: 1 },
    },
  )
  for (const page of [first, second]) {
    assert.equal(page.length, 100)
    assert.deepEqual(
      page.map(({ at }) => at),
      page.map(({ at }) => at).toSorted((a, b) => b - a),
    )
  }
  assert.deepEqual(second[0]?.details, { nth: 21 })
  assert.ok(!JSON.stringify(first).includes('only-for-logs'))
})

test('what the record shows opens nothing: no token, code, key or password of those it speaks of', async () => {
  const admin = await boss()
  const [username, password] = [named('plain'), 'a password to look for in the record']
  const { userId } = await overHttpFor(signUp, { username, password, terms: TERMS_VERSION })
  const person = await again(userId)
  const stepUp = await server.stepUp(person)
  const { ticket, key } = await person.ask(beginTotp, { stepUp })
  await person.tries(confirmTotp, { stepUp, ticket, code: '000000' })

  const page = JSON.stringify(valueOf(await asks(admin, readAudit, {})))

  for (const secret of [password, person.token, stepUp, ticket, key]) assert.ok(!page.includes(secret))
  assert.ok(page.includes(userId))
})

test('[S0-16] there is no secret that all who run it share: none in settings, code or deployment', () => {
  const root = join(import.meta.dirname, '../../../..')
  const folders = ['server/src', 'web/src', 'protocol/src', 'deploy', 'scripts', 'docs']
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|md|json|ya?ml|env|service|conf)$|file$/i.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  const shared = /admin(istrator)?[ _-]?(secret|password|passwd|token|api[_-]?key|key)\b/i

  const found = [...files, join(root, '.env.example')]
    .filter((file) => file !== import.meta.filename)
    .filter((file) => shared.test(readFileSync(file, 'utf8')))

  assert.deepEqual(found, [])
  assert.ok(files.length > 300)
})

test('on another process, too, the sessions of whom the right is taken from end at once', async () => {
  const cluster = await startCluster()
  const [here, there] = cluster.servers
  const admin = await here.administrator('admin')
  const other = await here.administrator('other')
  const seat = await there.again(other.userId, other.token).connect()

  await admin.ask(unmakeAdministrator, { stepUp: await here.stepUp(admin), userId: other.userId })
  const began = performance.now()
  await seat.until(() => !seat.isOpen(), 'the socket on the other process falls')
  const took = performance.now() - began
  await cluster.stop()

  assert.ok(took < 1000, `${took} ms`)
})

/** Another session of somebody, as signing in would begin it. */
async function again(userId: UserId): Promise<TestPerson> {
  const user = (await server.app.store.get(userTable, { userId })) ?? assert.fail('no such user')
  const { token, write } = startSession({ userId, kind: user.kind, now: Date.now(), isAdmin: user.isAdmin ?? false })
  await commit([write])
  return server.again(userId, token)
}

async function commit(writes: readonly Write[]): Promise<void> {
  const change = { places: [], given: [], make: () => ({ writes, events: [], result: null }) }
  await server.app.store.commit([change], Date.now())
}

async function overHttp(token: string, name: string, input: object): Promise<string> {
  const response = await fetch(`${server.url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
  })
  return codeOf((await response.json()) as Answer<unknown>)
}

const overHttpFor = <M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>> =>
  server.again(newId<UserId>(), '').ask(method, input)

const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)

function valueOf<T>(answer: Answer<T>): T {
  assert.ok(answer.ok, codeOf(answer))
  return answer.value
}
