import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, whoAmI } from '@connectly/protocol'
import { startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { send, upgrade, type Got, type Sent } from './request-kit.ts'

/* Pages elsewhere: those that CORS_ORIGINS lists may ask and read, all others learn nothing and open nothing. */

const FRIEND = 'https://app.example.org'
let server: TestServer
let closed: TestServer
let ada: TestPerson
before(async () => {
  server = await startServer({ config: { corsOrigins: [FRIEND, 'http://localhost:5173'] } })
  closed = await startServer()
  ada = await server.person('ada')
})
after(() => Promise.all([server.stop(), closed.stop()]))

const json = { 'content-type': 'application/json' }
const asking = (headers: Record<string, string>, body = '{}'): Sent => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body,
})
const preflight = (origin: string): Sent => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
})
const corsOf = ({ headers }: Got) => Object.keys(headers).filter((name) => name.startsWith('access-control-'))
const codeOf = (got: Got) =>
  got.status === 200 ? 'ok' : (JSON.parse(got.text) as { refusal: { code: string } }).refusal.code

/** Origins that look like the listed one, or like ours, and are neither. */
const lookAlikes = (own: string): string[] => [
  'null',
  '',
  'https://evil.example',
  `${FRIEND}.evil.example`,
  'https://evil-app.example.org',
  'https://evilapp.example.org',
  'https://example.org',
  'https://x.app.example.org',
  `${FRIEND}:8443`,
  `${FRIEND}:443`,
  `${FRIEND}.`,
  `${FRIEND}/`,
  'http://app.example.org',
  'HTTPS://APP.EXAMPLE.ORG',
  'https://App.example.org',
  'https://user@app.example.org',
  'https://app.example.org@evil.example',
  `${FRIEND}, ${FRIEND}`,
  `${FRIEND} ${own}`,
  `${own}.evil.example`,
  `${own}/`,
  `${own}.`,
  own.replace('127.0.0.1', '127.0.0.1.'),
  own.replace('http:', 'https:'),
  own.replace('http:', 'HTTP:'),
  own.replace('//', '//user@'),
  own.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
]

test('a page at a listed origin is told that it may ask, by its own name, and what it may send', async () => {
  for (const path of [`/api/${whoAmI.name}`, '/socket.io/?EIO=4&transport=polling']) {
    const got = await send(server.url, path, preflight(FRIEND))

    assert.equal(got.status, 204)
    assert.equal(got.headers['access-control-allow-origin'], FRIEND)
    assert.equal(got.headers['access-control-allow-headers'], 'content-type, authorization, x-csrf-token')
    assert.match(String(got.headers['access-control-allow-methods']), /POST/)
    assert.match(String(got.headers.vary), /\bOrigin\b/)
    assert.equal(got.headers['access-control-allow-credentials'], 'true')
  }
})

test('a page at a listed origin asks with a bearer token, and reads the answer', async () => {
  const got = await send(
    server.url,
    `/api/${whoAmI.name}`,
    asking({ origin: FRIEND, authorization: `Bearer ${ada.token}` }),
  )

  assert.equal(codeOf(got), 'ok')
  assert.equal(got.headers['access-control-allow-origin'], FRIEND)
  assert.match(String(got.headers['access-control-expose-headers']), /x-csrf-token/)
  assert.match(String(got.headers.vary), /\bOrigin\b/)
})

test('a cookie from a listed origin is taken with the double-submit token that it was told, and never without', async () => {
  const cookie = `connectly=${ada.token}`
  const first = await send(server.url, `/api/${whoAmI.name}`, asking({ origin: FRIEND, cookie }))
  const csrf = String(first.headers['x-csrf-token'])
  const withCookie = { origin: FRIEND, cookie: `${cookie}; connectly_csrf=${csrf}` }

  const right = await send(server.url, `/api/${whoAmI.name}`, asking({ ...withCookie, 'x-csrf-token': csrf }))
  const none = await send(server.url, `/api/${whoAmI.name}`, asking(withCookie))
  const wrong = await send(server.url, `/api/${whoAmI.name}`, asking({ ...withCookie, 'x-csrf-token': `${csrf}x` }))

  assert.deepEqual([first, right, none, wrong].map(codeOf), ['BadOrigin', 'ok', 'BadOrigin', 'BadOrigin'])
})

