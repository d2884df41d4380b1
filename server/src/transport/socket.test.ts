import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, before, test } from 'node:test'
import { refusals, roomPlace, sendMessage, signOut, whoAmI, type Answer, type LocalId } from '@connectly/protocol'
import fc from 'fast-check'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../test-kit.ts'

/* The socket door, spoken to in the words of the wire (Engine.IO 4, Socket.IO 5), so that nothing is said for us. */

const MONTHS = 90 * 24 * 60 * 60 * 1000
let server: TestServer
let ada: TestPerson
let bob: TestPerson
let later = 0
before(async () => {
  server = await startServer({ clock: () => Date.now() + later })
  ada = await server.person('ada')
  bob = await server.person('bob')
})
after(() => server.stop())

type Packet = [event: string, ...args: unknown[]]

/** A WebSocket that speaks for itself. `connected` is what the server answers to the credential. */
async function raw(auth: unknown, headers: Record<string, string> = {}) {
  const at = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(at, { headers })
  const heard: string[] = []
  const waiters = new Set<() => void>()
  let closed: { code: number } | null = null
  const wake = () => waiters.forEach((look) => look())
  socket.addEventListener('message', ({ data }) => {
    heard.push(String(data))
    wake()
  })
  socket.addEventListener('close', ({ code }) => {
    closed = { code }
    wake()
  })
  /** Waits for what the function gives; fails after five seconds. */
  const until = <T>(find: () => T | undefined | null | false, what: string): Promise<T> =>
    new Promise((done, fail) => {
      const late = setTimeout(
        () => fail(new Error(`did not happen: ${what}; heard ${heard.join(' ').slice(0, 500)}`)),
        5000,
      )
      const look = () => {
        const found = find()
        if (!found) return
        clearTimeout(late)
        waiters.delete(look)
        done(found)
      }
      waiters.add(look)
      look()
    })
  await until(() => heard[0]?.startsWith('0{'), 'the opening of the transport')
  if (auth !== undefined) socket.send(`40${JSON.stringify(auth)}`)
  const packets = () => heard.filter((text) => text.startsWith('42')).map((text) => JSON.parse(text.slice(2)) as Packet)
  let asked = 0
  return {
    socket,
    heard,
    until,
    packets,
    isClosed: () => closed,
    hello: () => until(() => packets().some(([event]) => event === 'hello'), 'hello'),
    refused: () => until(() => heard.find((text) => text.startsWith('44')), 'a refused connection'),
    /** Asks with an acknowledgement. */
    ask: async (...args: unknown[]): Promise<Answer<unknown>> => {
      const id = ++asked
      socket.send(`42${id}${JSON.stringify(['ask', ...args])}`)
      const answer = await until(() => heard.find((text) => text.startsWith(`43${id}[`)), `the answer to ${id}`)
      return (JSON.parse(answer.slice(answer.indexOf('['))) as [Answer<unknown>])[0]
    },
  }
}

/** Tries to open a transport with these headers; the status it is answered with, 101 for a WebSocket. */
function knock(transport: 'websocket' | 'polling', headers: Record<string, string>): Promise<number> {
  const { hostname, port } = new URL(server.url)
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  }
  return new Promise((done, fail) => {
    const asking = httpRequest({
      hostname,
      port,
      path: `/socket.io/?EIO=4&transport=${transport}`,
      headers: { ...headers, ...(transport === 'websocket' && upgrade) },
      agent: false,
    })
    asking.on('response', (answer) => {
      answer.resume()
      done(answer.statusCode ?? 0)
    })
    asking.on('upgrade', (_answer, socket) => {
      socket.destroy()
      done(101)
    })
    asking.on('error', fail)
    asking.end()
  })
}

test('a person has a hundred sockets at a process and no more, and others are not held up', async () => {
  const many = await server.person('many')
  const open = await Promise.all(Array.from({ length: 100 }, () => raw({ token: many.token })))
  await Promise.all(open.map((each) => each.hello()))

  const [refused, other] = [await raw({ token: many.token }), await raw({ token: bob.token })]
  const said = await refused.until(() => refused.heard.find((text) => text.startsWith('44')), 'a refusal')

  assert.match(said, /TooManyRequests/)
  await other.hello()
  for (const each of [...open, refused, other]) each.socket.close()
})

test('[AS2] nobody comes in without a live session, and whoever is refused hears and starts nothing', async () => {
  const carol = await server.person('carol')
  const credentials = [{}, { token: '' }, { token: 'A'.repeat(43) }, { token: 7 }, { token: [carol.token] }]
  const odd = [{ token: { toString: 'x' } }, { token: carol.token.repeat(9) }, { Token: carol.token }]
  later = MONTHS
  const expired = await raw({ token: carol.token })
  const said = await expired.refused()
  later = 0

  for (const auth of [...credentials, ...odd]) {
    const visitor = await raw(auth)
    const refusal = await visitor.refused()
    visitor.socket.send(`427["ask","${whoAmI.name}",{}]`)
    visitor.socket.send('2')
    await visitor.until(() => visitor.heard.includes('3') || visitor.isClosed(), 'a sign of life')

    assert.deepEqual(JSON.parse(refusal.slice(2)), { message: 'SignedOut', data: { code: 'SignedOut' } })
    assert.deepEqual(
      visitor.heard.filter((text) => text.startsWith('42') || text.startsWith('43')),
      [],
    )
    visitor.socket.close()
  }
  assert.match(said, /SignedOut/)
  expired.socket.close()
})

