import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { entryRules, giveWork, signUp, TERMS_VERSION, type UserId } from '@connectly/protocol'
import type { Logger } from '../kernel/logger.ts'
import { createSpent } from '../kernel/spent.ts'
import { newId, startServer, type TestServer } from '../test-kit.ts'
import { createService } from './service.ts'
import { captchaServices, type CaptchaService, type CaptchaSettings } from './settings.ts'

/* A verifier on a port of its own answers as the services say they do. */

const SECRET = 'a secret key of the service'
type Verdict = object | 'silence' | 'rubbish' | 'error'

let verifier: Server
let verifyUrl: URL
let verdict: Verdict = { success: true }
const asked: URLSearchParams[] = []
const used = new Set<string>()
const lines: string[] = []
const note = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }))
const logger: Logger = { debug: note, info: note, warn: note, error: note, fatal: note }

before(async () => {
  verifier = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      const given = new URLSearchParams(body)
      asked.push(given)
      if (verdict === 'silence') return
      if (verdict === 'rubbish') return void response.end('<html>')
      if (verdict === 'error') return void response.writeHead(500).end('{}')
      const answer = given.get('response') ?? ''
      const said = used.has(answer) ? { success: false, 'error-codes': ['timeout-or-duplicate'] } : verdict
      used.add(answer)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(said))
    })
  })
  await new Promise<void>((done) => verifier.listen(0, '127.0.0.1', done))
  verifyUrl = new URL(`http://127.0.0.1:${(verifier.address() as AddressInfo).port}/siteverify`)
})
after(async () => {
  verifier.closeAllConnections()
  await new Promise((done) => verifier.close(done))
})

for (const kind of captchaServices)
  test(`[S2-18] with ${kind} a sign-up needs an answer that the service vouches for`, async () => {
    const server = await startServer({ config: { captcha: settingsOf(kind) } })
    const nobody = server.again('' as UserId, '')
    const signsUp = (captcha?: string) =>
      nobody.tries(signUp, {
        username: `human-${newId().slice(-12)}`,
        password: 'seven grey herons wade',
        terms: TERMS_VERSION,
        ...(captcha !== undefined && { captcha }),
      })
    const { captcha } = await nobody.ask(entryRules, {})
    asked.length = 0

    const missing = [await signsUp(), await signsUp('')]
    assert.equal(asked.length, 0, 'nobody is asked about nothing')
    verdict = { success: true }
    const [right, again] = [await signsUp(`right-${kind}`), await signsUp(`right-${kind}`)]
    verdict = { success: false, 'error-codes': ['invalid-input-response'] }
    const wrong = await signsUp(`wrong-${kind}`)
    const work = await nobody.tries(giveWork, {})

    assert.deepEqual(captcha, { kind, siteKey: 'a site key' })
    assert.deepEqual(missing.map(codeOf), ['CaptchaWrong', 'CaptchaWrong'])
    assert.deepEqual([right, again, wrong].map(codeOf), ['ok', 'CaptchaWrong', 'CaptchaWrong'])
    assert.equal(codeOf(work), 'NotFound')
    const told = Object.fromEntries(asked[0] ?? [])
    const sitekey = kind === 'hcaptcha' ? { sitekey: 'a site key' } : {}
    assert.deepEqual(
      told,
      { secret: SECRET, response: `right-${kind}`, ...sitekey },
      'and not who asks, nor from where',
    )
    await server.stop()
  })

test('[S2-18] a low score of reCAPTCHA is not enough, and without a score its yes is', async () => {
  const { server, holds } = await check('recaptcha')

  verdict = { success: true, score: 0.4 }
  const low = await holds()
  verdict = { success: true, score: 0.5 }
  const enough = await holds()
  verdict = { success: true }
  const second = await holds()

  assert.deepEqual([low, enough, second], [false, true, true])
  await server.stop()
})

