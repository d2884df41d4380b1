import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { createGroup, findPeople, pageMessages, sendMessage, type LocalId, type RoomId } from '@connectly/protocol'
import { newId, roomyLimits, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import type { Logger } from './logger.ts'
import { createSparing } from './sparing.ts'

/* What is said about every no, and that a flood of them fills no disk. */

type Line = Record<string, unknown> & { level: string; msg: string }
const lines: Line[] = []
const write = (level: string) => (fields: object, msg: string) => void lines.push({ ...fields, level, msg })
const logger: Logger = {
  debug: () => undefined,
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
  fatal: write('fatal'),
}

let server: TestServer
let ada: TestPerson
let bert: TestPerson
before(async () => {
  const limits = { ...roomyLimits, search: { points: 3, seconds: 60, by: 'person' as const } }
  server = await startServer({ logger, limits })
  ada = await server.person('ada')
  bert = await server.person('bert')
})
afterEach(() => void lines.splice(0))
after(() => server.stop())

const post = (name: string, input: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  })
const signIn = (username: string) => post('accounts.signIn', { username, password: 'seven grey herons wade' })
const message = (roomId: RoomId) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: 'hello' },
})
const seen = async (reason: string) => {
  for (const by = Date.now() + 5000; ; await new Promise((done) => setTimeout(done, 5))) {
    const found = lines.find((line) => line['reason'] === reason)
    if (found) return found
    assert.ok(Date.now() < by, `nothing was said of ${reason}`)
  }
}
const metric = async (name: string) => {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length) ?? 0,
  )
}

test('a failure to sign in is a line with its code, its request id and a hash of who was tried, not with what was typed', async () => {
  const before = await metric('connectly_auth_failures_total{reason="WrongCredentials"}')

  const ids = []
  for (const name of ['hunter2-typed-here', 'Hunter2-Typed-Here', 'another'])
    ids.push((await signIn(name)).headers.get('x-request-id'))

  assert.deepEqual(
    lines.map(({ level, msg, kind, code, requestId, method }) => [level, msg, kind, code, requestId, method]),
    ids.map((id) => ['info', 'refused', 'authentication', 'WrongCredentials', id, 'accounts.signIn']),
  )
  const [first, again, other] = lines.map(({ tried }) => String(tried))
  assert.match(String(first), /^[0-9a-f]{16}$/)
  assert.equal(first, again)
  assert.notEqual(first, other)
  assert.doesNotMatch(JSON.stringify(lines), /hunter2|another/i)
  assert.equal(await metric('connectly_auth_failures_total{reason="WrongCredentials"}'), before + 3)
})

test('whoever is made to wait for guessing is told apart by the same hash', async () => {
  for (let nth = 0; nth < 12 && !lines.some(({ code }) => code === 'TooManyRequests'); nth++) await signIn('guessed')

  const waiting = lines.find(({ code }) => code === 'TooManyRequests')
  assert.deepEqual([waiting?.['suspicious'], waiting?.['reason']], [true, 'flood'])
  assert.equal(waiting?.['tried'], lines[0]?.['tried'])
})

test('a session that is none is a failure too, over HTTP and by socket, and its token is not in the line', async () => {
  const nobody = server.again(ada.userId, 'a-token-that-nobody-has')

  await nobody.tries(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })
  await assert.rejects(nobody.connect())

  assert.deepEqual(
    lines.map(({ kind, code, door, method }) => [kind, code, door, method]),
    [
      ['authentication', 'SignedOut', 'http', 'rooms.create'],
      ['authentication', 'SignedOut', 'socket', 'connecting'],
    ],
  )
  assert.ok(typeof lines[1]?.['requestId'] === 'string' && typeof lines[1]['socketId'] === 'string')
  assert.doesNotMatch(JSON.stringify(lines), /a-token-that/)
})

test('a denial says who may not do what, and with which object', async () => {
  const { roomId } = await ada.ask(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })

  const answer = await post('rooms.create', {}, { authorization: `Bearer ${ada.token}`, cookie: 'x', origin: 'null' })
  await bert.tries(sendMessage, message(roomId))

  assert.equal(answer.status, 403)
  const [denied, foreign] = lines
  assert.deepEqual(
    [denied?.['kind'], denied?.['code'], denied?.['suspicious'], denied?.['reason']],
    ['permission', 'BadOrigin', true, 'foreign origin'],
  )
  assert.deepEqual(
    [foreign?.['code'], foreign?.['userId'], foreign?.['ids'], foreign?.['suspicious'], foreign?.['reason']],
    ['NotFound', bert.userId, { roomId }, true, 'foreign id'],
  )
})

