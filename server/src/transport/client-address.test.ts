import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, before, test } from 'node:test'
import { signIn, whoAmI, type Answer } from '@connectly/protocol'
import type { Logger } from '../kernel/logger.ts'
import { roomyLimits, startServer, type TestServer } from '../test-kit.ts'
import { createClientAddresses } from './client-address.ts'

/* Where somebody comes from, asked of both doors over real sockets. The tests come from 127.0.0.1, as a proxy would. */

const lines: { message: string; [field: string]: unknown }[] = []
const write = (fields: object, message: string) => void lines.push({ ...fields, message })
const logger: Logger = { debug: write, info: write, warn: write, error: write, fatal: write }

/** Two asks of these classes are all an address has, so that who shares one can be told from who does not. */
const two = { points: 2, seconds: 900, by: 'address' as const }
const limits = { ...roomyLimits, signIn: two, read: two }

let behind: TestServer
let elsewhere: TestServer
let bare: TestServer
before(async () => {
  behind = await startServer({ limits, logger, config: { trustedProxies: ['127.0.0.1', '10.0.0.0/24'] } })
  elsewhere = await startServer({ limits, logger, config: { trustedProxies: ['127.0.0.2', '10.0.0.0/24'] } })
  bare = await startServer({ limits, logger })
})
after(() => Promise.all([behind.stop(), elsewhere.stop(), bare.stop()]))

/** Signs in with a password that is wrong; what it is refused with. */
function tries(server: TestServer, forwarded: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded }
  return new Promise((done, fail) => {
    const sending = httpRequest(
      `${server.url}/api/${signIn.name}`,
      { method: 'POST', headers, agent: false },
      (response) => {
        let text = ''
        response.on('data', (part: Buffer) => (text += part.toString()))
        response.on('end', () => done(codeOf(JSON.parse(text) as Answer<unknown>)))
      },
    )
    sending.on('error', fail)
    sending.end(JSON.stringify({ username: 'nobody', password: 'not a password of anybody' }))
  })
}

type Asking = (server: TestServer, token: string, headers: Record<string, string>) => Promise<string>

const ask = `420${JSON.stringify(['ask', whoAmI.name, {}])}`
const codeIn = (packet: string): string =>
  codeOf((JSON.parse(packet.slice(packet.indexOf('['))) as [Answer<unknown>])[0])

