import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { registry } from '@connectly/protocol'
import { startServer, type TestServer } from '../test-kit.ts'

/* The web client's files, the documents, and what operators ask. */

const dir = mkdtempSync(join(tmpdir(), 'connectly-dist-'))
const clientDir = join(dir, 'dist')
const shell = '<!doctype html><title>Connectly</title>'
const script = `console.log('${'hello '.repeat(50)}')`
let server: TestServer
before(async () => {
  mkdirSync(join(clientDir, 'assets'), { recursive: true })
  writeFileSync(join(dir, 'secret.txt'), 'not to be seen')
  writeFileSync(join(clientDir, '.hidden.txt'), 'not to be seen')
  writeFileSync(join(clientDir, 'index.html'), shell)
  writeFileSync(join(clientDir, 'icon.svg'), '<svg/>')
  writeFileSync(join(clientDir, 'assets/app-1a2b.js.map'), 'not to be seen')
  writeFileSync(join(clientDir, 'assets/app-1a2b.js'), script)
  writeFileSync(join(clientDir, 'assets/app-1a2b.js.br'), brotliCompressSync(script))
  writeFileSync(join(clientDir, 'assets/app-1a2b.js.gz'), gzipSync(script))
  server = await startServer({ clientDir })
})
after(async () => {
  await server.stop()
  rmSync(dir, { recursive: true })
})

type Got = { status: number; headers: IncomingHttpHeaders; body: Buffer; text: string }

/** Asks for a path exactly as it is written, as a browser's page would. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const { hostname, port } = new URL(server.url)
  return new Promise((done, fail) => {
    const accept = { accept: 'text/html,*/*;q=0.8', ...headers }
    const sending = httpRequest({ hostname, port, path, method, headers: accept, agent: false }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => {
        const body = Buffer.concat(parts)
        done({ status: answer.statusCode ?? 0, headers: answer.headers, body, text: body.toString() })
      })
    })
    sending.on('error', fail)
    sending.end()
  })
}

const id = '01999999-9999-7999-8999-999999999999'

test('a page that the client has is its shell, which is asked for each time, and any other is not there', async () => {
  const known = ['/', '/sign-in', '/sign-up', '/you', '/requests', `/requests/${id}`, `/r/${id}`, `/r/${id}/${id}`]
  const unknown = ['/nowhere', '/sign-in/x', '/r', '/r/1', `/r/${id}/`, '/index.html', `/r/${id}/${id}/${id}`, '//evil']

  for (const path of known) assert.equal((await get(path)).status, 200, path)
  for (const path of unknown) assert.equal((await get(path)).status, 404, path)
  for (const path of [...known, ...unknown]) {
    const { text, headers } = await get(path)
    assert.equal(text === shell, known.includes(path), path)
    assert.match(String(headers['content-type']), /^text\/html/)
    assert.equal(headers['cache-control'], known.includes(path) ? 'no-cache' : 'no-store')
  }
})

test('a hashed file is kept for ever, another one is asked for each time, and one that is not there is a 404 not kept', async () => {
  const [hashed, other, missing] = [
    await get('/assets/app-1a2b.js'),
    await get('/icon.svg'),
    await get('/assets/app-0000.js'),
  ]

  assert.deepEqual(
    [hashed.status, hashed.text, hashed.headers['cache-control']],
    [200, script, 'public, max-age=31536000, immutable'],
  )
  assert.match(String(hashed.headers['content-type']), /^text\/javascript/)
  assert.deepEqual([other.status, other.headers['cache-control']], [200, 'no-cache'])
  assert.match(String(other.headers['content-type']), /^image\/svg\+xml/)
  assert.deepEqual([missing.status, missing.headers['cache-control']], [404, 'no-store'])
})

test('a file that has not changed is not sent again', async () => {
  const first = await get('/icon.svg')

  const again = await get('/icon.svg', { 'if-none-match': String(first.headers['etag']) })

  assert.deepEqual([again.status, again.body.length], [304, 0])
})

function unpack(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'br') return brotliDecompressSync(body)
  return encoding === 'gzip' ? gunzipSync(body) : body
}