test('an ask before the credential is not answered, and ends the connection', async () => {
  const visitor = await raw(undefined)

  visitor.socket.send(`421["ask","${whoAmI.name}",{}]`)

  await visitor.until(visitor.isClosed, 'the end of the connection')
  assert.equal(
    visitor.heard.some((text) => text.startsWith('43')),
    false,
  )
})

test('a handshake from another site is refused on both transports, before anything is said', async () => {
  const { host } = new URL(server.url)
  const cookie = `connectly=${ada.token}`
  const foreign = [
    'https://evil.example',
    'null',
    `${server.url}.evil.example`,
    `http://evil-${host}`,
    `http://${host}@evil.example`,
  ]

  for (const transport of ['websocket', 'polling'] as const) {
    for (const origin of [...foreign, `http://evil.example/${host}`, 'http://localhost'])
      assert.equal(await knock(transport, { origin, cookie }), 403, origin)
    assert.equal(await knock(transport, { cookie, 'sec-fetch-site': 'cross-site' }), 403)
    assert.equal(await knock(transport, { cookie }), 403, 'a cookie, and no word of whose page it is')
    assert.equal(await knock(transport, { cookie, origin: server.url }), transport === 'websocket' ? 101 : 200)
    assert.equal(await knock(transport, {}), transport === 'websocket' ? 101 : 200)
  }
})

test('our cookie opens a socket from our own page, and no other does', async () => {
  const cookie = `connectly=${ada.token}`

  const own = await raw({}, { cookie, origin: server.url })
  const elsewhere = await raw({}, { cookie: `other=${ada.token}` })

  await own.hello()
  const me = await own.ask(whoAmI.name, {})
  assert.deepEqual(me.ok && (me.value as { userId: string }).userId, ada.userId)
  assert.match(await elsewhere.refused(), /SignedOut/)
  own.socket.close()
  elsewhere.socket.close()
})

test('a frame that is too large ends its connection, and nobody else notices', async () => {
  const [loud, neighbour] = [await raw({ token: ada.token }), await raw({ token: bob.token })]
  await Promise.all([loud.hello(), neighbour.hello()])

  loud.socket.send(`421["ask","${whoAmI.name}",{"pad":"${'x'.repeat(96_000)}"}]`)
  const closed = await loud.until(loud.isClosed, 'the end of the connection')

  assert.ok([1006, 1009].includes(closed.code), String(closed.code))
  assert.equal((await neighbour.ask(whoAmI.name, {})).ok, true)
  neighbour.socket.close()
})

test('[AS1] whatever is asked is answered by a declared refusal with a request id, or not at all', async () => {
  const visitor = await raw({ token: ada.token })
  await visitor.hello()
  const names = fc.oneof(
    fc.constantFrom('messages.send', 'rooms.create', 'sync.open', 'sync.catchUp', 'requests.ask', 'accounts.find'),
    fc.constantFrom('__proto__', 'constructor', 'accounts.signIn', '', 'x'.repeat(5000)),
    fc.jsonValue(),
  )

  await fc.assert(
    fc.asyncProperty(names, fc.jsonValue(), async (name, input) => {
      const answer = await visitor.ask(name, input)
      if (answer.ok) return
      assert.ok(answer.refusal.code in refusals && answer.refusal.code !== 'Internal', JSON.stringify(answer))
      assert.match(answer.refusal.requestId, /^[0-9a-f-]{36}$/)
      assert.doesNotMatch(JSON.stringify(answer), /\.ts:|node_modules/)
    }),
    { numRuns: 500 },
  )
  visitor.socket.close()
})

test('what is not an ask with an acknowledgement is met with silence, and does nothing', async () => {
  const roomId = await befriend(ada, bob)
  const visitor = await raw({ token: ada.token })
  await visitor.hello()
  const say = (text: string) =>
    ada.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text } })
  const first = await say('heard')
  const message = JSON.stringify({ roomId, localId: newId<LocalId>(), body: { kind: 'text', text: 'unheard' } })

  for (const packet of [
    `42["ask","${sendMessage.name}",${message}]`,
    `42["${sendMessage.name}",${message}]`,
    `421["${sendMessage.name}",${message}]`,
    '42["told",{}]',
    '42["hello"]',
    '42["ask"]',
  ])
    visitor.socket.send(packet)
  const me = await visitor.ask(whoAmI.name, {})
  const last = await say('heard too')

  assert.equal(me.ok, true)
  assert.equal(visitor.heard.filter((text) => text.startsWith('43')).length, 1)
  assert.equal(last.seq, first.seq + 1)
  visitor.socket.close()
})

