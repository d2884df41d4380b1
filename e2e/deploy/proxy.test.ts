import assert from 'node:assert/strict'
import { get } from 'node:http'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { askToTalk, openSync, requestReceived, signIn, whoAmI, type Frame } from '@connectly/protocol'
import { addPerson, newId, roomyLimits, startServer } from '@connectly/server/test-kit'
import type { Socket } from 'socket.io-client'
import { newDatabase, type TestDatabase } from '../../server/src/store/postgres/kit.ts'
import { askBy, asks, connectBy, fetchBy, greeted } from './client.ts'
import { caddy, ensureProgram, type Program } from './program.ts'
import { freePort, NAME, startCaddy, startNginx, type Proxy } from './proxies.ts'

/* Real proxies, by the files of deploy/, in front of two real servers on one database. */

type Line = { message: string; [field: string]: unknown }
type Node = { port: number; lines: Line[]; stop: () => Promise<void> }

/** So many that with one server of two all of them would hardly ever be there by chance. */
const people = 24

/** An address of somebody's own; proxies that go by address tell them apart by all of it. */
const home = (street: number, each: number) => `127.${street}.${((each * 37) % 250) + 1}.${((each * 91) % 250) + 1}`

/** A server at home behind the proxy, whose log can be read. Two tries at signing in are all an address has. */
async function startNode(databaseUrl: string): Promise<Node> {
  const lines: Line[] = []
  const write = (fields: object, message: string) => void lines.push({ ...fields, message })
  const port = await freePort()
  const server = await startServer({
    logger: { debug: write, info: write, warn: write, error: write, fatal: write },
    limits: { ...roomyLimits, signIn: { points: 2, seconds: 900, by: 'address' } },
    config: {
      port,
      databaseUrl,
      publicUrl: new URL(`https://${NAME}`),
      trustedProxies: ['127.0.0.1'],
    },
  })
  let stopped: Promise<void> | undefined
  return { port, lines, stop: () => (stopped ??= server.stop()) }
}

const noCaddy = whyNot(caddy)
if (noCaddy) test('behind Caddy', { skip: noCaddy })

