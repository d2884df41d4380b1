import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { refusals, registry, whoAmI } from '@connectly/protocol'
import { startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { exchange, send, upgrade, type Got, type Sent } from './request-kit.ts'

/*
 * Every answer there is, whoever gives it: ours, Express's, Engine.IO's, Node's own. All bear the security headers; every
 * no is one of the protocol's, as JSON with a request id, unless a person opened a page; none is a fault of ours.
 */

const PUBLIC = 'https://chat.example.org'
const clientDir = mkdtempSync(join(tmpdir(), 'connectly-answers-'))
let plain: TestServer
let secure: { url: string; stop: () => Promise<void> }
let ada: TestPerson
before(async () => {
  mkdirSync(join(clientDir, 'assets'))
  writeFileSync(join(clientDir, 'index.html'), '<!doctype html><title>Connectly</title>')
  writeFileSync(join(clientDir, 'assets/app-1a2b.js'), 'void 0')
  plain = await startServer({ clientDir, patience: { headers: 300, request: 300, check: 50 } })
  secure = await underHttps()
  ada = await plain.person('ada')
})
after(async () => {
  await Promise.all([plain.stop(), secure.stop()])
  rmSync(clientDir, { recursive: true })
})

/** A server that believes to be behind TLS, at the address where it is. */
async function underHttps(): Promise<typeof secure> {
  const { port } = new URL((await startAndStop()).url)
  const server = await startServer({ clientDir, config: { publicUrl: new URL(PUBLIC), port: Number(port) } })
  return { url: `http://127.0.0.1:${port}`, stop: server.stop }
}

async function startAndStop(): Promise<TestServer> {
  const server = await startServer({ clientDir })
  await server.stop()
  return server
}

function hasEveryHeader({ headers }: Got, what: string): void {
  const policy = String(headers['content-security-policy'])
  assert.match(policy, /^default-src 'none';script-src 'self';style-src 'self';/, what)
  assert.match(policy, /;media-src 'self' blob:;/, what)
  assert.match(policy, /;base-uri 'none';.*frame-ancestors 'none';object-src 'none'/, what)
  assert.doesNotMatch(policy, /unsafe|\*|nonce/, what)
  const expected = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), browsing-topics=()',
  }
  for (const [name, value] of Object.entries(expected)) assert.equal(headers[name], value, `${what}: ${name}`)
  assert.equal(headers['x-powered-by'] ?? headers['server'], undefined, what)
}

function isDeclaredNo({ status, headers, text }: Got, what: string): void {
  const { ok, refusal, ...rest } = JSON.parse(text) as { ok: boolean; refusal: { code: string; requestId: string } }
  assert.deepEqual([ok, rest], [false, {}], what)
  assert.ok(refusal.code in refusals && refusal.code !== 'Internal', `${what}: ${text}`)
  assert.match(refusal.requestId, /^[0-9a-f-]{36}$/, what)
  assert.equal(refusal.requestId, headers['x-request-id'], what)
  assert.match(String(headers['content-type']), /^application\/json/, what)
  assert.equal(headers['cache-control'], 'no-store', what)
  assert.ok(status >= 400 && (status < 500 || status === 503), `${what}: ${status}`)
}

const at = '/socket.io/?EIO=4&transport=polling'
const json = { 'content-type': 'application/json' }
const asked = (headers: Record<string, string> = {}, body = '{}'): Sent => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body,
})
const path = `/api/${whoAmI.name}`
const socketUpgrade = (query: string, headers: Record<string, string> = {}): [string, Sent] => [
  `/socket.io/?${query}`,
  { headers: { ...upgrade, ...headers } },
]

