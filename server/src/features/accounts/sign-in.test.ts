import assert from 'node:assert/strict'
import { argon2, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { listSessions, signIn, signOut, signUp, TERMS_VERSION, whoAmI, type UserId } from '@connectly/protocol'
import { auditTable, tryTable } from '../../kernel/tables.ts'
import { patch } from '../../store/store.ts'
import { addPerson, startServer, type TestServer } from '../../test-kit.ts'
import { behindProxy, codeOf, createBrowser, PASSWORD, type Browser } from '../../browser-kit.ts'
import { userTable } from './accounts.tables.ts'

const WRONG = 'eight grey herons wade'
const MINUTE = 60_000

let server: TestServer
let people = 0
let skew = 0
const unused = () => `signs-in-${++people}`

before(async () => {
  server = await startServer({ clock: () => Date.now() + skew, ...behindProxy })
})
after(() => server.stop())

let strangers = 0
const newAddress = () => `198.51.${Math.floor(++strangers / 250)}.${strangers % 250}`
/** Somebody who comes from an address of their own. */
const stranger = (at = server, address = newAddress()) => createBrowser(at.url, { address })
const guesses = async (browser: Browser, username: string, times: number, password = WRONG) => {
  const codes: string[] = []
  for (let nth = 0; nth < times; nth++) codes.push(codeOf(await browser.tries(signIn, { username, password })))
  return codes
}

/** Takes all free guesses of an address but one. */
async function useUp(address: string): Promise<void> {
  const { tries, seals } = server.app.services
  for (let nth = 1; nth < 30; nth++) await tries.take('address', seals.hash('tries', `address ${address}`))
}

test('[AS12] after five wrong guesses also the right password is refused, until the wait is over', async () => {
  const username = unused()
  await stranger().signsUp(username)

  const wrong = await guesses(stranger(), username, 5)
  const held = await stranger().tries(signIn, { username, password: PASSWORD })
  skew += MINUTE + 1000
  const later = await stranger().tries(signIn, { username, password: PASSWORD })
  const fresh = await guesses(stranger(), username, 4)

  assert.ok(wrong.every((code) => code === 'WrongCredentials'))
  assert.equal(codeOf(held), 'TooManyRequests')
  assert.ok(!held.ok && Number(held.refusal.params?.['retryAfter']) > 50)
  assert.equal(codeOf(later), 'ok')
  assert.ok(
    fresh.every((code) => code === 'WrongCredentials'),
    'a right guess clears the count',
  )
})

test('names that nobody has wait just the same', async () => {
  const [known, unknown] = [unused(), unused()]
  await stranger().signsUp(known)

  const answers = [await guesses(stranger(), known, 7), await guesses(stranger(), unknown, 7)]

  assert.deepEqual(answers[0], answers[1])
  assert.deepEqual(answers[0]?.slice(5), ['TooManyRequests', 'TooManyRequests'])
})

test('neither another spelling nor the mail address gives more guesses, and none says what belongs together', async () => {
  const [username, email] = [unused(), `${unused()}@example.org`]
  const { userId } = await stranger().signsUp(username)
  await write(patch(userTable, { userId }, { set: { email, emailKey: email } }))

  const byName = await guesses(stranger(), ` ${username.toUpperCase()} `, 6)
  const byEmail = await guesses(stranger(), email, 5)
  const byUnknown = await guesses(stranger(), `${unused()}@example.org`, 5)
  const right = await guesses(stranger(), email, 1, PASSWORD)

  assert.equal(byName[5], 'TooManyRequests')
  assert.deepEqual(byEmail, byUnknown, 'nobody sees that it is the same account')
  assert.equal(right[0], 'TooManyRequests')
  skew += MINUTE + 1000
  await guesses(stranger(), email, 1)
  skew += 30 * MINUTE
  assert.deepEqual(await guesses(stranger(), email, 1, PASSWORD), ['ok'])
})

test('a guess under the other name of an account that is held counts for nothing, even if it is right', async () => {
  const [username, email] = [unused(), `${unused()}@example.org`]
  const { userId } = await stranger().signsUp(username)
  await write(patch(userTable, { userId }, { set: { email, emailKey: email } }))
  await guesses(stranger(), username, 5)

  const answers = await guesses(stranger(), email, 1, PASSWORD)

  assert.deepEqual(answers, ['WrongCredentials'])
})

test('a stranger who keeps an account waiting does not keep its owner out of a browser they have used', async () => {
  const username = unused()
  const [own, session] = [stranger(), stranger()]
  await own.signsUp(username)
  await session.ask(signIn, { username, password: PASSWORD })
  await own.ask(signOut, {})
  await guesses(stranger(), username, 5)

  const answers = [
    await stranger().tries(signIn, { username, password: PASSWORD }),
    await own.tries(signIn, { username, password: WRONG }),
    await own.tries(signIn, { username, password: PASSWORD }),
    await session.tries(whoAmI, {}),
  ]

  assert.deepEqual(answers.map(codeOf), ['TooManyRequests', 'WrongCredentials', 'ok', 'ok'])
})

test('a known browser has five guesses too, and its own wait', async () => {
  const username = unused()
  const own = stranger()
  await own.signsUp(username)
  await own.ask(signOut, {})

  const codes = await guesses(own, username, 6)
  const elsewhere = await stranger().tries(signIn, { username, password: PASSWORD })

  assert.equal(codes[5], 'TooManyRequests')
  assert.equal(codeOf(elsewhere), 'ok')
})

test('the cookie of a browser that is known to one account is nothing to another', async () => {
  const [mine, theirs] = [unused(), unused()]
  const browser = stranger()
  await browser.signsUp(mine)
  await browser.ask(signOut, {})
  await stranger().signsUp(theirs)
  await guesses(stranger(), theirs, 5)

  const codes = await guesses(browser, theirs, 1, PASSWORD)

  assert.deepEqual(codes, ['TooManyRequests'])
})

test('whoever guesses at many names is slowed down by address, two minutes at most; a known browser there is not', async () => {
  const username = unused()
  const address = newAddress()
  const [own, newcomer] = [stranger(server, address), stranger(server, address)]
  await own.signsUp(username)
  await own.ask(signOut, {})

  await useUp(address)
  const codes = [
    ...(await guesses(stranger(server, address), unused(), 1)),
    ...(await guesses(stranger(server, address), unused(), 1)),
  ]
  const known = await own.tries(signIn, { username, password: PASSWORD })
  const held = await newcomer.tries(signIn, { username, password: PASSWORD })
  skew += 2 * MINUTE
  const later = await newcomer.tries(signIn, { username, password: PASSWORD })

  assert.deepEqual(codes, ['WrongCredentials', 'TooManyRequests'])
  assert.deepEqual([known, held, later].map(codeOf), ['ok', 'TooManyRequests', 'ok'])
})

test('whoever has a network of IPv6 addresses has one address', async () => {
  const from = async (address: string) => (await guesses(stranger(server, address), unused(), 1))[0]
  await useUp('2001:db8:1:2::/64')

  const codes = [await from('2001:db8:1:2::a'), await from('2001:db8:1:2:ffff::b'), await from('2001:db8:1:3::a')]

  assert.deepEqual(codes, ['WrongCredentials', 'TooManyRequests', 'WrongCredentials'])
})

test('a restart forgets no guess', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectly-'))
  const username = unused()
  const first = await startServer({ dataDir })
  await createBrowser(first.url).signsUp(username)
  await guesses(stranger(first), username, 5)
  await first.stop()

  const second = await startServer({ dataDir })
  const answer = await stranger(second).tries(signIn, { username, password: PASSWORD })
  await second.stop()
  rmSync(dataDir, { recursive: true, force: true })

  assert.equal(codeOf(answer), 'TooManyRequests')
})