for (const [name, start] of [['nginx', startNginx], ...(noCaddy ? [] : [['Caddy', startCaddy] as const])] as const) {
  suite(`behind ${name}`, () => {
    const tokens: string[] = []
    const userIds: string[] = []
    let database: TestDatabase
    let nodes: [Node, Node]
    let proxy: Proxy
    const open: Socket[] = []
    before(async () => {
      database = await newDatabase()
      const seeded = await startServer({ config: { databaseUrl: database.url } })
      for (let each = 0; each < people; each++) {
        const { token, userId } = await addPerson(seeded.app.store, `person${each}`)
        tokens.push(token)
        userIds.push(userId)
      }
      await seeded.stop()
      nodes = [await startNode(database.url), await startNode(database.url)]
      proxy = await start([`http://127.0.0.1:${nodes[0].port}`, `http://127.0.0.1:${nodes[1].port}`])
    })
    after(async () => {
      for (const socket of open) socket.disconnect()
      await proxy?.stop()
      await Promise.all(nodes.map(({ stop }) => stop()))
      await database.drop()
    })

    const connect = (from: string, options: Parameters<typeof connectBy>[2]): Socket => {
      const socket = connectBy(proxy.tls, from, options)
      open.push(socket)
      return socket
    }
    /** What either server logged about this address. */
    const seen = (address: string) => nodes.flatMap(({ lines }) => lines.filter((line) => line['address'] === address))
    const connected = () => Promise.all(nodes.map(({ port }) => socketsOf(port)))

    test('the server sees the address and the scheme of the client, whatever the client says of itself', async () => {
      const forged = { 'x-forwarded-for': '198.51.100.1', 'x-forwarded-proto': 'http', forwarded: 'for=198.51.100.1' }

      const { status, headers } = await fetchBy(proxy.tls, { from: '127.0.1.2', path: '/health', headers: forged })

      assert.equal(status, 200)
      assert.match(String(headers['strict-transport-security']), /max-age/)
      assert.deepEqual(
        seen('127.0.1.2').map((line) => [line['path'], line['scheme']]),
        [['/health', 'https']],
      )
      assert.deepEqual(seen('198.51.100.1'), [])
    })

    test('each client has limits of its own, and gets no new ones by forging a header', async () => {
      const tries = async (from: string, forged: string) =>
        (await askBy(proxy.tls, from, signIn.name, wrong, { 'x-forwarded-for': forged })).status
      const wrong = { username: 'nobody', password: 'not a password of anybody' }

      const mine = []
      for (let each = 1; each <= 3; each++) mine.push(await tries('127.0.1.3', `198.51.100.${each}`))
      const other = await tries('127.0.1.4', '198.51.100.1')

      assert.equal(mine[2], 429)
      assert.ok(!mine.slice(0, 2).includes(429))
      assert.notEqual(other, 429)
    })

    for (const transport of ['websocket', 'polling'] as const) {
      test(`a ${transport} handshake arrives, with the address of the client`, async () => {
        const from = `127.0.2.${transport.length}`
        const socket = connect(from, { transports: [transport], auth: { token: tokens[0] } })
        await greeted(socket)
        const foreign = connect(from, {
          transports: [transport],
          auth: { token: tokens[0] },
          extraHeaders: { origin: 'https://elsewhere.example', 'x-forwarded-for': '198.51.100.9' },
        })

        await assert.rejects(greeted(foreign))

        assert.equal(socket.io.engine.transport.name, transport)
        assert.ok((await asks(socket, whoAmI.name, {})).ok)
        assert.ok(seen(from).some(({ code, suspicious }) => code === 'BadOrigin' && suspicious === true))
        assert.deepEqual(seen('198.51.100.9'), [])
        socket.disconnect()
      })
    }

    test('connections by polling alone stay with the server that holds each, and both servers hold some', async () => {
      const sockets = tokens.map((token, each) => connect(home(3, each), { transports: ['polling'], auth: { token } }))
      await Promise.all(sockets.map(greeted))

      for (let round = 0; round < 5; round++) {
        const answers = await Promise.all(sockets.map((socket) => asks(socket, whoAmI.name, {})))
        assert.ok(answers.every(({ ok }) => ok))
      }

      assert.ok(sockets.every(({ connected: is, io: manager }) => is && manager.engine.transport.name === 'polling'))
      const held = await connected()
      assert.ok(Math.min(...held) > 0, `all at one: ${held.join()}`)
      for (const socket of sockets) socket.disconnect()
    })

    test('browsers at one address begin by polling, go on by WebSocket, and stay signed in by cookie', async () => {
      const sockets = tokens.map((token) =>
        connect('127.0.4.1', {
          transports: ['polling', 'websocket'],
          extraHeaders: { cookie: `other=1; __Host-connectly=${token}`, origin: `https://${NAME}` },
        }),
      )
      await Promise.all(sockets.map(greeted))

      await until(() => sockets.every((socket) => socket.io.engine.transport.name === 'websocket'), 'all are upgraded')

      const answers = await Promise.all(sockets.map((socket) => asks(socket, whoAmI.name, {})))
      assert.ok(answers.every(({ ok }) => ok))
      const held = await connected()
      if (name === 'nginx') assert.ok(Math.min(...held) > 0, `all at one: ${held.join()}`)
      for (const socket of sockets) socket.disconnect()
    })

    test('what is said through one server is heard through the other', async () => {
      const at: [Socket[], Socket[]] = [[], []]
      const ids = new Map<Socket, string>()
      for (const [each, token] of tokens.entries()) {
        const [before] = await connected()
        const socket = connect(home(7, each), { transports: ['polling'], auth: { token } })
        await greeted(socket)
        ids.set(socket, userIds[each] ?? '')
        at[(await connected())[0] === before ? 1 : 0].push(socket)
      }
      const [[one], [other]] = at
      assert.ok(one && other)
      const heard: string[] = []
      other.on('told', (frame: Frame) => heard.push(...frame.events.map((event) => event.name)))
      const open = await asks(other, openSync.name, { epoch: null, cursors: {}, lines: {} })

      const asked = await asks(one, askToTalk.name, {
        toId: ids.get(other),
        text: `Hello by ${name}`,
        localId: newId(),
      })

      assert.ok(open.ok && asked.ok, JSON.stringify([open, asked]))
      await until(() => heard.includes(requestReceived.name), 'the request is heard at the other server')
      for (const socket of ids.keys()) socket.disconnect()
    })

    test('a body larger than any legal one ends at the proxy', async () => {
      const { status } = await askBy(proxy.tls, '127.0.5.1', signIn.name, {
        username: 'x'.repeat(200_000),
        password: '',
      })

      // Caddy before 2.7 says 502 when it gives up on a body.
      assert.ok(name === 'nginx' ? status === 413 : [413, 502].includes(status), String(status))
      assert.deepEqual(
        seen('127.0.5.1').filter((line) => line['status'] === 413),
        [],
      )
    })

    test('numbers for the operator are not for everybody, however they are spelled', async () => {
      const spellings = ['/metrics', '/metrics/', '/METRICS', '//metrics', '/%6Detrics', '/metrics?all', '/Metrics/']
      const through = []
      for (const spelling of spellings) {
        const { text } = await fetchBy(proxy.tls, { from: '127.0.5.2', path: spelling })
        if (text.includes('# HELP')) through.push(spelling)
      }

      assert.deepEqual(through, [])
      assert.ok((await textOf(nodes[0].port, '/METRICS/')).includes('# HELP'), 'the server takes such spellings')
    })

    test('plain HTTP is sent on to TLS', async () => {
      const { status, location } = await new Promise<{ status: number; location: string }>((done, fail) => {
        get({ host: '127.0.0.1', port: proxy.plain, path: '/r/1?x=2', headers: { host: NAME } }, (response) => {
          response.resume()
          done({ status: response.statusCode ?? 0, location: String(response.headers.location) })
        }).on('error', fail)
      })

      assert.equal(status, 308)
      assert.match(location, /^https:\/\/chat\.example\.org(:\d+)?\/r\/1\?x=2$/)
    })

    test('another name than its own gets nothing from the server', async () => {
      const got = await fetchBy(proxy.tls, { from: '127.0.5.3', path: '/health', name: 'elsewhere.example' }).catch(
        () => undefined,
      )

      assert.ok(!got?.text.includes('true'))
      assert.deepEqual(seen('127.0.5.3'), [])
    })

    test('when one server stops, everyone is at the other a moment later, and nobody is refused', async () => {
      const sockets = tokens.map((token, each) =>
        connect(home(6, each), {
          transports: each % 2 === 0 ? ['polling'] : ['websocket'],
          auth: { token },
          reconnection: true,
          reconnectionDelay: 50,
          reconnectionDelayMax: 200,
        }),
      )
      await Promise.all(sockets.map(greeted))
      const held = await connected()

      await nodes[0].stop()
      await until(async () => (await socketsOf(nodes[1].port)) === people, 'all are at the other server', 15_000)

      assert.ok(Math.min(...held) > 0, `all at one: ${held.join()}`)
      const answers = await Promise.all(sockets.map((socket) => asks(socket, whoAmI.name, {})))
      assert.ok(answers.every(({ ok }) => ok))
      for (let each = 0; each < people; each++)
        assert.equal((await fetchBy(proxy.tls, { from: home(6, each), path: '/ready' })).status, 200)
    })
  })
}

/** Why what is only one of two ways is not tested here, said aloud. The other way, nginx, is tested everywhere. */
function whyNot(program: Program): string | undefined {
  try {
    ensureProgram(program)
    return undefined
  } catch (error) {
    if (process.env[program.setting]) throw error
    const why = (error as Error).message
    process.stderr.write(`!!! NOT RUN: ${why}\n`)
    return why
  }
}

/** How many sockets the server on this port holds. */
async function socketsOf(port: number): Promise<number> {
  return Number(/^connectly_sockets (\d+)$/m.exec(await textOf(port, '/metrics'))?.[1])
}

const textOf = async (port: number, at: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${at}`)).text()

async function until(holds: () => boolean | Promise<boolean>, what: string, limit = 5000): Promise<void> {
  const end = Date.now() + limit
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not happen: ${what}`)
    await pause(25)
  }
}
