import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { Answer, Frame } from '@connectly/protocol'

/* A reader that stops reading, beside others that go on. The server is a process of its own, to see what it weighs. */

const program = `
  const { startServer, befriend } = await import(${JSON.stringify(import.meta.resolve('../test-kit.ts'))})
  const server = await startServer()
  const [ada, eve] = [await server.person('ada'), await server.person('eve')]
  const roomId = await befriend(ada, eve)
  console.log(JSON.stringify({ url: server.url, ada: ada.token, eve: eve.token, roomId, dataDir: server.dataDir }))
  process.on('SIGTERM', () => server.stop().then(() => process.exit(0)))`
type Started = { url: string; ada: string; eve: string; roomId: string }

const opening = JSON.stringify(['ask', 'sync.open', { epoch: null, cursors: {}, lines: {} }])

/** A seated socket that reads everything: the numbers it heard, and a way to ask. */
async function reader({ url, roomId }: Started, token: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const heard: number[] = []
  const answers = new Map<string, (answer: Answer<unknown>) => void>()
  let asked = 1
  await new Promise<void>((seated) =>
    socket.addEventListener('message', ({ data }) => {
      const text = String(data)
      if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`)
      if (text.startsWith('42["hello"')) socket.send(`421${opening}`)
      if (text.startsWith('431[')) seated()
      if (text.startsWith('42["told"')) {
        const [, frame] = JSON.parse(text.slice(2)) as [string, Frame]
        if (frame.place === `room:${roomId}`) heard.push(...frame.events.map((event) => event.seq))
      }
      const id = /^43(\d+)\[/.exec(text)?.[1] ?? ''
      answers.get(id)?.((JSON.parse(text.slice(2 + id.length)) as [Answer<unknown>])[0])
      answers.delete(id)
    }),
  )
  const ask = (name: string, input: unknown) => {
    const id = String(++asked)
    return new Promise<Answer<unknown>>((done) => {
      answers.set(id, done)
      socket.send(`42${id}${JSON.stringify(['ask', name, input])}`)
    })
  }
  return { heard, ask, close: () => socket.close() }
}

/** A text frame of a client, masked with zeros. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text)
  const length =
    body.length < 126 ? Buffer.from([0x80 | body.length]) : Buffer.from([0xfe, body.length >> 8, body.length & 255])
  return Buffer.concat([Buffer.from([0x81]), length, Buffer.alloc(4), body])
}

/** A seated socket that reads until it is, and then never again. */
async function frozen({ url }: Started, token: string): Promise<Socket> {
  const { hostname, port, host } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined)
  const key = Buffer.alloc(16).toString('base64')
  const path = '/socket.io/?EIO=4&transport=websocket'
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`)
  socket.write(`Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`)
  socket.write(frameOf(`40${JSON.stringify({ token })}`))
  let got = ''
  const until = async (what: string) => {
    while (!got.includes(what)) got += String((await once(socket, 'data'))[0])
  }
  await until('42["hello"')
  socket.write(frameOf(`421${opening}`))
  await until('431[')
  socket.pause()
  return socket
}

/** Each over a connection of its own: one that is kept for the next would be counted with those of the readers. */
async function metricsOf({ url }: Started) {
  const [response] = (await once(get(`${url}/metrics`, { agent: false }), 'response')) as [IncomingMessage]
  const all = await text(response)
  const read = (name: string) => Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(all)?.[1] ?? 0)
  return {
    cut: read('connectly_disconnects_total\\{reason="slow reader"\\}'),
    open: read('connectly_nodejs_active_resources\\{type="TCPSocketWrap"\\}'),
    memory: read('connectly_process_resident_memory_bytes'),
  }
}

test('a reader that stops reading is cut within ten seconds, costs little, and takes nothing from those who read', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  const started = JSON.parse(String(said)) as Started
  const [writer, other] = [await reader(started, started.ada), await reader(started, started.eve)]
  const stuck = await frozen(started, started.eve)
  const before = await metricsOf(started)

  const sent: number[] = []
  const began = Date.now()
  let now = before
  let crowdedAt = 0
  while (now.cut === 0 && Date.now() - began < 60_000) {
    for (let nth = 0; nth < 100; nth++) {
      const body = { kind: 'text', text: 'x'.repeat(8000) }
      const answer = await writer.ask('messages.send', { roomId: started.roomId, localId: crypto.randomUUID(), body })
      assert.ok(answer.ok)
      sent.push((answer.value as { seq: number }).seq)
    }
    now = await metricsOf(started)
    if (crowdedAt === 0 && sent.length >= 2500) crowdedAt = Date.now()
  }
  const waited = crowdedAt === 0 ? 0 : Date.now() - crowdedAt
  const cutAt = Date.now()
  while (now.open >= before.open && Date.now() - cutAt < 10_000) now = await metricsOf(started)
  await writer.ask('accounts.me', {})
  await other.ask('accounts.me', {})

  child.kill('SIGTERM')
  await once(child, 'close')
  stuck.destroy()
  for (const { close } of [writer, other]) close()
  assert.equal(now.cut, 1, `not cut after ${sent.length} messages`)
  assert.ok(waited < 10_000)
  assert.ok(now.open < before.open, `its TCP connection is gone too: ${now.open} of ${before.open}`)
  assert.deepEqual(other.heard, sent)
  assert.deepEqual(writer.heard, sent)
  assert.ok(now.memory - before.memory < 128 * 1024 * 1024, `${(now.memory - before.memory) / 1024 / 1024} MB`)
})