test('the smallest form that the browser takes is sent', async () => {
  const forms: [accepts: string | undefined, encoding: string | undefined][] = [
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=1.0, br;q=0', 'gzip'],
    ['br;q=0, gzip;q=0', undefined],
    ['zebra', undefined],
    ['identity', undefined],
    [undefined, undefined],
  ]

  for (const [accepts, encoding] of forms) {
    const { body, headers } = await get(
      '/assets/app-1a2b.js',
      accepts === undefined ? {} : { 'accept-encoding': accepts },
    )
    const text = unpack(body, encoding)
    assert.deepEqual([headers['content-encoding'], text.toString()], [encoding, script], String(accepts))
    assert.match(String(headers['vary']), /Accept-Encoding/)
    assert.match(String(headers['content-type']), /^text\/javascript/)
  }
  assert.equal((await get('/icon.svg', { 'accept-encoding': 'br' })).headers['content-encoding'], undefined)
})

test('nothing outside of the folder is served, nor what is hidden in it', async () => {
  const paths = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/....//secret.txt',
    `/${encodeURIComponent(join(dir, 'secret.txt'))}`,
    '/secret.txt%00.js',
    '/.hidden.txt',
    '/%2ehidden.txt',
    '/assets/app-1a2b.js.map',
  ]

  for (const path of paths) {
    const { status, text, headers } = await get(path)
    assert.doesNotMatch(text, /not to be seen/, path)
    assert.ok(status === 404 || status === 400, `${path} was answered with ${status}`)
    assert.doesNotMatch(String(headers['cache-control']), /immutable/)
  }
})

test('a first page brings a double-submit cookie that its script can read', async () => {
  const first = await get('/', { 'sec-fetch-site': 'none' })
  const cookie = String(first.headers['set-cookie'])

  const again = await get('/', { cookie: cookie.slice(0, cookie.indexOf(';')) })

  assert.match(cookie, /^connectly_csrf=[\w-]+\.[\w-]+;/)
  assert.doesNotMatch(cookie, /HttpOnly/i)
  assert.equal(again.headers['set-cookie'], undefined)
})

test('/health lives while the process does, and /ready says 503 when the store cannot be asked', async () => {
  let isBroken = false
  const failing = await startServer({
    store: (store) => ({
      ...store,
      count: (table, where, atMost) =>
        isBroken ? Promise.reject(new Error('gone')) : store.count(table, where, atMost),
    }),
  })
  const statuses = async () => {
    const [health, ready] = await Promise.all(['/health', '/ready'].map((path) => fetch(failing.url + path)))
    return [health?.status, ready?.status]
  }

  const before = await statuses()
  isBroken = true
  const broken = await statuses()
  await failing.stop()

  assert.deepEqual(
    [before, broken],
    [
      [200, 200],
      [200, 503],
    ],
  )
})

test('/ready says 503 when the store does not answer at all, asks it once, and 200 when it does again', async () => {
  let release = () => undefined as void
  const held = new Promise<void>((done) => (release = done))
  let isSilent = false
  let asked = 0
  const silent = await startServer({
    store: (store) => ({
      ...store,
      count: async (table, where, atMost) => {
        asked++
        if (isSilent) await held
        return store.count(table, where, atMost)
      },
    }),
  })
  const ready = async () => (await fetch(`${silent.url}/ready`)).status
  isSilent = true

  const [began, before] = [performance.now(), asked]
  const statuses = await Promise.all([ready(), ready(), ready()])
  const took = performance.now() - began
  const times = asked - before
  release()
  const later = await ready()
  await silent.stop()

  assert.deepEqual([statuses, later, times], [[503, 503, 503], 200, 1])
  assert.ok(took < 4000, `it took ${took} ms`)
})