const refused: [what: string, path: string, sent: Sent, status: number][] = [
  ['an ask without a session', path, asked(), 401],
  ['an ask from elsewhere', path, asked({ origin: 'https://a.example' }), 403],
  ['an ask that is no JSON', path, asked({}, '{'), 400],
  ['an ask that is a string', path, asked({}, '"x"'), 400],
  ['an ask of another type', path, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }, 400],
  ['an ask in an encoding', path, asked({ 'content-encoding': 'gzip' }), 400],
  ['an ask in a charset', path, asked({ 'content-type': 'application/json; charset=klingon' }), 400],
  ['an ask that is too large', path, asked({}, `"${'x'.repeat(1_000_000)}"`), 413],
  ['an unknown method', '/api/no.such', asked({ authorization: `Bearer ${'A'.repeat(43)}` }), 404],
  ['another verb', path, { method: 'GET' }, 404],
  ['yet another verb', path, { method: 'PATCH', headers: json, body: '{}' }, 404],
  ['an unknown path of the API', '/api/a/b/c', {}, 404],
  ['a preflight of nobody we know', path, { method: 'OPTIONS', headers: { origin: 'https://a.example' } }, 404],
  ['a path that cannot be decoded', '/api/%E0%A4%A', asked(), 400],
  ['a file that is not there', '/assets/none.js', {}, 404],
  ['a file above the folder', '/assets/../../../../etc/passwd.txt', {}, 404],
  ['a part of a file that it has not', '/assets/app-1a2b.js', { headers: { range: 'bytes=900-' } }, 404],
  ['another verb on a file', '/assets/app-1a2b.js', { method: 'DELETE' }, 404],
  ['a program that opens a page and wants no page', '/nowhere', { headers: { accept: 'application/json' } }, 404],
  ['an upgrade elsewhere', path, { headers: upgrade }, 404],
  ['an expectation nobody has', path, asked({ expect: 'the-unexpected' }), 401],
  ['polling with a dead id', `${at}&sid=none`, {}, 400],
  ['polling with a reaching id', `${at}&sid=__proto__`, {}, 400],
  ['posting without an id', at, { method: 'POST', body: '2' }, 405],
  ['another version', '/socket.io/?EIO=3&transport=polling', {}, 400],
  ['no version', '/socket.io/', {}, 400],
  ['another transport', '/socket.io/?EIO=4&transport=webtransport', {}, 400],
  ['a WebSocket without an upgrade', '/socket.io/?EIO=4&transport=websocket', {}, 400],
  ['a poll from elsewhere', at, { headers: { origin: 'https://a.example' } }, 403],
  ['an upgrade to polling', ...socketUpgrade('EIO=4&transport=polling'), 400],
  ['an upgrade from elsewhere', ...socketUpgrade('EIO=4&transport=websocket', { origin: 'null' }), 403],
  [
    'an upgrade of another version',
    ...socketUpgrade('EIO=4&transport=websocket', { 'sec-websocket-version': '8' }),
    400,
  ],
  ['an upgrade without a key', ...socketUpgrade('EIO=4&transport=websocket', { 'sec-websocket-key': 'x' }), 400],
  ['an upgrade with a dead id', ...socketUpgrade('EIO=4&transport=websocket&sid=none'), 400],
]
for (const [what, to, sent, status] of refused)
  test(`${what} is refused as the protocol says, with every header`, async () => {
    const [got, safe] = await Promise.all([send(plain.url, to, sent), send(secure.url, to, sent)])

    for (const each of [got, safe]) {
      hasEveryHeader(each, what)
      isDeclaredNo(each, what)
      assert.equal(each.status, status)
    }
    assert.equal(got.headers['strict-transport-security'], undefined)
    assert.equal(safe.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains')
  })

const bytes: [what: string, bytes: string, status: number][] = [
  ['what is no HTTP', 'HELO there\r\n\r\n', 400],
  ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a request without a host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['headers without end', `GET /health HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  ['a header that is none', 'GET /health HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n', 400],
  ['two lengths', 'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 400],
  [
    'a length and chunks',
    'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['half of the headers', 'GET /health HTTP/1.1\r\nHost: a\r\n', 408],
]
for (const [what, sent, status] of bytes)
  test(`${what} is refused as the protocol says, with every header, and its connection ends`, async () => {
    const got = await exchange(plain.url, sent)

    hasEveryHeader(got, what)
    isDeclaredNo(got, what)
    assert.equal(got.status, status)
  })

test('half of a body is waited for as long as it is worth, and not longer', async () => {
  const began = Date.now()
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`
  const got = await exchange(plain.url, head)

  assert.ok(Date.now() - began < 4000)
  if (got.status !== 0) isDeclaredNo(got, 'half of a body')
})

/** A connection that polls, and is taken. */
async function openPoll(): Promise<string> {
  const { text } = await send(plain.url, at)
  const { sid } = JSON.parse(text.slice(1)) as { sid: string }
  await send(plain.url, `${at}&sid=${sid}`, { method: 'POST', body: `40${JSON.stringify({ token: ada.token })}` })
  return sid
}

test('any verb on a connection that polls is answered in our words, and never as a fault', async () => {
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY']) {
    const sid = await openPoll()

    const live = await send(plain.url, `${at}&sid=${sid}`, { method })
    const dead = await send(plain.url, `${at}&sid=none`, { method })
    const poll = await send(plain.url, `${at}&sid=${sid}`)

    for (const got of [live, dead]) {
      hasEveryHeader(got, method)
      assert.deepEqual([got.status, got.headers['allow']], [405, 'GET, POST'], method)
      if (method !== 'HEAD') isDeclaredNo(got, method)
    }
    assert.deepEqual([poll.status, poll.headers['cache-control']], [200, 'no-store'], 'the connection goes on')
    hasEveryHeader(poll, 'a poll')
  }
})

