import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import { after, before, test } from 'node:test'
import { giveWork, openSync, registry, whoAmI, type Answer, type UserId } from '@connectly/protocol'
import { startServer, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { idFieldsOf } from './matrix-shapes.ts'
import { group } from './matrix-world.ts'

/* Nothing is answered that the matrix does not know: the doors of the running server are walked, and knocked at. */

let server: TestServer
let person: TestPerson

before(async () => {
  server = await startServer()
  person = await server.person('somebody')
})
after(() => server.stop())

test('the walk through a shape finds ids however deep they stand: in lists, records, unions, and where null may be', () => {
  const inAnswer = idFieldsOf({ input: openSync.output })
  const inQuestion = idFieldsOf(openSync)

  assert.deepEqual(inAnswer.toSorted(), [
    'gone',
    'lines.last.authorId',
    'lines.last.body.byId',
    'lines.last.body.mentions.who',
    'lines.last.messageId',
    'lines.other.userId',
    'lines.room.roomId',
    'places.head.place',
    'places.place',
  ])
  assert.deepEqual(inQuestion, ['cursors', 'lines'])
})

test('a running socket listens to nothing but `ask`', async () => {
  const listening = await socketsMadeWhile(async () => {
    await person.connect()
  })

  assert.equal(listening.length, 1)
  // The other two are Node's and Socket.IO's own: a client that says `error` must not bring the process down.
  assert.deepEqual(listening[0], ['ask', 'disconnect', 'error'])
})

test('other events of a socket are neither answered nor felt', async () => {
  const seat = await person.connect()
  const answered: string[] = []
  const events = ['message', 'join', 'told', 'hello', 'sync.open', 'messages.send', 'error', 'ask ', '*', '']

  for (const event of events) seat.socket.emit(event, { userId: person.userId }, () => answered.push(event))
  const me = await seat.ask(whoAmI, {})

  assert.equal(me.userId, person.userId)
  assert.deepEqual(answered, [])
  assert.deepEqual(seat.frames, [])
})

test('the running HTTP server has one POST route, and what it answers is the registry', async () => {
  const routes = await routesOf()

  assert.deepEqual(
    routes.filter((route) => !route.startsWith('get ')),
    ['post /api/:method'],
  )
  assert.deepEqual(routes.filter((route) => route.startsWith('get ')).toSorted(), [
    'get /.well-known/change-password',
    'get /.well-known/security.txt',
    'get /^\\/pages-[\\w-]{12}\\.css$/',
    'get /api/asyncapi.json',
    'get /api/openapi.json',
    'get /download/:token',
    'get /health',
    'get /metrics',
    'get /notices',
    'get /privacy',
    'get /ready',
    'get /security-policy',
    'get /terms',
    'get /{*path}',
  ])
})

test('what is not in the registry is not answered, by whatever verb', async () => {
  const names = ['', 'rooms', 'rooms.destroy', 'constructor', '__proto__', 'openapi.json', 'rooms.create/', 'a/b', '..']
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${person.token}` }

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    for (const name of names.filter((each) => each !== 'rooms.create/' || method !== 'POST')) {
      const response = await fetch(`${server.url}/api/${name}`, { method, headers, body: '{}' })
      assert.ok([404, 405].includes(response.status), `${method} /api/${name}: ${response.status}`)
    }
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
    for (const name of registry.methods.keys()) {
      const body = method === 'GET' ? {} : { body: '{}' }
      const response = await fetch(`${server.url}/api/${name}`, { method, headers, ...body })
      assert.equal(response.status, 404, `${method} ${name}`)
    }
})

test('every method of the registry is answered at its door', async () => {
  const seat = await person.connect()

  for (const method of registry.methods.values()) {
    const http = await server.again(newUserId(), 'nobody-has-this-token-at-all').tries(method, {}).then(codeOf)
    const socket = codeOf(
      (await seat.socket.timeout(5000).emitWithAck('ask', method.name, { unknown: 1 })) as Answer<unknown>,
    )
    const takesNothing = method.input.safeParse({}).success
    const refused = method.access.who === 'session' ? 'SignedOut' : takesNothing ? 'ok' : 'InvalidInput'
    // A server without a human check of its own has no sum to give.
    if (refused === 'ok') assert.equal(http, method.name === giveWork.name ? 'NotFound' : 'ok', method.name)
    else assert.equal(http, method.door === 'socket' ? 'NotFound' : refused, method.name)
    assert.equal(socket === 'NotFound', method.door === 'http', `${method.name}: ${socket}`)
  }
})

/** The names that each new server-side socket listens to once it is connected. */
async function socketsMadeWhile(work: () => Promise<void>): Promise<string[][]> {
  const found = new Set<EventEmitter>()
  const on = Reflect.get(EventEmitter.prototype, 'on') as (this: EventEmitter, ...args: unknown[]) => EventEmitter
  EventEmitter.prototype.on = function seen(this: EventEmitter, ...args: unknown[]) {
    if ('handshake' in this && 'nsp' in this) found.add(this)
    return on.apply(this, args)
  }
  try {
    await work()
  } finally {
    EventEmitter.prototype.on = on
  }
  return [...found].map((socket) => socket.eventNames().map(String).toSorted())
}

type Layer = { route?: { path: string; methods: Record<string, boolean> } }
type Routed = { request: { app?: { router: { stack: Layer[] } } } }

/** The routes of the Express application that answers, read from a request that it answered. */
async function routesOf(): Promise<string[]> {
  const routes: string[] = []
  const look = (message: unknown): void => {
    for (const { route } of (message as Routed).request.app?.router.stack ?? [])
      if (route) routes.push(...Object.keys(route.methods).map((verb) => `${verb} ${route.path}`))
  }
  subscribe('http.server.response.finish', look)
  await fetch(`${server.url}/health`)
  unsubscribe('http.server.response.finish', look)
  return routes
}

const newUserId = () => group('', []).localId as string as UserId
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