test('of two hundred guesses at once, from as many addresses, only the free ones are looked at', async () => {
  const username = unused()
  await stranger().signsUp(username)
  const addresses = Array.from({ length: 200 }, newAddress)
  const post = (nth: number) =>
    fetch(`${server.url}/api/${signIn.name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': addresses[nth] ?? '' },
      body: JSON.stringify({ username, password: WRONG }),
    }).then((response) => response.status)

  const statuses = await Promise.all(Array.from({ length: 200 }, (_, nth) => post(nth)))

  assert.equal(statuses.filter((status) => status === 401).length, 5)
  assert.equal(statuses.filter((status) => status !== 401 && status !== 429).length, 0)
})

test('neither names nor addresses stand in the counts, and that guesses have to wait stands in the record', async () => {
  const username = unused()
  const { userId } = await stranger().signsUp(username)
  await guesses(stranger(), username, 5)

  const counts = JSON.stringify(await server.app.store.find(tryTable, { limit: 10_000 }))
  const [held] = await server.app.store.find(auditTable, {
    where: { act: 'accounts.signInHeld', subject: userId },
    limit: 1,
  })

  for (const secret of [username, userId, '198.51.', '127.0.0.1']) assert.ok(!counts.includes(secret), secret)
  assert.deepEqual(held?.details, { seconds: 60 })
})

test('unknown names, wrong passwords and accounts that have none are answered alike, and take about as long', async () => {
  const names = await Promise.all(
    ['person', 'guest', 'bot'].map(async (kind) => {
      const username = unused()
      if (kind === 'person') await stranger().signsUp(username)
      else await addPerson(server.app.store, username, kind as 'guest' | 'bot')
      return username
    }),
  )
  const bodies = new Set<string>()
  const times = [...names, unused()].map((username) => ({ username, took: [] as number[] }))

  for (let nth = 0; nth < 4; nth++)
    for (const { username, took } of times) {
      const began = performance.now()
      const answer = await stranger().tries(signIn, { username, password: WRONG })
      took.push(performance.now() - began)
      bodies.add(JSON.stringify({ ...answer, refusal: { ...(answer.ok ? {} : answer.refusal), requestId: '' } }))
    }
  const medians = times.map(({ took }) => took.toSorted((a, b) => a - b)[1] ?? 0)

  assert.equal(bodies.size, 1)
  assert.equal(JSON.parse([...bodies][0] ?? '').refusal.code, 'WrongCredentials')
  assert.ok(Math.max(...medians) < 2 * Math.min(...medians) + 20, medians.map(Math.round).join(' '))
})

test('a password kept with less work than today’s is hashed anew when it is known, and opens as before', async () => {
  const username = unused()
  const { userId } = await stranger().signsUp(username)
  const weak = await weakHash(PASSWORD)
  await write(patch(userTable, { userId }, { set: { passwordHash: weak } }))

  const wrong = await stranger().tries(signIn, { username, password: WRONG })
  const before = await hashOf(userId)
  const right = await stranger().tries(signIn, { username, password: PASSWORD })
  const anew = await hashOf(userId)
  const again = await stranger().tries(signIn, { username, password: PASSWORD })

  assert.deepEqual([wrong, right, again].map(codeOf), ['WrongCredentials', 'ok', 'ok'])
  assert.equal(before, weak)
  assert.match(anew, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/)
  assert.equal(await hashOf(userId), anew)
})

test('a session that was planted in a browser is not the one that signing in begins', async () => {
  const [mine, theirs] = [unused(), unused()]
  const [attacker, victim] = [stranger(), stranger()]
  await attacker.signsUp(theirs)
  await victim.signsUp(mine)
  await victim.ask(signOut, {})
  victim.cookies.set('connectly', attacker.token())

  await victim.ask(signIn, { username: mine, password: PASSWORD })

  assert.notEqual(victim.token(), attacker.token())
  assert.equal(codeOf(await attacker.tries(whoAmI, {})), 'SignedOut')
  assert.equal((await victim.ask(listSessions, {})).length, 1)
})

test('terms are accepted with version and time, and only those of today', async () => {
  const username = unused()
  const began = Date.now() + skew

  const old = await stranger().tries(signUp, { username, password: PASSWORD, terms: '2001-01-01' })
  const { userId } = await stranger().signsUp(username)
  const row = await server.app.store.get(userTable, { userId })

  assert.equal(codeOf(old), 'TermsChanged')
  assert.ok(!old.ok && old.refusal.params?.['version'] === TERMS_VERSION)
  assert.equal(row?.terms?.version, TERMS_VERSION)
  assert.ok((row?.terms?.at ?? 0) >= began)
})

async function weakHash(password: string): Promise<string> {
  const salt = randomBytes(16)
  const work = { nonce: salt, parallelism: 1, tagLength: 32, memory: 8192, passes: 1 }
  const hash = await promisify(argon2)('argon2id', { message: Buffer.from(password.normalize('NFC')), ...work })
  const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=8192,t=1,p=1$${bare(salt)}$${bare(hash)}`
}

const hashOf = async (userId: UserId) => (await server.app.store.get(userTable, { userId }))?.passwordHash ?? ''

async function write(one: ReturnType<typeof patch>): Promise<void> {
  const make = () => ({ writes: [one], events: [], result: null })
  await server.app.store.commit([{ places: [], given: [], make }], Date.now())
}
