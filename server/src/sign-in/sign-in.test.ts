import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { Refused } from '../kernel/refuse.ts'
import { createSpent, type Spent } from '../kernel/spent.ts'
import { startOtherService, type OtherService } from '../provider-kit.ts'
import { startServer, type TestServer } from '../test-kit.ts'
import { createProvider } from './sign-in.ts'
import type { ProviderSettings } from './settings.ts'

/* A real provider over HTTP, and what a hostile or broken one answers in its place. */

const HERE = 'http://127.0.0.1:9'
const BACK = `${HERE}/back`
const ADA = {
  sub: 'ada',
  email: 'ada@example.org',
  email_verified: true,
  name: 'Ada Okafor',
  preferred_username: 'ada',
}

let server: TestServer
let spent: Spent
let other: OtherService
const lines: string[] = []
const note = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }))
const logger = { debug: note, info: note, warn: note, error: note, fatal: note }

before(async () => {
  ;[server, other] = await Promise.all([startServer(), startOtherService()])
  spent = createSpent(server.app.store, Date.now)
  other.admit(BACK)
  other.sits(ADA)
})
after(async () => {
  await server.stop()
  await other.stop()
})

test('who comes back is who signed in there, with what the service says of them', async () => {
  const provider = providerOf()

  const { identity } = await journey(provider)

  assert.deepEqual(identity, {
    subject: 'ada',
    email: 'ada@example.org',
    isEmailVerified: true,
    username: 'ada',
    name: 'Ada Okafor',
  })
})

test('[S1-95] the way there carries a state, a nonce and a challenge of its own each time, and no secret', async () => {
  const provider = providerOf()

  const [one, two] = [await provider.begin(), await provider.begin()]

  for (const { url, kept } of [one, two]) {
    const asked = new URL(url).searchParams
    assert.equal(asked.get('code_challenge_method'), 'S256')
    assert.equal(asked.get('redirect_uri'), BACK)
    assert.equal(asked.get('scope'), 'openid email profile')
    assert.deepEqual([asked.get('state'), asked.get('nonce')], [kept['state'], kept['nonce']])
    assert.ok(!url.includes(kept['verifier'] ?? 'no verifier'))
    assert.ok(!url.includes(encodeURIComponent(other.settings.clientSecret)))
  }
  for (const name of ['state', 'nonce', 'verifier']) {
    assert.ok((one.kept[name] ?? '').length >= 43, name)
    assert.notEqual(one.kept[name], two.kept[name])
  }
})

test('a return of another journey, without a state, or for the second time is not looked at', async () => {
  const provider = providerOf()
  const [mine, theirs] = [await there(provider), await there(provider)]

  const codes = [
    await codeOf(provider.finish(mine.kept, theirs.back)),
    await codeOf(provider.finish(mine.kept, { ...mine.back, state: '' })),
    await codeOf(provider.finish({}, { state: '' })),
    await codeOf(provider.finish(mine.kept, mine.back)),
    await codeOf(provider.finish(mine.kept, mine.back)),
  ]

  assert.deepEqual(codes, ['LinkSpent', 'LinkSpent', 'LinkSpent', 'ok', 'LinkSpent'])
})

test('the service itself refuses a code that comes twice, and one without the right verifier', async () => {
  const provider = providerOf()
  const twice = await there(provider)
  const stolen = await there(provider)
  await provider.finish(twice.kept, twice.back)

  const again = await there(provider)
  const replayed = provider.finish(again.kept, { ...again.back, code: twice.back.code })
  const mixed = provider.finish({ ...stolen.kept, verifier: 'v'.repeat(43) }, stolen.back)

  assert.deepEqual([await codeOf(replayed), await codeOf(mixed)], ['ProviderFailed refused', 'ProviderFailed refused'])
})

test('a nonce that is not the journey’s, as when an ID token is handed on, is refused', async () => {
  const provider = providerOf()
  const { url, kept } = await provider.begin()
  const elsewhere = new URL(url)
  elsewhere.searchParams.set('nonce', 'of another journey')

  const back = await other.travel(elsewhere.href)

  assert.equal(await codeOf(provider.finish(kept, back)), 'ProviderFailed untrusted')
})