test('[S2-18] a service that is silent, away, broken or not to be understood lets nobody in, and the operator hears why', async () => {
  const { server, holds } = await check('turnstile')
  const away = new URL('http://127.0.0.1:1/')
  lines.length = 0

  for (const said of ['silence', 'rubbish', 'error', [], { success: 'true' }, { success: 1 }] as const) {
    verdict = said
    assert.equal(await holds(), false, JSON.stringify(said))
  }
  assert.equal(await (await check('turnstile', { verifyUrl: away }, server)).holds(), false)
  verdict = { success: false, 'error-codes': ['invalid-input-secret'] }
  assert.equal(await holds(), false)

  const said = lines.join('\n')
  assert.match(said, /"reason":"unreachable: TimeoutError"/)
  assert.match(said, /"reason":"unreachable: TypeError"/)
  assert.match(said, /"reason":"no answer that can be read"/)
  assert.match(said, /refuses CAPTCHA_SECRET/)
  assert.ok(!said.includes(SECRET) && !said.includes('answer-'), 'no line holds the secret or an answer')
  await server.stop()
})

test('an answer that the service would vouch for twice is taken once all the same', async () => {
  const { server, captcha } = await check('hcaptcha')
  verdict = { success: true }
  const answer = `answer-${newId()}`

  const first = await captcha.holds(answer, '')
  used.clear()
  const again = await captcha.holds(answer, '')

  assert.deepEqual([first, again], [true, false])
  await server.stop()
})

test('a page lets in the scripts of the service that was chosen, and of nobody else; our own check needs none', async () => {
  const policies = new Map<string, Map<string, string>>()
  for (const captcha of [{ kind: 'none' }, { kind: 'work', bits: 4 }, ...captchaServices.map(settingsOf)] as const) {
    const server = await startServer({ config: { captcha } })
    const { headers } = await fetch(`${server.url}/sign-up`)
    policies.set(captcha.kind, directivesOf(headers.get('content-security-policy') ?? ''))
    await server.stop()
  }

  const [none, work] = [policies.get('none')!, policies.get('work')!]
  assert.deepEqual(work, none)
  assert.deepEqual(
    [work.get('script-src'), work.get('connect-src'), work.get('frame-src')],
    ["'self'", "'self'", undefined],
  )
  assert.equal(work.get('require-trusted-types-for'), "'script'")
  for (const directives of policies.values()) {
    assert.equal(directives.get('default-src'), "'none'")
    assert.equal(directives.get('frame-ancestors'), "'none'")
    assert.ok(![...directives.values()].some((value) => /unsafe|\*(?!\.)|https:(?!\/\/)/.test(value)))
  }
  assert.equal(
    policies.get('recaptcha')?.get('script-src'),
    "'self' https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/",
  )
  assert.equal(policies.get('hcaptcha')?.get('frame-src'), 'https://hcaptcha.com https://*.hcaptcha.com')
  assert.equal(policies.get('turnstile')?.get('frame-src'), 'https://challenges.cloudflare.com')
  assert.equal(policies.get('turnstile')?.get('style-src'), "'self'")
})

const settingsOf = (kind: CaptchaService): Extract<CaptchaSettings, { kind: CaptchaService }> => ({
  kind,
  siteKey: 'a site key',
  secret: SECRET,
  score: 0.5,
  verifyUrl,
})

/** The check alone, impatient. */
async function check(kind: CaptchaService, more: { verifyUrl?: URL } = {}, given?: TestServer) {
  const server = given ?? (await startServer())
  const spent = createSpent(server.app.store, Date.now)
  const captcha = createService({
    settings: { ...settingsOf(kind), ...more },
    spent,
    clock: Date.now,
    logger,
    patience: 300,
  })
  return { server, captcha, holds: () => captcha.holds(`answer-${newId()}`, '192.0.2.7') }
}

const directivesOf = (policy: string): Map<string, string> =>
  new Map(policy.split(';').map((each) => each.trim().split(/ (.*)/s) as [string, string]))

const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => answer.refusal?.code ?? 'ok'