/** Asks who one is over a socket that came by this transport, in the words of the wire. */
const asksBy: Record<'websocket' | 'polling', Asking> = {
  websocket: (server, token, headers) =>
    new Promise((done, fail) => {
      const at = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
      const socket = new WebSocket(at, { headers })
      socket.addEventListener('error', () => fail(new Error('the handshake was refused')))
      socket.addEventListener('message', ({ data }) => {
        const packet = String(data)
        if (packet.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`)
        if (packet.startsWith('42["hello"')) socket.send(ask)
        if (!packet.startsWith('430')) return
        done(codeIn(packet))
        socket.close()
      })
    }),
  polling: async (server, token, headers) => {
    const at = `${server.url}/socket.io/?EIO=4&transport=polling`
    const opening = await fetch(at, { headers })
    assert.equal(opening.status, 200, 'the handshake was refused')
    const { sid } = JSON.parse((await opening.text()).slice(1)) as { sid: string }
    const say = (packet: string) => fetch(`${at}&sid=${sid}`, { method: 'POST', body: packet })
    const hear = async (start: string): Promise<string> => {
      const packets = (await (await fetch(`${at}&sid=${sid}`)).text()).split('\u001E')
      return packets.find((packet) => packet.startsWith(start)) ?? hear(start)
    }
    await say(`40${JSON.stringify({ token })}`)
    await hear('42["hello"')
    await say(ask)
    const answer = codeIn(await hear('430'))
    await say('1')
    return answer
  },
}

const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)

/** The lines of the log that name this address. */
const seen = (address: string) => lines.filter((line) => line['address'] === address)
const requests = (address: string) => seen(address).filter((line) => line['access'] === true)

test('behind a trusted proxy each client has limits of its own, at the HTTP door', async () => {
  const used = [await tries(behind, '203.0.113.1'), await tries(behind, '203.0.113.1')]
  const [over, other] = [await tries(behind, '203.0.113.1'), await tries(behind, '203.0.113.2')]

  assert.ok(!used.includes('TooManyRequests'), used.join())
  assert.equal(over, 'TooManyRequests')
  assert.notEqual(other, 'TooManyRequests')
  assert.equal(requests('203.0.113.1').length, 3)
})

test('what a client wrote into the header itself does not win', async () => {
  const chains = ['198.51.100.1, 203.0.113.3', '198.51.100.2,203.0.113.3, 10.0.0.7', 'rubbish, 203.0.113.3']
  const codes = []
  for (const chain of chains) codes.push(await tries(behind, chain))

  assert.equal(codes[2], 'TooManyRequests')
  assert.equal(requests('203.0.113.3').length, 3)
  assert.equal(seen('198.51.100.1').length + seen('198.51.100.2').length, 0)
})

test('from a peer that is not trusted the header is nothing', async () => {
  lines.length = 0
  const codes = []
  for (const forged of ['203.0.113.11', '203.0.113.12', '203.0.113.13']) codes.push(await tries(elsewhere, forged))

  assert.equal(codes[2], 'TooManyRequests')
  assert.equal(requests('127.0.0.1').length, 3)
})

test('a server that trusts nobody ignores the header, and says once that a proxy seems to be there', async () => {
  lines.length = 0
  const codes = []
  for (const forged of ['203.0.113.21', '203.0.113.22', '203.0.113.23']) codes.push(await tries(bare, forged))

  assert.equal(codes[2], 'TooManyRequests')
  assert.equal(lines.filter(({ message }) => message.includes('TRUSTED_PROXIES')).length, 1)
})

for (const transport of ['websocket', 'polling'] as const) {
  test(`a ${transport} handshake is of the client that the trusted proxy names`, async () => {
    const ada = await behind.person(`ada-${transport}`)
    const mine = { 'x-forwarded-for': `198.51.100.9, 203.0.113.3${transport.length}` }
    const others = { 'x-forwarded-for': `203.0.113.4${transport.length}` }

    const codes = []
    for (let count = 0; count < 3; count++) codes.push(await asksBy[transport](behind, ada.token, mine))
    const other = await asksBy[transport](behind, ada.token, others)

    assert.deepEqual([...codes, other], ['ok', 'ok', 'TooManyRequests', 'ok'])
  })

  test(`a ${transport} handshake from a peer that is not trusted is of that peer, whatever it says`, async () => {
    const eve = await bare.person(`eve-${transport}`)

    const codes = []
    for (const forged of ['203.0.113.61', '203.0.113.62', '203.0.113.63'])
      codes.push(await asksBy[transport](bare, eve.token, { 'x-forwarded-for': forged }))

    assert.equal(codes[2], 'TooManyRequests')
  })
}

test('a handshake from another site is logged with the address of the client', async () => {
  const ada = await behind.person('ada-foreign')
  const headers = { 'x-forwarded-for': '203.0.113.77', origin: 'https://elsewhere.example' }

  await assert.rejects(asksBy.polling(behind, ada.token, headers))

  assert.ok(seen('203.0.113.77').some(({ reason }) => reason === 'foreign origin'))
})

test('addresses are read in every form that proxies write them, and only as far as they are ones', () => {
  const clients = createClientAddresses(['loopback', '2001:db8::/32', '10.0.0.5'], logger)
  const of = (peer: string | undefined, forwarded?: string) => clients.addressOf(peer, { 'x-forwarded-for': forwarded })

  assert.equal(of(undefined), 'unknown')
  assert.equal(of('::ffff:203.0.113.1'), '203.0.113.1')
  assert.equal(of('::ffff:127.0.0.1', '203.0.113.1:4711'), '203.0.113.1')
  assert.equal(of('::1', '[2001:DB9::1]:4711'), '2001:db9::1')
  assert.equal(of('::1', '2001:db9::1%eth0'), '2001:db9::1')
  assert.equal(of('127.5.5.5', '203.0.113.1, 2001:db8::7, ::ffff:10.0.0.5'), '203.0.113.1')
  assert.equal(of('127.0.0.1', 'unknown'), '127.0.0.1')
  assert.equal(of('127.0.0.1', 'not-an-address, 10.0.0.5'), '10.0.0.5')
  assert.equal(of('127.0.0.1', ''), '127.0.0.1')
  assert.equal(of('10.0.0.6', '203.0.113.1'), '10.0.0.6')
})

test('where only the number of proxies is known, as many entries of the header are believed, and with none not one', () => {
  const of = (hops: string, forwarded?: string) =>
    createClientAddresses([hops], logger).addressOf('10.9.9.9', { 'x-forwarded-for': forwarded })

  assert.equal(of('1', '198.51.100.1, 203.0.113.1'), '203.0.113.1')
  assert.equal(of('2', '198.51.100.9, 198.51.100.1, 203.0.113.1'), '198.51.100.1')
  assert.equal(of('3', '198.51.100.1, 203.0.113.1'), '198.51.100.1')
  assert.equal(of('2', 'nonsense, 2001:DB8::1'), '2001:db8::1')
  assert.equal(of('1', '203.0.113.1, nonsense'), '10.9.9.9')
  assert.equal(of('1'), '10.9.9.9')
  assert.equal(of('0', '203.0.113.1'), '10.9.9.9')
  assert.equal(
    createClientAddresses(['1'], logger).schemeOf('10.9.9.9', { 'x-forwarded-proto': 'http, https' }),
    'https',
  )
  assert.equal(createClientAddresses(['0'], logger).schemeOf('10.9.9.9', { 'x-forwarded-proto': 'https' }), undefined)
})

test('a server behind one proxy limits and logs by the entry it wrote, and one behind none ignores a forged one', async () => {
  const [one, none] = await Promise.all(
    ['1', '0'].map((hops) => startServer({ limits, logger, config: { trustedProxies: [hops] } })),
  )
  lines.length = 0
  const codes: string[] = []
  for (const forged of ['198.51.100.1, 203.0.113.91', '198.51.100.2, 203.0.113.91', '198.51.100.3, 203.0.113.91'])
    codes.push(await tries(one!, forged))
  const other = await tries(one!, '198.51.100.1, 203.0.113.92')
  for (const forged of ['203.0.113.93', '203.0.113.94', '203.0.113.95']) codes.push(await tries(none!, forged))
  await Promise.all([one!.stop(), none!.stop()])

  assert.deepEqual([codes[2], other === 'TooManyRequests', codes[5]], ['TooManyRequests', false, 'TooManyRequests'])
  assert.equal(requests('203.0.113.91').length, 3)
  assert.equal(requests('127.0.0.1').length, 3)
})

test('an IPv6 client is limited by its /64 and logged by its address, and one mapped from IPv4 is that one', async () => {
  const server = await startServer({ limits, logger, config: { trustedProxies: ['1'] } })
  lines.length = 0
  const codes: string[] = []
  const v6 = ['2001:db8:7:7::1', '2001:db8:7:7::2', '2001:db8:7:7:ffff::3']
  const mapped = ['203.0.113.96', '::ffff:203.0.113.96', '::ffff:cb00:7160']
  for (const address of [...v6, '2001:db8:7:8::1', ...mapped]) codes.push(await tries(server, address))
  await server.stop()

  assert.deepEqual(
    codes.map((code) => code === 'TooManyRequests'),
    [false, false, true, false, false, false, true],
  )
  for (const address of v6) assert.equal(requests(address).length, 1, address)
  assert.equal(requests('203.0.113.96').length, 3)
})

test('the scheme is what the nearest trusted proxy says, and nothing where none does', () => {
  const clients = createClientAddresses(['10.0.0.5'], logger)
  const of = (peer: string, proto?: string) => clients.schemeOf(peer, { 'x-forwarded-proto': proto })

  assert.deepEqual(
    [of('10.0.0.5', 'https'), of('10.0.0.5', 'http, https'), of('10.0.0.5', 'gopher'), of('10.0.0.5')],
    ['https', 'https', undefined, undefined],
  )
  assert.equal(of('10.0.0.6', 'https'), undefined)
})