test('a no there is told from a fault there', async () => {
  const provider = providerOf()
  other.sits(null)
  const denied = await there(provider)
  other.sits(ADA)
  const [left, broken] = [await there(provider), await there(provider)]

  const codes = [
    await codeOf(provider.finish(denied.kept, denied.back)),
    await codeOf(provider.finish(left.kept, { ...left.back, code: undefined, error: 'login_required' })),
    await codeOf(provider.finish(broken.kept, { ...broken.back, code: undefined, error: 'server_error' })),
  ]

  assert.deepEqual(codes, ['ProviderDenied', 'ProviderDenied', 'ProviderFailed refused'])
})

test('a return in the name of another service is refused, also where it is a no', async () => {
  const provider = providerOf()
  const [one, none, no] = [await there(provider), await there(provider), await there(provider)]
  const issuer = 'https://evil.example'

  const codes = [
    await codeOf(provider.finish(one.kept, { ...one.back, issuer })),
    await codeOf(provider.finish(none.kept, { ...none.back, issuer: undefined })),
    await codeOf(provider.finish(no.kept, { ...no.back, issuer, code: undefined, error: 'access_denied' })),
  ]

  assert.deepEqual(codes, Array<string>(3).fill('ProviderFailed untrusted'))
})

test('a wrong client secret is told to whoever runs the server, without showing one', async () => {
  const provider = providerOf({ clientSecret: 'a wrong secret that nobody may read' })
  const begun = await there(provider)
  lines.length = 0

  const code = await codeOf(provider.finish(begun.kept, begun.back))

  assert.equal(code, 'ProviderFailed refused')
  assert.match(lines.join('\n'), /"code":"invalid_client".*check the client id and the client secret/)
  assert.ok(!lines.join('\n').includes('a wrong secret'))
})

/* What stands in the place of an ID token. */
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const plain = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
type Claims = Record<string, unknown>
const forgeries: Record<string, (claims: Claims) => string> = {
  'signed with another key': (claims) => other.sign(claims, stranger),
  'not signed at all': (claims) => `${plain({ alg: 'none' })}.${plain(claims)}.`,
  'signed with the client secret': (claims) => {
    const text = `${plain({ alg: 'HS256' })}.${plain(claims)}`
    return `${text}.${createHmac('sha256', other.settings.clientSecret).update(text).digest('base64url')}`
  },
  'signed, then changed': (claims) => {
    const [head, , signature] = other.sign(claims).split('.')
    return `${head}.${plain({ ...claims, sub: 'mallory' })}.${signature}`
  },
  'of another issuer': (claims) => other.sign({ ...claims, iss: 'https://evil.example' }),
  'for another client': (claims) => other.sign({ ...claims, aud: 'somebody else' }),
  'that has run out': (claims) => other.sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 600 }),
  'without a nonce': ({ nonce: _nonce, ...claims }) => other.sign(claims),
  'without a subject': ({ sub: _sub, ...claims }) => other.sign(claims),
  'that is none': () => 'rubbish',
}

for (const [how, forge] of Object.entries(forgeries))
  test(`an ID token ${how} lets nobody in`, async () => {
    const provider = providerOf()
    const { kept, back } = await there(provider)
    const now = Math.floor(Date.now() / 1000)
    const claims = { ...ADA, iss: other.issuer, aud: 'connectly', nonce: kept['nonce'], iat: now, exp: now + 60 }
    const answerWith = (token: string) => (_request: IncomingMessage, response: ServerResponse) =>
      void json(response, { access_token: 'a', token_type: 'bearer', id_token: token })

    other.answers('/token', answerWith(forge(claims)))
    const forged = await codeOf(provider.finish(kept, back))
    const again = await there(provider)
    other.answers('/token', answerWith(other.sign({ ...claims, nonce: again.kept['nonce'] })))
    const honest = await codeOf(provider.finish(again.kept, again.back))
    other.answers('/token')

    assert.equal(forged, 'ProviderFailed untrusted')
    assert.equal(honest, 'ok')
  })

