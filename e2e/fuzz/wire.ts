import { between, oneOf, type Random } from '../crash/random.ts'
import { garbled } from './mutate.ts'

/* Engine.IO and Socket.IO as nobody should speak them. */

const ids = ['', '0', '1', '7', '-1', '1.5', '1e3', ' ', '99999999999999999999', '0x1', '٣', '+1']
const namespaces = [
  '',
  '/',
  '/,',
  '/admin,',
  '/__proto__,',
  '/constructor,',
  '/?a=b,',
  `/${'x'.repeat(2000)},`,
  '/"{,',
  '//,',
]
const attachments = ['', '1-', '0-', '-1-', '11-', '1e9-', '99999999999-', '1', 'NaN-', ' 1-', '2-']
const reserved = [
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  'error',
  'told',
  'said',
  'hello',
  '__proto__',
  '',
  'ask',
]

/** A Socket.IO packet with something wrong in any of its parts. */
function packet(random: Random, ask: string): string {
  const data = oneOf(random, [
    ask,
    ask,
    ask,
    garbled(ask, random),
    '["ask"]',
    '["ask","accounts.me",{"_placeholder":true,"num":0}]',
    '["ask","accounts.me",{"_placeholder":true,"num":-1}]',
    '["ask","accounts.me",{"_placeholder":true,"num":"__proto__"}]',
    `[${JSON.stringify(oneOf(random, reserved))},{}]`,
    `[${between(random, -1, 9)},"accounts.me",{}]`,
    '[]',
    '[[]]',
    '{}',
    '{"token":"«token»"}',
    '{"token":{"$gt":""}}',
    '{"token":"«token»","token":"«token»"}',
    '"x"',
    'null',
    '',
    '['.repeat(between(random, 1, 20_000)),
  ])
  const type = oneOf(random, ['2', '2', '2', '2', '0', '1', '3', '4', '5', '5', '6', '7', '9', '', '-', 'x'])
  return (
    type +
    oneOf(random, type === '5' || type === '6' ? attachments : ['']) +
    oneOf(random, random() < 0.7 ? [''] : namespaces) +
    oneOf(random, ids) +
    data
  )
}

/** Frames that follow each other on one connection. */
export function frames(random: Random, ask: string): (string | Uint8Array)[] {
  return Array.from({ length: between(random, 1, 4) }, (): string | Uint8Array => {
    const dice = random()
    if (dice < 0.35) return `42${between(random, 1, 99)}${ask}`
    if (dice < 0.6) return `4${packet(random, ask)}`
    if (dice < 0.7)
      return oneOf(random, [
        '',
        '0',
        '1',
        '2',
        '2probe',
        '3',
        '3probe',
        '5',
        '6',
        '7',
        '9',
        'b',
        'bAAEC',
        'b====',
        '4',
        '\u0000',
        '\u001e',
        `2${'x'.repeat(5000)}`,
      ])
    if (dice < 0.8) return bytes(random, between(random, 0, 3000))
    if (dice < 0.85) return `42["ask","accounts.me",{"pad":"${'x'.repeat(between(random, 90_000, 200_000))}"}]`
    return garbled(`42${ask}`, random)
  })
}

const bytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => between(random, 0, 255))

