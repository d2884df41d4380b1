import { registry, type Method } from '@connectly/protocol'
import { between, oneOf, seeded, type Random } from '../crash/random.ts'
import { garbled, spoilt } from './mutate.ts'
import { legalInput, type Json } from './shapes.ts'
import { frames, polls, rawBytes, upgradeBytes } from './wire.ts'

/** Who sends; an administrator has shown a second factor. */
export const actors = ['anonymous', 'member', 'admin'] as const
export type Actor = (typeof actors)[number]

/** Who sends how often: what is behind a session is most of what there is. */
const senders: readonly Actor[] = ['anonymous', 'member', 'member', 'admin', 'admin']

/** One thing that is sent, as data: it follows from the seed and its number alone. */
export type Packet = { n: number; actor: Actor } & Sent

type Sent =
  /** A method asked, over either door; `text` is the input as it is written. */
  | { kind: 'ask'; door: 'http' | 'socket'; method: string; text: string; isLegal: boolean }
  /** An ask by HTTP that is wrong about more than its body. */
  | { kind: 'request'; verb: string; path: string; headers: Record<string, string>; body: string }
  /** Frames for a WebSocket that is open, signed in or not. */
  | { kind: 'frames'; signedIn: boolean; frames: readonly (string | Uint8Array)[] }
  /** Bodies for a connection that polls. */
  | { kind: 'polls'; requests: readonly { verb: string; query: string; body: string; type: string }[] }
  /** Bytes for the port; with `isUpgraded` after a WebSocket was taken. */
  | { kind: 'bytes'; isUpgraded: boolean; hex: string }

const methods = [...registry.methods.values()]

/** The packet of a seed that has this number. */
export function packetOf(seed: number, n: number): Packet {
  const random = seeded(Math.imul(seed, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b))
  for (let warm = 0; warm < 4; warm++) random()
  return { n, actor: oneOf(random, senders), ...sent(random) }
}

function sent(random: Random): Sent {
  const dice = random()
  if (dice < 0.72) return ask(random)
  if (dice < 0.8) return request(random)
  if (dice < 0.9) return { kind: 'frames', signedIn: random() < 0.8, frames: frames(random, anAsk(random)) }
  if (dice < 0.95) return { kind: 'polls', requests: polls(random, anAsk(random)) }
  const isUpgraded = random() < 0.5
  return { kind: 'bytes', isUpgraded, hex: (isUpgraded ? upgradeBytes(random) : rawBytes(random)).toString('hex') }
}

function ask(random: Random): Sent {
  const method = oneOf(random, methods)
  const { text, isLegal } = inputOf(method, random)
  const door = method.door === 'both' ? oneOf(random, ['http', 'socket'] as const) : method.door
  return {
    kind: 'ask',
    door: random() < 0.03 ? oneOf(random, ['http', 'socket'] as const) : door,
    method: method.name,
    text,
    isLegal,
  }
}

/** An input as it is written: legal, with wrong values in it, or not even JSON. */
function inputOf(method: Method, random: Random): { text: string; isLegal: boolean } {
  const value = legalInput(method.input, random)
  const dice = random()
  if (dice < 0.35) return { text: written(value), isLegal: true }
  const text = written(dice < 0.85 ? spoilt(value, random) : value)
  return { text: dice < 0.75 ? text : garbled(text, random), isLegal: false }
}

/** As JSON.stringify writes it: half of a surrogate pair is escaped, a key `__proto__` is a key. */
const written = (value: Json): string => JSON.stringify(value)

function anAsk(random: Random): string {
  const method = oneOf(random, methods)
  return `["ask","${method.name}",${inputOf(method, random).text}]`
}

function request(random: Random): Sent {
  const method = oneOf(random, methods)
  const { text } = inputOf(method, random)
  const headers: Record<string, string> = {}
  const odd: readonly (readonly [string, readonly string[]])[] = [
    [
      'content-type',
      [
        'text/plain',
        'application/json; charset=utf-16',
        'multipart/form-data; boundary=x',
        'application/json;;',
        '',
        'APPLICATION/JSON',
        'application/x-www-form-urlencoded',
      ],
    ],
    [
      'authorization',
      [
        'Bearer',
        'Bearer x',
        `Bearer ${'A'.repeat(43)}`,
        'Basic QTpC',
        `Bearer ${'A'.repeat(4000)}`,
        'bearer «token»',
        'Bearer «token»',
        'Bearer «token»',
      ],
    ],
    [
      'cookie',
      [
        'connectly=«token»',
        'connectly=; connectly=«token»',
        `connectly=${'='.repeat(300)}`,
        '; ; ;=',
        'connectly_csrf=a.b; connectly=x',
        '__proto__=1',
      ],
    ],
    ['origin', ['null', '«own»', 'https://elsewhere.example', '«own».evil.example', 'http://', '://', '«own»/']],
    ['sec-fetch-site', ['cross-site', 'same-origin', 'none', 'x']],
    ['x-csrf-token', ['', '.', 'a.b', 'x'.repeat(3000)]],
    ['content-encoding', ['gzip', 'identity', 'br', 'rot13', 'gzip, gzip']],
    ['host', ['', 'elsewhere.example', '[::1', 'a:b:c', '«host»']],
    ['x-forwarded-for', ['1.2.3.4', '::ffff:1.2.3.4, x', ','.repeat(500), '«host»']],
    ['x-forwarded-proto', ['https', 'x, y', '']],
    ['x-request-id', ['1', 'x'.repeat(2000), '«own»', 'a\u00e9']],
    ['accept', ['text/html', '*/*;q=x', ',', 'application/json']],
    ['accept-encoding', ['br;q=0', 'x'.repeat(900), '*', 'gzip;q=', '']],
    ['accept-language', ['xx-YY-zz;q=9', '-', 'x'.repeat(1000)]],
    ['if-none-match', ['*', 'W/"', '""']],
    ['if-modified-since', ['never', 'Tue, 31 Feb 2026 25:61:61 GMT']],
    ['range', ['bytes=0-', 'bytes=-0', 'bytes=9-1', 'x=0-1', `bytes=${'0-1,'.repeat(200)}`]],
    ['expect', ['100-continue', 'something-else']],
    ['user-agent', ['', 'Mozilla/5.0 (X11; Linux) Firefox/1', '('.repeat(3000)]],
  ]
  for (let times = between(random, 1, 4); times > 0; times--) {
    const [name, values] = oneOf(random, odd)
    headers[name] = oneOf(random, values)
  }
  headers['content-type'] ??= 'application/json'
  if (random() < 0.4) headers['authorization'] ??= 'Bearer «token»'
  const paths = [
    `/api/${method.name}`,
    `/api/${method.name}`,
    `/api/${method.name}/`,
    `/API/${method.name.toUpperCase()}`,
    `/api/${method.name}%00`,
    `/api/${method.name}?a=${'b'.repeat(3000)}`,
    '/api/__proto__',
    '/api/%E0%A4%A',
    '/api/',
    '//api/x',
    '/socket.io/?EIO=4&transport=polling&sid=__proto__',
    '/socket.io/?EIO=4&transport=polling&transport=websocket',
    '/socket.io/?EIO=4&transport[]=polling',
    '/socket.io/%',
    '/socket.io',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/x.js',
    '/x.js%00.html',
    '/.env',
    '/metrics',
    '/ready',
    '/r/%ff',
    '*',
    `/${'a/'.repeat(2000)}`,
  ]
  const verbs = ['POST', 'POST', 'POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'SEARCH', 'QUERY']
  return { kind: 'request', verb: oneOf(random, verbs), path: oneOf(random, paths), headers, body: text }
}