test('what Engine.IO finds wrong with a connection that polls is a no in our words', async () => {
  const post = (sid: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    send(plain.url, `${at}&sid=${sid}`, { method: 'POST', body, headers })

  const large = await post(await openPoll(), 'x'.repeat(200_000))
  const binary = await post(await openPoll(), Buffer.from([1, 2, 3]), { 'content-type': 'application/octet-stream' })
  const other = await send(plain.url, `${at.replace('EIO=4', 'EIO=3')}&sid=${await openPoll()}`)
  const odd = await post(await openPoll(), '\u001e\u001e9999')

  assert.equal(large.status, 413)
  for (const [what, got] of Object.entries({ large, binary, other })) {
    hasEveryHeader(got, what)
    isDeclaredNo(got, what)
  }
  assert.equal(odd.status, 200, 'it was read; what it says ends the connection')
  hasEveryHeader(odd, 'odd')
})

test('an answer to an upgrade that is taken bears every header too', async () => {
  const got = await send(plain.url, ...socketUpgrade('EIO=4&transport=websocket'))

  assert.equal(got.status, 101)
  hasEveryHeader(got, 'a WebSocket')
  assert.match(String(got.headers['x-request-id']), /^[0-9a-f-]{36}$/)
})

test('a page that is not there is a page, with its request id and every header', async () => {
  for (const to of ['/nowhere', '/r/none', '/assets/none.js']) {
    const got = await send(plain.url, to, { headers: { accept: 'text/html,*/*' } })

    assert.equal(got.status, 404, to)
    hasEveryHeader(got, to)
    assert.match(String(got.headers['x-request-id']), /^[0-9a-f-]{36}$/)
    assert.match(String(got.headers['content-type']), /^text\//)
  }
})

test('every route that the running server has bears every header, whether it finds something or not', async () => {
  const routes = await routesOf()
  const paths = routes.flatMap((path) => (typeof path === 'string' ? [path.replace(/:\w+|\{\*path\}/g, 'none')] : []))

  assert.ok(paths.length > 5, paths.join())
  for (const to of paths) {
    const [got, safe] = await Promise.all([send(plain.url, to), send(secure.url, to)])
    for (const each of [got, safe]) {
      hasEveryHeader(each, to)
      assert.match(String(each.headers['x-request-id']), /^[0-9a-f-]{36}$/, to)
      assert.ok(each.status < 500, `${to}: ${each.status}`)
      if (each.status >= 400 && String(each.headers['content-type']).includes('json')) isDeclaredNo(each, to)
    }
    assert.match(String(safe.headers['strict-transport-security']), /^max-age=31536000/)
  }
})

type Routed = { request: { app?: { router: { stack: { route?: { path: unknown } }[] } } } }

/** The addresses that Express answers, read from a request that it answered. */
async function routesOf(): Promise<unknown[]> {
  let routes: unknown[] = []
  const look = (message: unknown): void => {
    const { app } = (message as Routed).request
    if (app) routes = app.router.stack.flatMap(({ route }) => (route ? [route.path] : []))
  }
  subscribe('http.server.response.finish', look)
  await send(plain.url, '/health')
  unsubscribe('http.server.response.finish', look)
  return routes
}

test('every method of the registry says no in the same shape, over both doors', async () => {
  const seat = await ada.connect()
  for (const { name } of registry.methods.values()) {
    const got = await send(plain.url, `/api/${name}`, asked({ authorization: `Bearer ${ada.token}` }, '[]'))
    const answer: unknown = await seat.socket.timeout(5000).emitWithAck('ask', name, [])

    hasEveryHeader(got, name)
    isDeclaredNo(got, name)
    const { ok, refusal } = answer as { ok: boolean; refusal: { code: string; requestId: string } }
    assert.equal(ok, false, name)
    assert.ok(refusal.code in refusals && refusal.code !== 'Internal', `${name}: ${refusal.code}`)
    assert.match(refusal.requestId, /^[0-9a-f-]{36}$/, name)
    assert.deepEqual(
      Object.keys(refusal).toSorted(),
      refusal.code === 'InvalidInput' ? ['code', 'params', 'requestId'] : ['code', 'requestId'],
    )
  }
})
