import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { whoAmI } from '@connectly/protocol'
import { startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { usualPatience } from './server.ts'

/* Clients that take their time, on purpose, beside others. Patience is shortened here: its shape is what is tested. */

const patience = { headers: 700, request: 1200, silence: 1500, check: 100 }
const MANY = 100
let server: TestServer
let ada: TestPerson
before(async () => {
  server = await startServer({ patience })
  ada = await server.person('ada')
})
after(() => server.stop())

/** Writes a beginning, and then a byte at a time; says how long it was suffered, in ms. */
async function drip(start: string, next: string): Promise<number> {
  const began = performance.now()
  const socket: Socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.on('data', () => undefined)
  socket.write(start)
  const timer = setInterval(() => socket.writable && socket.write(next), 100)
  await once(socket, 'close')
  clearInterval(timer)
  return performance.now() - began
}

const headers = 'POST /api/accounts.me HTTP/1.1\r\nHost: a\r\n'
const body = `${headers}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`
const poll = 'POST /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n'
const slow: [what: string, start: string, next: string, limit: number][] = [
  ['headers', headers, 'X-A: 1\r\n', patience.headers],
  ['bodies', body, ' ', patience.request],
  ['polls', poll, '2', patience.request],
  ['nothing at all', '', '', patience.headers],
]
for (const [what, start, next, limit] of slow)
  test(`a hundred connections that say slowly ${what} are cut in time, and an ask beside them is quick`, async () => {
    const suffered = Array.from({ length: MANY }, () => drip(start, next))
    const took: number[] = []
    for (let count = 0; count < 40; count++) {
      const began = performance.now()
      await ada.ask(whoAmI, {})
      took.push(performance.now() - began)
    }
    const lives = await Promise.all(suffered)

    took.sort((a, b) => a - b)
    assert.ok((took.at(-1) ?? Infinity) < 500, `the slowest ask took ${took.at(-1)} ms`)
    assert.ok(Math.max(...lives) < limit + patience.silence + 1500, `one lived ${Math.max(...lives)} ms`)
  })

test('in earnest, headers and bodies have less than thirty seconds, a check included', () => {
  const { headers: forHeaders, request, silence, check } = usualPatience

  assert.ok(Math.max(forHeaders, request) + check < 30_000)
  assert.ok(silence <= 30_000)
})