test('frames that are no packets at all end their own connection at most', async () => {
  const neighbour = await raw({ token: bob.token })
  await neighbour.hello()
  const frames = [
    '',
    '4',
    '9',
    '42',
    '42[',
    '42{}',
    '42["disconnecting"]',
    '42["ask"',
    '429999999999999999999["ask"]',
    '40',
  ]
  const more = ['40/admin,{}', '40{"token":1', '43[]', '431[{}]', '45', '451-["ask",{"_placeholder":true,"num":0}]']
  const bytes = [
    '4599999999-[]',
    '46',
    '44{}',
    '5',
    '6',
    'b',
    '\u0000',
    '{"a":1}',
    '2'.repeat(9000),
    '42["ask",'.repeat(3000),
  ]

  for (const frame of [...frames, ...more, ...bytes, Buffer.from([4, 0, 255]), Buffer.alloc(3000)]) {
    const visitor = await raw({ token: ada.token })
    await visitor.hello()
    visitor.socket.send(frame)
    visitor.socket.send(`421["ask","${whoAmI.name}",{}]`)
    await visitor.until(
      () => visitor.isClosed() ?? visitor.heard.some((text) => text.startsWith('431[')),
      `an end of ${String(frame).slice(0, 40)}`,
    )
    visitor.socket.close()
  }

  assert.equal((await neighbour.ask(whoAmI.name, {})).ok, true)
  assert.equal((await fetch(`${server.url}/health`)).status, 200)
  neighbour.socket.close()
})

/** A client that only polls: what is said is posted, what is heard is fetched. */
async function poller(token: string) {
  const at = `${server.url}/socket.io/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(at)).text()).slice(1)) as { sid: string }
  const say = async (text: string) => (await fetch(`${at}&sid=${sid}`, { method: 'POST', body: text })).text()
  const heard: string[] = []
  const listen = async (until: (text: string) => boolean): Promise<string> => {
    for (;;) {
      const found = heard.find(until)
      if (found !== undefined) return found
      const got = await fetch(`${at}&sid=${sid}`)
      assert.equal(got.status, 200)
      for (const text of (await got.text()).split('\u001e')) heard.push(text)
      if (heard.includes('2')) await say('3')
    }
  }
  await say(`40${JSON.stringify({ token })}`)
  await listen((text) => text.startsWith('42["hello"'))
  return { sid, say, listen }
}

test('a client that can only poll asks, is answered, and hears its rooms', async () => {
  const [carl, dora] = [await server.person('carl'), await server.person('dora')]
  const roomId = await befriend(carl, dora)
  const client = await poller(carl.token)
  await client.say('421["ask","sync.open",{"epoch":null,"cursors":{},"lines":{}}]')

  const opened = await client.listen((text) => text.startsWith('431['))
  await dora.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text: 'over the hedge' } })
  const told = await client.listen((text) => text.startsWith('42["told"') && text.includes('over the hedge'))

  assert.match(opened, /"ok":true/)
  assert.ok(told.includes(roomPlace(roomId)))
})

test('a client that began by polling goes on over a WebSocket, and misses nothing', async () => {
  const client = await poller(ada.token)
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${client.sid}`,
  )
  const heard: string[] = []
  const probed = new Promise<void>((done) =>
    socket.addEventListener('message', ({ data }) => {
      heard.push(String(data))
      if (data === '3probe') done()
    }),
  )
  socket.addEventListener('open', () => socket.send('2probe'))
  await probed
  socket.send('5')
  const answered = new Promise<void>((done) =>
    socket.addEventListener('message', ({ data }) => String(data).startsWith('431[') && done()),
  )

  socket.send(`421["ask","${whoAmI.name}",{}]`)
  await answered

  assert.ok(heard.at(-1)?.includes(ada.userId))
  socket.close()
})

test('[AS7] a session that ends is told so and cut at once, on all of its sockets and on no other', async () => {
  const eve = await server.person('eve')
  const [first, second, other] = [
    await raw({ token: eve.token }),
    await raw({ token: eve.token }),
    await raw({ token: bob.token }),
  ]
  await Promise.all([first.hello(), second.hello(), other.hello()])

  const began = Date.now()
  await eve.ask(signOut, {})
  await Promise.all([first, second].map((socket) => socket.until(socket.isClosed, 'the end of the connection')))
  const took = Date.now() - began
  const again = await raw({ token: eve.token })

  assert.ok(took < 1000, `it took ${took} ms`)
  for (const socket of [first, second]) assert.deepEqual(socket.packets().at(-1), ['signedOut', {}])
  assert.match(await again.refused(), /SignedOut/)
  assert.equal((await other.ask(whoAmI.name, {})).ok, true)
  for (const { socket } of [again, other]) socket.close()
})

test('[AS7] a session that runs out is refused at its next ask, and cut within seconds', async () => {
  const finn = await server.person('finn')
  const socket = await raw({ token: finn.token })
  await socket.hello()

  later = MONTHS
  const answer = await socket.ask(whoAmI.name, {})
  await socket.until(socket.isClosed, 'the end of the connection')
  later = 0

  assert.equal(!answer.ok && answer.refusal.code, 'SignedOut')
  assert.deepEqual(socket.packets().at(-1), ['signedOut', {}])
})
