import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openSync, sendMessage, type Answer, type LocalId } from '@connectly/protocol'
import fc from 'fast-check'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { send } from './request-kit.ts'
import { faultIn, inputOf, NOT_JSON } from './strict-json.ts'

/* What JSON.parse would take without a word, refused at both doors before anything reads it, with the field named. */

let server: TestServer
let ada: TestPerson
let roomId: string
let ask: (text: string, method?: string) => Promise<Answer<unknown>>
let socket: WebSocket
before(async () => {
  server = await startServer()
  ada = await server.person('ada')
  roomId = await befriend(ada, await server.person('bob'))
  ;({ ask, socket } = await asker(ada.token))
})
after(async () => {
  socket.close()
  await server.stop()
})

/** Asks over a socket with an input that is written as it is. */
async function asker(token: string) {
  const line = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const waiting = new Map<string, (answer: Answer<unknown>) => void>()
  let asked = 0
  await new Promise<void>((open, fail) => {
    line.addEventListener('close', () => fail(new Error('the connection ended')))
    line.addEventListener('message', ({ data }) => {
      const packet = String(data)
      if (packet.startsWith('0')) line.send(`40${JSON.stringify({ token })}`)
      if (packet.startsWith('42["hello"')) open()
      const id = /^43(\d+)\[/.exec(packet)?.[1]
      if (id) waiting.get(id)?.((JSON.parse(packet.slice(2 + id.length)) as [Answer<unknown>])[0])
    })
  })
  const ask = (input: string, method = sendMessage.name) => {
    const id = String(++asked)
    line.send(`42${id}["ask","${method}",${input}]`)
    return new Promise<Answer<unknown>>((done) => waiting.set(id, done))
  }
  return { ask, socket: line }
}

async function post(body: string): Promise<{ status: number; answer: Answer<unknown> }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` }
  const got = await send(server.url, `/api/${sendMessage.name}`, { method: 'POST', headers, body })
  return { status: got.status, answer: JSON.parse(got.text) as Answer<unknown> }
}

const refusalOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : [answer.refusal.code, answer.refusal.params])
const body = '{"kind":"text","text":"hello"}'
const nested = (depth: number, inside = '1') => `${'[{"a":'.repeat(depth / 2)}${inside}${'}]'.repeat(depth / 2)}`

const faults: [what: string, input: () => string, field: string, reason: string][] = [
  ['a field that comes twice', () => `{"roomId":"${roomId}","roomId":"${roomId}"}`, 'roomId', 'comes twice'],
  [
    'a field that comes twice in another spelling',
    () => `{"body":${body},"bod\\u0079":${body}}`,
    'body',
    'comes twice',
  ],
  [
    'a field within one that comes twice',
    () => '{"body":{"text":"a","kind":"text","text":"b"}}',
    'body.text',
    'comes twice',
  ],
  [
    'a field in a list that comes twice',
    () => '{"body":{"mentions":[{"who":"all"},{"start":1,"start":2}]}}',
    'body.mentions.1.start',
    'comes twice',
  ],
  ['__proto__', () => '{"__proto__":{"isAdmin":true}}', '', 'is a name that no field may have'],
  ['__proto__ in disguise', () => '{"__pr\\u006fto__":{}}', '', 'is a name that no field may have'],
  ['constructor within a field', () => '{"body":{"constructor":{}}}', 'body', 'is a name that no field may have'],
  ['prototype within what nobody knows', () => '{"x":{"prototype":1}}', '', 'is a name that no field may have'],
  ['nesting without end', () => `{"body":${nested(40)}}`, 'body', 'is nested too deep'],
  ['NUL in a text', () => '{"body":{"text":"a\\u0000b"}}', 'body.text', 'has a character that cannot be kept'],
  [
    'half a character in a text',
    () => '{"body":{"text":"\\ud83d"}}',
    'body.text',
    'has a character that cannot be kept',
  ],
  ['NUL where nobody looks', () => '{"x":["\\u0000"]}', '', 'has a character that cannot be kept'],
  ['a name that nobody knows, twice', () => '{"secret words":1,"secret words":2}', '', 'comes twice'],
]
for (const [what, input, field, reason] of faults) {
  test(`${what} is refused over both doors, with the field named and nobody's words repeated`, async () => {
    const text = input()

    const [http, said] = [await post(text), await ask(text)]

    assert.deepEqual([http.status, refusalOf(http.answer)], [400, ['InvalidInput', { field, reason }]])
    assert.deepEqual(refusalOf(said), ['InvalidInput', { field, reason }])
  })
}