test('no page elsewhere gets a word of CORS, whatever its origin looks like', async () => {
  for (const origin of lookAlikes(server.url)) {
    const cookie = `connectly=${ada.token}`
    const answers = [
      await send(server.url, `/api/${whoAmI.name}`, preflight(origin)),
      await send(server.url, `/api/${whoAmI.name}`, asking({ origin, cookie })),
      await send(server.url, `/api/${signIn.name}`, asking({ origin })),
      await send(server.url, '/health', { headers: { origin } }),
      await send(server.url, '/socket.io/?EIO=4&transport=polling', preflight(origin)),
    ]

    for (const got of answers) assert.deepEqual(corsOf(got), [], origin)
    assert.equal(codeOf(answers[1]!), 'BadOrigin', origin)
    assert.equal(codeOf(answers[2]!), 'BadOrigin', origin)
    for (const got of answers) assert.match(String(got.headers.vary), /\bOrigin\b/, origin)
  }
})

test('credentials are spoken of where cookies are read or set alone, and never beside a star', async () => {
  const headers = { origin: FRIEND }
  const open = ['/health', '/ready', '/api/openapi.json', '/api/asyncapi.json']
  const closedToOthers = ['/', '/metrics', '/assets/none.js', '/nowhere']

  for (const path of open) {
    const got = await send(server.url, path, { headers })
    assert.equal(got.headers['access-control-allow-origin'], FRIEND, path)
    assert.equal(got.headers['access-control-allow-credentials'], undefined, path)
  }
  for (const path of closedToOthers) assert.deepEqual(corsOf(await send(server.url, path, { headers })), [], path)
  const asked = await send(server.url, `/api/${signIn.name}`, asking(headers))
  assert.deepEqual(
    [asked.headers['access-control-allow-origin'], asked.headers['access-control-allow-credentials']],
    [FRIEND, 'true'],
  )
})

test('without the setting nothing is said to anybody', async () => {
  for (const origin of [FRIEND, closed.url, 'null'])
    for (const path of ['/health', '/api/openapi.json', `/api/${whoAmI.name}`]) {
      assert.deepEqual(corsOf(await send(closed.url, path, preflight(origin))), [])
      assert.deepEqual(corsOf(await send(closed.url, path, asking({ origin }))), [])
    }
})

for (const transport of ['websocket', 'polling'] as const) {
  test(`a ${transport} handshake with a valid cookie is refused from every origin but ours and the listed`, async () => {
    const cookie = `connectly=${ada.token}`
    const path = `/socket.io/?EIO=4&transport=${transport}`
    const knock = (headers: Record<string, string>) =>
      send(server.url, path, { headers: { cookie, ...headers, ...(transport === 'websocket' && upgrade) } })

    for (const origin of lookAlikes(server.url)) {
      const got = await knock({ origin })
      assert.deepEqual([got.status, codeOf(got)], [403, 'BadOrigin'], origin)
      assert.deepEqual(corsOf(got), [], origin)
    }
    assert.equal((await knock({})).status, 403, 'and so is a cookie without any')
    for (const site of ['cross-site', 'same-site']) assert.equal((await knock({ 'sec-fetch-site': site })).status, 403)
    const [own, listed] = [await knock({ origin: server.url }), await knock({ origin: FRIEND })]
    assert.deepEqual([own.status, listed.status], transport === 'websocket' ? [101, 101] : [200, 200])
    assert.equal(listed.headers['access-control-allow-origin'], FRIEND)
    assert.equal(own.headers['access-control-allow-origin'], undefined)
  })
}