const DISCOVERY = '/.well-known/openid-configuration'
type Rubbish = (request: IncomingMessage, response: ServerResponse) => void
const rubbish: Record<string, { answer: Rubbish; reason: string }> = {
  'a page in place of JSON': { answer: (_, response) => void response.end('<html>'), reason: 'untrusted' },
  'JSON that is cut off': {
    answer: (_, response) => void response.setHeader('content-type', 'application/json').end('{"issuer":'),
    reason: 'untrusted',
  },
  'another issuer than its own': {
    answer: (_, response) => void json(response, { issuer: 'https://evil.example' }),
    reason: 'untrusted',
  },
  'nothing of itself': { answer: (_, response) => void json(response, {}), reason: 'untrusted' },
  'a way that leads elsewhere': {
    answer: (_, response) => void response.writeHead(302, { location: 'https://evil.example' }).end(),
    reason: 'untrusted',
  },
  'that it is broken': { answer: (_, response) => void response.writeHead(500).end(), reason: 'unreachable' },
  'a line that breaks': { answer: (request) => void request.socket.destroy(), reason: 'unreachable' },
  'nothing for too long': { answer: () => undefined, reason: 'unreachable' },
}

for (const [what, { answer, reason }] of Object.entries(rubbish))
  test(`a service that answers with ${what} is a service that failed, until it answers rightly`, async () => {
    const provider = providerOf({}, 300)
    other.answers(DISCOVERY, answer)

    const failed = await codeOf(provider.begin())
    other.answers(DISCOVERY)
    const fine = await codeOf(provider.begin())

    assert.deepEqual([failed, fine], [`ProviderFailed ${reason}`, 'ok'])
  })

test('rubbish in place of tokens, keys or more about somebody is a failure too', async () => {
  const pages: Record<string, Rubbish> = {
    '/token': (_, response) => void json(response, { access_token: 7 }),
    '/jwks': (_, response) => void json(response, { keys: 'none' }),
    '/me': (_, response) => void json(response, { sub: 'somebody else', email: 'eve@example.org' }),
  }

  for (const [path, answer] of Object.entries(pages)) {
    const provider = providerOf()
    const { kept, back } = await there(provider)
    other.answers(path, answer)
    const code = await codeOf(provider.finish(kept, back))
    other.answers(path)
    assert.equal(code, 'ProviderFailed untrusted', path)
  }
})

test('what a service said of itself is used while it is away, and asked for again after an hour', async () => {
  let now = Date.now()
  let asked = 0
  const provider = providerOf({}, 300, () => now)
  await Promise.all([provider.begin(), provider.begin()])
  other.answers(DISCOVERY, (_, response) => {
    asked++
    response.writeHead(503).end()
  })

  const soon = await codeOf(provider.begin())
  const soonAsked = asked
  now += 61 * 60 * 1000
  const late = await codeOf(provider.begin())
  other.answers(DISCOVERY)

  assert.deepEqual([soon, soonAsked, late, asked], ['ok', 0, 'ok', 1])
})

test('no line of the log holds a secret, a code or a token', async () => {
  const provider = providerOf()
  const { kept, back } = await there(provider)
  lines.length = 0

  await codeOf(provider.finish({ ...kept, verifier: 'v'.repeat(43) }, back))
  await codeOf(provider.finish(kept, { state: kept['state'] ?? '', error: 'canary error with words' }))

  assert.ok(lines.length > 0)
  const said = lines.join('\n')
  for (const secret of [other.settings.clientSecret, back.code ?? '-', ...Object.values(kept), 'canary'])
    assert.ok(!said.includes(secret), said)
})

function providerOf(more: Partial<ProviderSettings> = {}, patience = 5000, clock = Date.now) {
  return createProvider({ ...other.settings, ...more }, { url: () => HERE, spent, clock, logger, patience })
}

type TestProvider = ReturnType<typeof providerOf>

/** Goes there, and is back. */
async function there(provider: TestProvider) {
  const { url, kept } = await provider.begin()
  return { kept, back: await other.travel(url) }
}

async function journey(provider: TestProvider) {
  const { kept, back } = await there(provider)
  return { identity: await provider.finish(kept, back) }
}

/** `ok`, or the code of the refusal with its reason. */
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'ok',
    (error: unknown) => {
      if (!(error instanceof Refused)) throw error
      return [error.code, error.params?.['reason']].filter(Boolean).join(' ')
    },
  )

const json = (response: ServerResponse, value: object) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value))