test('what is legal is taken as before: deep enough, with names that only resemble, and quotation marks in texts', async () => {
  for (const text of [
    '"}{][,:\\',
    '__proto__',
    '{"a":1,"a":2}',
    '\\"a\\":1,\\"a\\":2',
    'é🙂\\u0041',
    '\\u0000 \\ud83d',
    'a\u0001\u001f',
  ])
    for (const door of [ask, (input: string) => post(input).then(({ answer }) => answer)]) {
      const message = { roomId, localId: newId<LocalId>(), body: { kind: 'text', text } }
      const answer = await door(JSON.stringify(message))
      assert.deepEqual(answer.ok && (answer.value as { body: object }).body, message.body)
    }
  const cursors = Object.fromEntries(Array.from({ length: 50 }, () => [`room:${newId()}`, 1]))
  const opened = await ask(JSON.stringify({ epoch: null, cursors, lines: {} }), openSync.name)
  assert.equal(opened.ok, true)
})

test('a megabyte is refused as too large before it is read, and a frame of it ends its connection', async () => {
  const large = `{"roomId":"${roomId}","pad":"${'x'.repeat(1_000_000)}"}`
  const { socket: loud } = await asker(ada.token)
  const closed = new Promise<void>((done) => loud.addEventListener('close', () => done()))

  const { status, answer } = await post(large)
  loud.send(`421["ask","${sendMessage.name}",${large}]`)
  await closed

  assert.deepEqual([status, refusalOf(answer)], [413, ['TooLarge', undefined]])
  assert.equal((await ask('{}')).ok, false, 'the neighbour goes on')
})

test('a credential with a fault, and a packet with bytes in it, end their connection', async () => {
  for (const packet of ['40{"token":"a","token":"b"}', '451-["ask","x",{"_placeholder":true,"num":0}]', 'bAAEC']) {
    const line = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    const closed = new Promise<void>((done) => line.addEventListener('close', () => done()))
    line.addEventListener('message', ({ data }) => String(data).startsWith('0') && line.send(packet))
    await closed
  }
  assert.equal((await ask('{}')).ok, false, 'the neighbour goes on')
})

test('a value that JSON.stringify wrote has no fault, and is read as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value)
      fc.pre(!/__proto__|constructor|prototype|\\u0000|\\ud[89a-f]/.test(text))
      assert.equal(faultIn(text), null)
      if (typeof value === 'object') assert.deepEqual(inputOf(text), JSON.parse(text))
      else assert.equal(inputOf(text), NOT_JSON)
    }),
    { numRuns: 2000 },
  )
})

test('a key that is put in twice is found, wherever it stands; any text at all is looked through without a throw', () => {
  const keys = fc.string({ minLength: 1 }).filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key))
  fc.assert(
    fc.property(keys, fc.jsonValue(), fc.jsonValue(), fc.nat(8), (key, one, two, depth) => {
      const [name, a, b] = [key, one, two].map((each) => JSON.stringify(each))
      const found = faultIn(`${'['.repeat(depth)}{"":0,${name}:${a},"\\n":[{}],${name}:${b}}${']'.repeat(depth)}`)
      assert.ok(found)
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a'), maxLength: 60 }),
      (text) => {
        faultIn(text)
      },
    ),
    { numRuns: 5000 },
  )
})

test('looking through a text takes time in proportion to its length, whatever stands in it', () => {
  const parts = ['\\u0041', '\\"', '\\\\', '{"a":', '[', '"a":1,', ',', '""', '"\\']
  for (const part of parts) {
    const text = `"${part.repeat(96_000 / part.length)}`
    const began = performance.now()
    for (let times = 0; times < 10; times++) faultIn(text, 100_000)
    assert.ok(performance.now() - began < 1000, part)
  }
  const late = `[${'"",'.repeat(30_000)}"\\u0041"]`
  const first = performance.now()
  assert.equal(faultIn(late), null)
  assert.ok(performance.now() - first < 200, 'a code that comes late')
  const keys = JSON.stringify(Object.fromEntries(Array.from({ length: 8000 }, (_, n) => [`k${n}`, n])))
  const began = performance.now()
  assert.equal(faultIn(keys), null)
  assert.ok(performance.now() - began < 200)
})
