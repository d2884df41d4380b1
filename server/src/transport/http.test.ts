import assert from 'node:assert/strict'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { TERMS_VERSION, signUp, whoAmI } from '@connectly/protocol'
import { startServer, type TestPerson, type TestServer } from '../test-kit.ts'

/* The HTTP door, asked by plain requests: who may come in, what every answer bears, how a no looks. */

const PUBLIC = 'https://chat.example.org'
const clientDir = join(tmpdir(), 'connectly-not-built')
let plain: TestServer
let secure: TestServer
let ada: TestPerson
let bob: TestPerson
let plainAt: string
let secureAt: string
before(async () => {
  const port = await freePort()
  plain = await startServer({ clientDir })
  secure = await startServer({ clientDir, config: { publicUrl: new URL(PUBLIC), port } })
  plainAt = plain.url
  secureAt = `http://127.0.0.1:${port}`
  ada = await plain.person('ada')
  bob = await plain.person('bob')
})
after(() => Promise.all([plain.stop(), secure.stop()]))

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

type Got = { status: number; headers: IncomingHttpHeaders; text: string }
type Sent = { method?: string; headers?: Record<string, string>; body?: string }

/** A request with its path and headers as they stand. */
function send(url: string, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Got> {
  const { hostname, port } = new URL(url)
  return new Promise((done, fail) => {
    const sending = httpRequest({ hostname, port, path, method, headers, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    sending.on('error', fail)
    sending.end(body)
  })
}

const json = { 'content-type': 'application/json' }
const asking = (headers: Record<string, string>, body = '{}'): Sent => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body,
})
const me = (headers: Record<string, string>) => send(plainAt, `/api/${whoAmI.name}`, asking(headers))

type Refusal = { code: string; params?: Record<string, string>; requestId: string }
const refusalOf = (got: Got): Refusal => (JSON.parse(got.text) as { refusal: Refusal }).refusal
const codeOf = (got: Got) => (got.status === 200 ? 'ok' : refusalOf(got).code)
const cookiesOf = (got: Got) => got.headers['set-cookie'] ?? []

/** A double-submit token that the server gave to whoever holds this session, or to nobody. */
async function csrfOf(token: string | null): Promise<string> {
  const got = await me({ origin: plainAt, ...(token && { cookie: `connectly=${token}` }) })
  const given = cookiesOf(got).find((cookie) => cookie.startsWith('connectly_csrf=')) ?? assert.fail(got.text)
  return given.slice('connectly_csrf='.length, given.indexOf(';'))
}

/** What a browser sends with a request from our own page. */
const fromPage = (token: string, csrf: string, header = csrf) => ({
  origin: plainAt,
  cookie: `connectly=${token}; connectly_csrf=${csrf}`,
  'x-csrf-token': header,
})

const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' blob: data:;media-src 'self' blob:;" +
  "font-src 'self';connect-src 'self';worker-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';" +
  "frame-ancestors 'none';object-src 'none';require-trusted-types-for 'script';trusted-types connectly"

/* One of each kind of answer there is, errors and another door's included. */
const answers: [what: string, path: string, sent: Sent, status: number][] = [
  ['health', '/health', {}, 200],
  ['readiness', '/ready', {}, 200],
  ['metrics', '/metrics', {}, 200],
  ['a document', '/api/openapi.json', {}, 200],
  ['a refused ask', `/api/${whoAmI.name}`, asking({}), 401],
  ['an unknown method', '/api/no.such', asking({}), 404],
  ['an unknown API path', '/api/no/such/path', {}, 404],
  ['a body that is too large', `/api/${whoAmI.name}`, asking({}, JSON.stringify('x'.repeat(100_001))), 413],
  ['a body that is not JSON', `/api/${whoAmI.name}`, asking({}, '{'), 400],
  ['a page without a built client', '/', { headers: { accept: 'text/html' } }, 503],
  ['a file that is not there', '/assets/no.js', {}, 404],
  ['a path that cannot be decoded', '/%E0%A4%A', {}, 400],
  ['another verb', '/', { method: 'PUT' }, 405],
  ['another verb on the API', '/api/accounts.me', { method: 'DELETE' }, 404],
  ['polling without a handshake', '/socket.io/?EIO=4&transport=polling&sid=none', {}, 400],
  ['a handshake', '/socket.io/?EIO=4&transport=polling', {}, 200],
  [
    'a handshake from another site',
    '/socket.io/?EIO=4&transport=polling',
    { headers: { origin: 'https://a.example' } },
    403,
  ],
]
for (const [what, path, sent, status] of answers) {
  test(`the answer to ${what} bears every security header, and nothing of what serves it`, async () => {
    const [got, safe] = await Promise.all([send(plainAt, path, sent), send(secureAt, path, sent)])

    assert.deepEqual([got.status, safe.status], [status, status])
    assert.equal(got.headers['content-security-policy'], POLICY)
    assert.equal(safe.headers['content-security-policy'], `${POLICY};upgrade-insecure-requests`)
    assert.equal(got.headers['strict-transport-security'], undefined)
    assert.equal(safe.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains')
    for (const { headers, text } of [got, safe]) {
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['x-frame-options'], 'DENY')
      assert.equal(headers['referrer-policy'], 'same-origin')
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
      assert.match(String(headers['permissions-policy']), /^camera=\(self\), microphone=\(self\), geolocation=\(\)/)
      assert.equal(headers['x-powered-by'], undefined)
      assert.equal(headers['access-control-allow-origin'], undefined)
      assert.doesNotMatch(text, /node_modules|\bat .*\.ts:\d/)
    }
  })
}

test('no answer of the API, and none for operators, is kept in a cache', async () => {
  for (const path of ['/health', '/ready', '/metrics', '/api/openapi.json', '/api/asyncapi.json', '/api/none'])
    assert.equal((await send(plainAt, path)).headers['cache-control'], 'no-store', path)
  assert.equal((await me({ authorization: `Bearer ${ada.token}` })).headers['cache-control'], 'no-store')
})

test('signing up sets cookies that no script reads and no other site sends; under https for this host alone', async () => {
  const body = JSON.stringify({ username: 'carol', password: 'a long walk by the sea', terms: TERMS_VERSION })
  const own = async (at: string, origin: string) => {
    const first = await send(at, `/api/${signUp.name}`, asking({ origin }, body))
    const csrf = /connectly_csrf=([^;]+)/.exec(cookiesOf(first).join())?.[1] ?? assert.fail('no double-submit cookie')
    return send(
      at,
      `/api/${signUp.name}`,
      asking({ origin, cookie: `connectly_csrf=${csrf}`, 'x-csrf-token': csrf }, body),
    )
  }

  const [got, safe] = [await own(plainAt, plainAt), await own(secureAt, PUBLIC)]

  const named = (from: Got, name: string) => cookiesOf(from).find((cookie) => cookie.startsWith(`${name}=`))
  const [session, csrf] = [named(got, 'connectly'), named(got, 'connectly_csrf')]
  const [safeSession, safeCsrf] = [named(safe, '__Host-connectly'), named(safe, 'connectly_csrf')]
  assert.match(session ?? '', /^connectly=[\w-]{43}; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)
  assert.match(safeSession ?? '', /^__Host-connectly=[\w-]{43}; .*Path=\/; .*HttpOnly; Secure; SameSite=Lax$/)
  assert.doesNotMatch(safeSession ?? '', /Domain/i)
  assert.match(csrf ?? '', /^connectly_csrf=[\w.-]+; Max-Age=\d+; Path=\/; Expires=[^;]+; SameSite=Lax$/)
  assert.match(safeCsrf ?? '', /; Secure; SameSite=Lax$/)
})

test('a cookie is taken from our own page with the double-submit header, and never without it', async () => {
  const [csrf, others, nobodys] = [await csrfOf(ada.token), await csrfOf(bob.token), await csrfOf(null)]
  const forged = `${csrf.split('.')[0]}.${'A'.repeat(43)}`

  const right = await me(fromPage(ada.token, csrf))
  const wrong = [
    await me({ origin: plainAt, cookie: `connectly=${ada.token}` }),
    await me({ origin: plainAt, cookie: `connectly=${ada.token}; connectly_csrf=${csrf}` }),
    await me({ origin: plainAt, cookie: `connectly=${ada.token}`, 'x-csrf-token': csrf }),
    await me(fromPage(ada.token, csrf, await csrfOf(ada.token))),
    await me(fromPage(ada.token, csrf, `${csrf}x`)),
    await me(fromPage(ada.token, forged)),
    await me(fromPage(ada.token, '.')),
    await me(fromPage(ada.token, others)),
    await me(fromPage(ada.token, nobodys)),
  ]

  assert.equal(codeOf(right), 'ok')
  for (const [nth, got] of wrong.entries()) assert.deepEqual([nth, got.status, codeOf(got)], [nth, 403, 'BadOrigin'])
})

test('a request from anywhere but our own page is refused, cookie and all', async () => {
  const csrf = await csrfOf(ada.token)
  const { host } = new URL(plainAt)
  const origins = [
    'null',
    'https://evil.example',
    `${plainAt}.evil.example`,
    `http://evil.example/${host}`,
    `http://${host}@evil.example`,
    `http://evil-${host}`,
    plainAt.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
    'http://localhost',
    '',
  ]

  for (const origin of origins)
    assert.equal(codeOf(await me({ ...fromPage(ada.token, csrf), origin })), 'BadOrigin', origin)
  for (const site of ['cross-site', 'same-site'])
    assert.equal(codeOf(await me({ cookie: `connectly=${ada.token}`, 'sec-fetch-site': site })), 'BadOrigin', site)
})

test('under a public address, only its own origin comes in, whatever the Host says', async () => {
  const from = (origin: string) => send(secureAt, '/api/accounts.me', asking({ origin, host: 'evil.example' }))

  const own = await from(PUBLIC)
  const foreign = [
    await from('https://evil.example'),
    await from('http://chat.example.org'),
    await from(`${PUBLIC}:8443`),
    await from(`${PUBLIC}.evil.example`),
    await from('https://sub.chat.example.org'),
  ]

  assert.equal(refusalOf(own).params?.['reason'], 'double-submit')
  for (const got of foreign) assert.deepEqual([codeOf(got), refusalOf(got).params], ['BadOrigin', undefined])
})

test('a program comes by bearer token; a cookie without a page is not read, and both at once are refused', async () => {
  const csrf = await csrfOf(ada.token)
  const authorization = `Bearer ${ada.token}`

  assert.equal(codeOf(await me({ authorization })), 'ok')
  assert.equal(codeOf(await me({ cookie: `connectly=${ada.token}` })), 'SignedOut')
  const wrong: Record<string, string>[] = [
    { ...fromPage(ada.token, csrf), authorization },
    { ...fromPage(bob.token, await csrfOf(bob.token)), authorization },
    { cookie: `connectly=${ada.token}`, authorization },
    { authorization: `Basic ${ada.token}` },
    { authorization: 'Bearer' },
    { authorization: `Bearer ${ada.token} ${ada.token}` },
  ]
  for (const headers of wrong) {
    const got = await me(headers)
    assert.deepEqual([codeOf(got), refusalOf(got).params?.['field']], ['InvalidInput', 'authorization'])
  }
  assert.equal(codeOf(await me({ authorization: `Bearer ${'A'.repeat(43)}` })), 'SignedOut')
})

test('only application/json is read, so that no form of another site can ask', async () => {
  const authorization = `Bearer ${ada.token}`
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json', '']

  for (const type of types) {
    const got = await send(plainAt, '/api/accounts.me', {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body: '{}',
    })
    assert.deepEqual([got.status, refusalOf(got).params?.['field']], [400, 'content-type'], type)
  }
  assert.equal(codeOf(await me({ authorization, 'content-type': 'application/json; charset=utf-8' })), 'ok')
})

test('a body over the limit is TooLarge, one that is not JSON is told as that, and both are JSON with the request id', async () => {
  const authorization = `Bearer ${ada.token}`
  const large = await send(plainAt, '/api/accounts.me', asking({ authorization }, `"${'x'.repeat(100_000)}"`))
  const spoilt = ['{', 'nonsense', '{"a":1,}', '"text"', '1', 'true'].map((body) =>
    send(plainAt, '/api/accounts.me', asking({ authorization }, body)),
  )

  assert.deepEqual([large.status, codeOf(large)], [413, 'TooLarge'])
  for (const got of await Promise.all(spoilt)) {
    assert.deepEqual(
      [got.status, codeOf(got), refusalOf(got).params],
      [400, 'InvalidInput', { field: '', reason: 'is not JSON' }],
    )
    assert.equal(refusalOf(got).requestId, got.headers['x-request-id'])
    assert.match(String(got.headers['content-type']), /^application\/json/)
  }
})

test('a path that cannot be decoded, and an encoding nobody knows, are told as what they are', async () => {
  const authorization = `Bearer ${ada.token}`

  const path = await send(plainAt, '/api/%E0%A4%A', asking({ authorization }))
  const encoding = await send(plainAt, '/api/accounts.me', asking({ authorization, 'content-encoding': 'rot13' }))

  for (const got of [path, encoding]) {
    assert.equal(codeOf(got), 'InvalidInput')
    assert.notEqual(refusalOf(got).params?.['reason'], 'is not JSON')
  }
})

test('an unknown method and an unknown API path are the same JSON no', async () => {
  const unknown = [
    await send(plainAt, '/api/no.such', asking({ authorization: `Bearer ${ada.token}` })),
    await send(plainAt, '/api/__proto__', asking({ authorization: `Bearer ${ada.token}` })),
    await send(plainAt, '/api/', {}),
    await send(plainAt, '/api/accounts.me', {}),
    await send(plainAt, '/api/a/b', asking({})),
  ]

  for (const got of unknown) {
    assert.deepEqual([got.status, codeOf(got)], [404, 'NotFound'])
    assert.equal(refusalOf(got).requestId, got.headers['x-request-id'])
  }
})

test('a fault of ours is Internal with the request id that stands in the log, and no word of the fault', async () => {
  const lines: { level: string; fields: object }[] = []
  const keep = (level: string) => (fields: object) => void lines.push({ level, fields })
  const [debug, info, warn, error, fatal] = [keep('debug'), keep('info'), keep('warn'), keep('error'), keep('fatal')]
  let burns = false
  const server = await startServer({
    logger: { debug, info, warn, error, fatal },
    store: (store) => ({
      ...store,
      get: (table, key) => (burns ? Promise.reject(new Error('the disk is on fire')) : store.get(table, key)),
    }),
  })

  burns = true
  const got = await send(server.url, '/api/accounts.me', asking({ authorization: `Bearer ${ada.token}` }))
  await server.stop()

  assert.deepEqual([got.status, codeOf(got)], [500, 'Internal'])
  assert.doesNotMatch(got.text, /fire/)
  const { requestId } = refusalOf(got)
  const told = lines.filter(
    ({ fields }) => 'error' in fields && 'requestId' in fields && fields.requestId === requestId,
  )
  assert.deepEqual(
    told.map(({ level }) => level),
    ['error'],
  )
})
