import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { entryRules, giveWork, signUp, TERMS_VERSION, type UserId } from '@connectly/protocol'
import { createSeals } from '../kernel/seals.ts'
import { createSpent, type Spent } from '../kernel/spent.ts'
import { newDatabase } from '../store/postgres/kit.ts'
import { newId, startServer, type TestServer } from '../test-kit.ts'
import { createWork } from './work.ts'

const BITS = 6
const MINUTE = 60_000

let server: TestServer
let spent: Spent
let now = Date.now()
const seals = createSeals('a key for tests, long enough to be one', () => now)
const work = (bits = BITS) => createWork({ seals, spent, clock: () => now, bits })

before(async () => {
  server = await startServer({ config: { captcha: { kind: 'work', bits: BITS } } })
  spent = createSpent(server.app.store, () => now)
})
after(() => server.stop())

test('a sum that is done lets one sign-up through, once', async () => {
  const nobody = server.again('' as UserId, '')
  const { captcha: check } = await nobody.ask(entryRules, {})
  const { salt, bits } = await nobody.ask(giveWork, {})
  const captcha = `${salt}.${solve(salt, bits)}`

  const without = await nobody.tries(signUp, newcomer())
  const first = await nobody.tries(signUp, { ...newcomer(), captcha })
  const again = await nobody.tries(signUp, { ...newcomer(), captcha })

  assert.deepEqual([check, bits], [{ kind: 'work', siteKey: '' }, BITS])
  assert.deepEqual([without, first, again].map(codeOf), ['CaptchaWrong', 'ok', 'CaptchaWrong'])
})

test('what a sign-up is refused for anyway does not use its answer up', async () => {
  const nobody = server.again('' as UserId, '')
  const { salt, bits } = await nobody.ask(giveWork, {})
  const captcha = `${salt}.${solve(salt, bits)}`

  const common = await nobody.tries(signUp, { ...newcomer(), captcha, password: 'passwordpassword' })
  const terms = await nobody.tries(signUp, { ...newcomer(), captcha, terms: '2020-01-01' })
  const fine = await nobody.tries(signUp, { ...newcomer(), captcha })

  assert.deepEqual([common, terms, fine].map(codeOf), ['PasswordTooCommon', 'TermsChanged', 'ok'])
})

test('an answer that is wrong, changed, run out, of another server or none at all is refused', async () => {
  const check = work()
  const { salt, bits, until } = check.give()!
  const n = solve(salt, bits)
  const [time = '', , random = '', seal = ''] = salt.split('.')
  const wrong = Array.from({ length: 1000 }, (_, each) => each).find((each) => zeroBits(salt, each) < bits)
  const stranger = createWork({
    seals: createSeals('another key, just as long as it has to be', () => now),
    spent,
    clock: () => now,
    bits,
  })
  const theirs = stranger.give()!

  const refused = [
    '',
    '.',
    salt,
    `${salt}.`,
    `${salt}.${wrong}`,
    `${salt}.-${n}`,
    `${salt}.${n}.${n}`,
    `${salt}.${n}\n`,
    `${(until + MINUTE).toString(36)}.${bits}.${random}.${seal}.${n}`,
    `${time}.0.${random}.${seal}.${n}`,
    `${time}.${bits}.${random}.${'A'.repeat(16)}.${n}`,
    `${theirs.salt}.${solve(theirs.salt, bits)}`,
    'x'.repeat(8000),
  ]

  for (const answer of refused) assert.equal(await check.holds(answer, ''), false, answer.slice(0, 100))
  assert.equal(await check.holds(`${salt}.${n}`, ''), true)
  const late = check.give()!
  now = late.until
  assert.equal(await check.holds(`${late.salt}.${solve(late.salt, bits)}`, ''), false)
})

test('how hard a sum is stands in it: a server that was made harder meanwhile still takes it', async () => {
  const { salt, bits } = work(4).give()!

  assert.equal(await work(20).holds(`${salt}.${solve(salt, bits)}`, ''), true)
})

test('of many who bring one answer at the same moment one is let in', async () => {
  const check = work()
  const { salt, bits } = check.give()!
  const answer = `${salt}.${solve(salt, bits)}`

  const held = await Promise.all(Array.from({ length: 20 }, () => check.holds(answer, '')))

  assert.equal(held.filter(Boolean).length, 1)
})

test('a sum is nobody’s: it says when it runs out, how hard it is, and that it is ours, in what SHA-256 takes at once', () => {
  const [one, two] = [work().give()!, work().give()!]

  assert.match(one.salt, /^[0-9a-z]{1,11}\.6\.[\w-]{8}\.[\w-]{16}$/)
  assert.notEqual(one.salt, two.salt)
  assert.ok(`${one.salt}.${10 ** 8}`.length <= 55)
})

test('an answer used on one process is used on every other that shares the database', async () => {
  const { url, drop } = await newDatabase()
  const config = { databaseUrl: url, captcha: { kind: 'work', bits: BITS } as const }
  const servers = [await startServer({ config }), await startServer({ config })]
  const [one, two] = servers.map((each) => each.again('' as UserId, ''))
  const { salt, bits } = await one!.ask(giveWork, {})
  const captcha = `${salt}.${solve(salt, bits)}`

  const answers = await Promise.all([one!, two!].map((each) => each.tries(signUp, { ...newcomer(), captcha })))
  const later = await Promise.all([one!, two!].map((each) => each.tries(signUp, { ...newcomer(), captcha })))

  assert.deepEqual(answers.map(codeOf).toSorted(), ['CaptchaWrong', 'ok'])
  assert.deepEqual(later.map(codeOf), ['CaptchaWrong', 'CaptchaWrong'])
  for (const each of servers) await each.stop()
  for (const each of servers) rmSync(each.dataDir, { recursive: true, force: true })
  await drop()
})

test('an answer that was used is used after a restart as well', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectly-captcha-'))
  const config = { captcha: { kind: 'work', bits: BITS } as const }
  const one = await startServer({ dataDir, config })
  const { salt, bits } = await one.again('' as UserId, '').ask(giveWork, {})
  const captcha = `${salt}.${solve(salt, bits)}`
  const first = await one.again('' as UserId, '').tries(signUp, { ...newcomer(), captcha })
  await one.stop()
  const two = await startServer({ dataDir, config })

  const again = await two.again('' as UserId, '').tries(signUp, { ...newcomer(), captcha })

  assert.deepEqual([first, again].map(codeOf), ['ok', 'CaptchaWrong'])
  await two.stop()
  rmSync(dataDir, { recursive: true })
})

/** The number that answers a sum: as a browser finds it. */
function solve(salt: string, bits: number): number {
  for (let n = 0; ; n++) if (zeroBits(salt, n) >= bits) return n
}

function zeroBits(salt: string, n: number): number {
  const binary = [...hash('sha256', `${salt}${n}`, 'buffer')].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return binary.indexOf('1')
}

const newcomer = () => ({
  username: `human-${newId().slice(-12)}`,
  password: 'seven grey herons wade',
  terms: TERMS_VERSION,
})
const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'ok'