test('/ready says 503 while what was begun is finished, and nothing new is begun', async () => {
  let release = () => undefined as void
  const held = new Promise<void>((done) => (release = done))
  let begun = () => undefined as void
  const isBegun = new Promise<void>((done) => (begun = done))
  let isSlow = false
  const slow = await startServer({
    store: (store) => ({
      ...store,
      commit: async (changes, now) => {
        if (isSlow) begun()
        if (isSlow) await held
        return store.commit(changes, now)
      },
    }),
  })
  const ada = await slow.person('ada')
  const create = () =>
    ada.tries(registryMethod('rooms.create'), { localId: crypto.randomUUID(), name: 'Notes', userIds: [] })
  isSlow = true
  const first = create()
  await isBegun

  const stopped = slow.stop()
  const [health, ready] = [await fetch(`${slow.url}/health`), await fetch(`${slow.url}/ready`)]
  const second = (await create()) as { ok: boolean; refusal?: { code: string } }
  release()

  assert.deepEqual([health.status, ready.status, ready.headers.get('connection')], [200, 503, 'close'])
  assert.equal(second.refusal?.code, 'Unavailable')
  assert.equal((await first).ok, true)
  await stopped
})

const registryMethod = (name: string) => registry.methods.get(name) ?? assert.fail(`no method is called ${name}`)

test('/metrics counts requests, asks, failures to sign in and to send, sockets and how they ended', async () => {
  const ada = await server.person('ada')
  const line = async (name: string) => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    return Number(new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  }
  const sent = { roomId: id, localId: crypto.randomUUID(), body: { kind: 'text', text: 'hello' } }

  await ada.tries(registryMethod('messages.send'), sent)
  await ada.tries(registryMethod('accounts.signIn'), { username: 'nobody', password: 'nothing at all' })
  await server.again(ada.userId, 'A'.repeat(43)).tries(registryMethod('accounts.me'), {})
  const connection = await ada.connect()
  const open = await line('connectly_sockets')
  connection.socket.disconnect()
  await connection.until(() => !connection.isOpen())

  assert.equal(open, 1)
  assert.equal(await line('connectly_send_failures_total{code="NotFound"}'), 1)
  assert.equal(await line('connectly_auth_failures_total{reason="WrongCredentials"}'), 1)
  assert.equal(await line('connectly_auth_failures_total{reason="SignedOut"}'), 1)
  assert.equal(await line('connectly_asks_total{method="messages.send",door="http",outcome="NotFound"}'), 1)
  assert.ok((await line('connectly_http_requests_total{status="404"}')) >= 1)
  assert.ok((await line('connectly_http_requests_total{status="401"}')) >= 2)
  assert.ok((await line('connectly_ask_seconds_count')) >= 3)
  const isCounted = async () => (await line('connectly_disconnects_total{reason="client namespace disconnect"}')) === 1
  for (let tries = 0; !(await isCounted()); tries++) assert.ok(tries < 100, 'the disconnect was counted')
})

/** Whether every `$ref` inside a document leads somewhere in it. */
function brokenRefs(document: unknown, within: unknown = document): string[] {
  if (typeof within !== 'object' || within === null) return []
  return Object.entries(within).flatMap(([key, value]: [string, unknown]) => {
    if (key !== '$ref') return brokenRefs(document, value)
    const steps = String(value).replace(/^#\//, '').split('/')
    const end = steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/')],
      document,
    )
    return end === undefined ? [String(value)] : []
  })
}

test('OpenAPI has every method with its refusals, AsyncAPI every method of the socket, every event and signal', async () => {
  type Document = {
    paths: Record<string, { post: { responses: Record<string, unknown> } }>
    channels: { socket: { messages: object } }
  }
  const [open, async_] = (await Promise.all(
    ['openapi', 'asyncapi'].map(async (name) => (await fetch(`${server.url}/api/${name}.json`)).json()),
  )) as [Document, Document]

  const onSocket = [...registry.methods.values()]
    .filter((method) => method.door === 'both')
    .map((method) => method.name)
  const said = [...onSocket, ...registry.events.keys(), ...registry.signals.keys()]
  assert.deepEqual(
    Object.keys(open.paths).toSorted(),
    [...registry.methods.keys()].map((name) => `/${name}`).toSorted(),
  )
  assert.deepEqual(Object.keys(async_.channels.socket.messages).toSorted(), said.toSorted())
  assert.deepEqual([...brokenRefs(open), ...brokenRefs(async_)], [])
  for (const { post } of Object.values(open.paths))
    for (const status of ['200', '400', '401', '403', '404', '409', '413', '429', '500', '503'])
      assert.ok(status in post.responses)
})