test('the lines of one connection bear its id, beside one for each ask', async () => {
  const seat = await ada.connect()

  for (let nth = 0; nth < 2; nth++) await seat.tries(pageMessages, { roomId: newId<RoomId>(), limit: 1 })
  const other = await ada.connect()
  await other.tries(pageMessages, { roomId: newId<RoomId>(), limit: 1 })

  const ids = lines.map(({ socketId }) => socketId)
  assert.deepEqual(ids, [seat.socket.id, seat.socket.id, other.socket.id])
  assert.equal(new Set(lines.map(({ requestId }) => requestId)).size, 3)
})

test('what no client of ours does is suspicious: a flood, bad input, unknown methods and events, bad frames, other sites', async () => {
  const seat = await ada.connect()
  const { socket } = seat
  const raw = (await ada.connect()).socket.io.engine as unknown as { transport: { ws: { send(text: string): void } } }
  const huge = (await ada.connect()).socket

  for (let nth = 0; nth < 4; nth++) await seat.tries(findPeople, { text: 'somebody' })
  await socket.emitWithAck('ask', 'rooms.create', { name: 7 })
  await socket.emitWithAck('ask', 'rooms.steal', {})
  socket.emit('subscribe', 'everything')
  socket.emit('ask', 'accounts.me', {})
  raw.transport.ws.send('4no packet at all')
  huge.emit('ask', 'x'.repeat(200_000))
  const handshake = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, {
    headers: { origin: 'https://elsewhere.example' },
  })

  assert.equal(handshake.status, 403)
  for (const reason of ['flood', 'bad input', 'unknown method', 'unknown event', 'bad frame', 'foreign origin']) {
    const line = await seen(reason)
    assert.equal(line['suspicious'], true)
    assert.equal(line['door'], 'socket')
    assert.equal(typeof line['address'], 'string')
    if (reason !== 'foreign origin') assert.equal(line['userId'], ada.userId)
    assert.ok((await metric(`connectly_suspicious_total{reason="${reason}"}`)) >= 1, reason)
  }
  for (
    const by = Date.now() + 5000;
    lines.filter(({ reason }) => reason === 'bad frame').length < 2 && Date.now() < by;
  )
    await new Promise((done) => setTimeout(done, 5))
  assert.equal(lines.filter(({ reason }) => reason === 'bad frame').length, 2, 'no packet, and one that is too large')
})

test('a flood of bad packets is a few dozen lines and a count of the rest', async () => {
  const flooded = await startServer({ logger })
  const carl = await flooded.person('carl')
  const { socket } = await carl.connect()
  lines.splice(0)

  for (let nth = 0; nth < 2000; nth++) socket.emit('ask', 'rooms.create', { name: nth })
  await Promise.all(Array.from({ length: 500 }, () => socket.emitWithAck('ask', 'rooms.create', { name: 7 })))
  await flooded.stop()

  assert.ok(lines.length < 100, `${lines.length} lines`)
  const counted = lines.filter(({ msg }) => msg.startsWith('more of the same'))
  assert.equal(
    counted.reduce((sum, { count }) => sum + Number(count), lines.length - counted.length),
    2500,
  )
  assert.ok(counted.every(({ level, suspicious }) => level === 'warn' && suspicious === true))
})

test('a flood from many sides is bounded too, and does not hide a few lines of another kind for long', () => {
  lines.splice(0)
  const sparing = createSparing(logger, false)

  for (let nth = 0; nth < 10_000; nth++)
    sparing.write('info', 'bad input', `side ${nth}`, { suspicious: true }, 'refused')
  sparing.stop()
  const flood = lines.length
  sparing.write('info', 'SignedOut', 'somebody', {}, 'refused')
  sparing.stop()

  assert.ok(flood <= 350, `${flood} lines`)
  assert.equal(
    lines.slice(0, flood).reduce((sum, { count }) => sum + Number(count ?? 1), 0),
    10_000,
  )
  assert.deepEqual(
    lines.slice(flood).map(({ msg }) => msg),
    ['refused'],
  )
})

test('the access log says of a connection when it came and went, whose it was, from where, and why it ended', async () => {
  const access: Line[] = []
  const other = await startServer({ accessLog: (fields, msg) => void access.push({ ...fields, level: 'info', msg }) })
  const dora = await other.person('dora')

  const { socket } = await dora.connect()
  const { id } = socket
  socket.disconnect()
  for (const by = Date.now() + 5000; !access.some(({ msg }) => msg === 'socket closed') && Date.now() < by;)
    await new Promise((done) => setTimeout(done, 5))
  await other.stop()

  assert.deepEqual(
    access.map(({ msg, socketId, userId, address, reason }) => [msg, socketId, userId, address, reason]),
    [
      ['socket opened', id, dora.userId, '127.0.0.1', undefined],
      ['socket closed', id, dora.userId, '127.0.0.1', 'client namespace disconnect'],
    ],
  )
})