/** Requests on a connection that polls. */
export function polls(random: Random, ask: string): { verb: string; query: string; body: string; type: string }[] {
  const some = () => frames(random, ask).filter((each): each is string => typeof each === 'string')
  return Array.from({ length: between(random, 1, 3) }, () => ({
    verb: oneOf(random, ['POST', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']),
    query: oneOf(random, [
      'EIO=4&transport=polling&sid=«sid»',
      'EIO=4&transport=polling&sid=«sid»',
      'EIO=4&transport=polling&sid=«sid»&j=0',
      'EIO=3&transport=polling&sid=«sid»&b64=1',
      'EIO=4&transport=websocket&sid=«sid»',
      'EIO=4&transport=polling',
      'EIO=4&transport=polling&sid=toString',
      'sid=«sid»',
      'EIO=4&EIO=3&transport=polling&sid=«sid»&sid=x',
    ]),
    body: oneOf(random, [
      some().join('\u001e'),
      some().join('\u001e'),
      '\u001e'.repeat(between(random, 1, 5000)),
      `${'2\u001e'.repeat(200)}2`,
      '1',
      '',
      'x'.repeat(120_000),
      '3:40\u00001:2',
    ]),
    type: oneOf(random, [
      'text/plain;charset=UTF-8',
      'text/plain;charset=UTF-8',
      'application/octet-stream',
      'application/json',
      '',
    ]),
  }))
}

/** Bytes for a port where HTTP is spoken. */
export function rawBytes(random: Random): Buffer {
  const crlf = '\r\n'
  const whole = `POST /api/accounts.me HTTP/1.1${crlf}Host: «host»${crlf}Content-Type: application/json${crlf}Authorization: Bearer «token»${crlf}Content-Length: 2${crlf}Connection: close${crlf}${crlf}{}`
  const texts = [
    whole,
    whole.replace('Content-Length: 2', 'Transfer-Encoding: chunked').replace('{}', `2${crlf}{}${crlf}zz${crlf}`),
    whole.replace('Content-Length: 2', `Transfer-Encoding: chunked${crlf}Content-Length: 2`),
    whole.replace('Content-Length: 2', `Content-Length: 2${crlf}Content-Length: 3`),
    whole.replace('Content-Length: 2', 'Content-Length: -2'),
    whole.replace('Content-Length: 2', 'Content-Length: 99999999999999999999'),
    whole.replace('Content-Length: 2', 'Content-Length: 200').replace('Connection: close', ''),
    whole.replace('HTTP/1.1', 'HTTP/9.9'),
    whole.replace('HTTP/1.1', 'HTTP/1.0'),
    whole.replace('POST', 'CONNECT'),
    whole.replace('POST', 'P\u0000ST'),
    whole.replace('/api', 'http://elsewhere.example/api'),
    whole.replace('/api', 'http://[::1/api'),
    whole.replace('Host: «host»', ''),
    whole.replace('Host: «host»', `Host: a${crlf}Host: b`),
    whole.replace('Host:', 'Host :'),
    whole.replace('Host:', `X: a${crlf} folded${crlf}Host:`),
    whole.replace('Host:', `${`X-${'y'.repeat(200)}: z${crlf}`.repeat(between(random, 50, 200))}Host:`),
    whole.replace(
      'Connection: close',
      `Upgrade: ${oneOf(random, ['h2c', 'websocket', 'x'])}${crlf}Connection: Upgrade`,
    ),
    whole.replaceAll(crlf, '\n'),
    whole + whole.replace('{}', '{"a":1,"a":2}') + whole,
    `PRI * HTTP/2.0${crlf}${crlf}SM${crlf}${crlf}`,
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
    'GET / HTTP/1.1',
  ]
  const text = oneOf(random, texts)
  return random() < 0.4 ? Buffer.from(garbled(text, random), 'latin1') : Buffer.from(text, 'latin1')
}

/** Bytes for a connection that has become a WebSocket: its frames, with headers that do not fit. */
export function upgradeBytes(random: Random): Buffer {
  const parts = Array.from({ length: between(random, 1, 4) }, () => {
    const body =
      random() < 0.5
        ? Buffer.from(packet(random, '["ask","accounts.me",{}]').slice(0, 100))
        : Buffer.from(bytes(random, between(random, 0, 100)))
    const first = oneOf(
      random,
      [0x81, 0x81, 0x81, 0x82, 0x80, 0x01, 0x00, 0xc1, 0xf1, 0x83, 0x8b, 0x88, 0x89, 0x8a, 0x09],
    )
    const second = oneOf(random, [0x80 | body.length, 0x80 | body.length, body.length, 0xfe, 0xff, 0x80])
    const length =
      (second & 0x7f) === 126
        ? Buffer.from([between(random, 0, 255), between(random, 0, 255)])
        : (second & 0x7f) === 127
          ? Buffer.from(bytes(random, 8))
          : Buffer.alloc(0)
    const mask = second & 0x80 ? Buffer.alloc(4) : Buffer.alloc(0)
    return Buffer.concat([Buffer.from([first, second]), length, mask, body])
  })
  const all = Buffer.concat(parts)
  return random() < 0.3 ? all.subarray(0, between(random, 1, all.length)) : all
}
