import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { createGroup, sendMessage, type LocalId, type RoomId } from '@connectly/protocol'
import { newId, startServer } from '../test-kit.ts'
import { metricsStatus } from './metrics-door.ts'

const TOKEN = 'a token for metrics only'

const from = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage

test('without a token, metrics are for who asks directly from this machine or its private network', () => {
  const near = [
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '10.1.2.3',
    '172.16.0.9',
    '192.168.1.20',
    'fd00::7',
    'fe80::1%eth0',
  ]
  const far = ['203.0.113.9', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.9', '']
  const proxied = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via', 'x-forwarded-proto', 'x-forwarded-host']

  assert.deepEqual(
    near.map((peer) => metricsStatus(null, from(peer))),
    near.map(() => 200),
  )
  assert.deepEqual(
    far.map((peer) => metricsStatus(null, from(peer))),
    far.map(() => 404),
  )
  assert.deepEqual(
    proxied.map((header) => metricsStatus(null, from('127.0.0.1', { [header]: '127.0.0.1' }))),
    proxied.map(() => 404),
  )
})

test('with a token, metrics want it as a bearer from everybody, wherever they come from', async () => {
  const server = await startServer({ config: { metricsToken: TOKEN } })
  const get = (authorization: string | undefined, more: Record<string, string> = {}) =>
    fetch(`${server.url}/metrics`, { headers: { ...(authorization && { authorization }), ...more } })

  const answers = await Promise.all(
    [undefined, TOKEN, `Bearer ${TOKEN}x`, `Bearer ${TOKEN}`].map((authorization) => get(authorization)),
  )
  const throughProxy = await get(`Bearer ${TOKEN}`, { 'x-forwarded-for': '203.0.113.9' })
  await server.stop()

  assert.deepEqual(
    answers.map(({ status }) => status),
    [401, 401, 401, 200],
  )
  assert.equal(throughProxy.status, 200)
  assert.equal(answers[0]?.headers.get('www-authenticate'), 'Bearer')
  assert.doesNotMatch((await answers[0]?.text()) ?? '', /connectly_/)
})

test('whoever comes through a proxy without a token finds nothing, as at any address that does not exist', async () => {
  const server = await startServer()
  const get = (path: string) => fetch(`${server.url}${path}`, { headers: { 'x-forwarded-for': '203.0.113.9' } })

  const [metrics, nothing] = await Promise.all([get('/metrics'), get('/nothing.txt')])
  await server.stop()

  const plain = (text: string) => text.replace(/"requestId":"[^"]+"/, '')
  assert.deepEqual([metrics.status, nothing.status], [404, 404])
  assert.equal(plain(await metrics.text()), plain(await nothing.text()))
})

test('a scrape tells the rate of requests and errors, how long they took, and what failed', async () => {
  const server = await startServer()
  const ada = await server.person('ada')
  const scrape = async () => parse(await (await fetch(`${server.url}/metrics`)).text())
  const before = await scrape()

  await fetch(`${server.url}/nothing.txt`)
  await server.again(ada.userId, 'a-token-that-nobody-has').tries(createGroup, group())
  await ada.tries(sendMessage, {
    roomId: newId<RoomId>(),
    localId: newId<LocalId>(),
    body: { kind: 'text', text: 'x' },
  })
  const seat = await ada.connect()
  seat.socket.disconnect()
  await seat.until(() => !seat.isOpen())
  let now = await scrape()
  for (const by = Date.now() + 5000; now['connectly_sockets'] !== 0 && Date.now() < by;) now = await scrape()
  await server.stop()

  const grown = (name: string) => (now[name] ?? 0) - (before[name] ?? 0)
  assert.equal(grown('connectly_http_requests_total{status="401"}'), 1)
  assert.equal(grown('connectly_http_requests_total{status="404"}'), 2)
  assert.equal(grown('connectly_http_request_seconds_count{status="4xx"}'), 3)
  assert.ok(grown('connectly_http_request_seconds_count{status="2xx"}') >= 1)
  assert.equal(grown('connectly_http_request_seconds_bucket{le="10",status="4xx"}'), 3)
  assert.ok(grown('connectly_http_request_seconds_sum{status="4xx"}') > 0)
  assert.equal(grown('connectly_auth_failures_total{reason="SignedOut"}'), 1)
  assert.equal(grown('connectly_send_failures_total{code="NotFound"}'), 1)
  assert.equal(grown('connectly_disconnects_total{reason="client namespace disconnect"}'), 1)
  assert.equal(grown('connectly_asks_total{method="messages.send",door="http",outcome="NotFound"}'), 1)
  assert.equal(grown('connectly_suspicious_total{reason="foreign id"}'), 1)
})

const group = () => ({ localId: newId<LocalId>(), name: 'Notes', userIds: [] })

/** Every sample by its name and labels; fails for a line that is neither that nor a comment. */
function parse(text: string): Record<string, number> {
  const samples = text.split('\n').filter((line) => line && !line.startsWith('#'))
  return Object.fromEntries(
    samples.map((line) => {
      const [, name = '', value = ''] = /^([a-zA-Z_:][\w:]*(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? []
      assert.ok(name && (value === 'Nan' || !Number.isNaN(Number(value))), line)
      return [name, Number(value)]
    }),
  )
}
