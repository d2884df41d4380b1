import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { judgeAnswer, judgeBytes, judgeHttp, type Heard } from './judge.ts'
import { openLine, type Line } from './line.ts'
import type { Actor, Packet } from './packets.ts'
import type { Fuzzed } from './process.ts'
import type { Things } from './server.ts'

/** How long bytes that nobody answers are listened after, in ms. */
const SILENCE = 40
/** A world is lived in for so many packets: what they take from it is there again in the next. */
const WORN_AFTER = 250
/** After these nothing more would be learned as the same person. */
const gone = ['SignedOut', 'Banned', 'Muted']

export type Outcome = {
  complaint: string | null
  /** What came of it: `ok`, a refusal's code, `closed`, or a status. */
  what: string
}

/** Sends packets, one after another, as whoever they say. */
export function createSender(fuzzed: Fuzzed) {
  const { url } = fuzzed
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const worlds = new Map<Actor, { things: Things; used: number; line: Line | null }>()

  async function worldOf(actor: Actor) {
    const known = worlds.get(actor)
    if (known && known.used++ < WORN_AFTER) return known
    known?.line?.close()
    const made = { things: await fuzzed.world(actor), used: 0, line: null }
    worlds.set(actor, made)
    return made
  }

  async function send(packet: Packet): Promise<Outcome> {
    const world = await worldOf(packet.actor)
    const { things } = world
    const put = (text: string): string => text.replace(/«(\w+)»/g, (all, name: string) => things[name] ?? all)
    const outcome = await sendIn(packet, put, things, world)
    // Whoever signed out, or was put out, comes back as somebody new.
    if (gone.includes(outcome.what) && packet.actor !== 'anonymous') world.used = WORN_AFTER
    return outcome
  }

  async function sendIn(
    packet: Packet,
    put: (text: string) => string,
    things: Things,
    world: { line: Line | null },
  ): Promise<Outcome> {
    const token = packet.actor === 'anonymous' ? null : (things['token'] ?? '')
    switch (packet.kind) {
      case 'ask':
        return packet.door === 'socket' && token
          ? askBySocket(packet.method, put(packet.text), token, world)
          : askByHttp(packet.method, put(packet.text), token)
      case 'request': {
        const headers = Object.fromEntries(Object.entries(packet.headers).map(([name, value]) => [name, put(value)]))
        return outcomeOf(await http(packet.verb, put(packet.path), headers, put(packet.body)))
      }
      case 'frames': {
        const line = await openLine(url, packet.signedIn ? token : null)
        for (const frame of packet.frames) line.send(typeof frame === 'string' ? put(frame) : frame)
        return asksAfter(line)
      }
      case 'polls':
        return poll(packet.requests, put, token)
      case 'bytes':
        return bytes(Buffer.from(put(Buffer.from(packet.hex, 'hex').toString('latin1')), 'latin1'), packet.isUpgraded)
    }
  }

  async function askByHttp(method: string, text: string, token: string | null): Promise<Outcome> {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    return outcomeOf(await http('POST', `/api/${method}`, headers, text, agent))
  }

  async function askBySocket(
    method: string,
    text: string,
    token: string,
    world: { line: Line | null },
  ): Promise<Outcome> {
    if (!world.line?.isOpen()) world.line = await openLine(url, token)
    const answer = await world.line.ask(method, text)
    if (answer === null) return { complaint: null, what: 'closed' }
    return { complaint: judgeAnswer(answer), what: codeIn(answer) }
  }

  /** Whatever was said, the connection goes on, or it ends. */
  async function asksAfter(line: Line): Promise<Outcome> {
    const answer = await line.ask('accounts.me', '{}')
    line.close()
    return { complaint: answer === null ? null : judgeAnswer(answer), what: answer === null ? 'closed' : 'went on' }
  }

  async function poll(
    requests: (Packet & { kind: 'polls' })['requests'],
    put: (text: string) => string,
    token: string | null,
  ): Promise<Outcome> {
    const at = '/socket.io/?EIO=4&transport=polling'
    const opened = await http('GET', at, {}, '')
    const sid = (JSON.parse(opened.text.slice(1)) as { sid: string }).sid
    await http('POST', `${at}&sid=${sid}`, {}, `40${JSON.stringify(token === null ? {} : { token })}`)
    for (const { verb, query, body, type } of requests) {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
      const heard = await http(verb, `/socket.io/?${query.replaceAll('«sid»', sid)}`, headers, put(body))
      const complaint = judgeHttp(heard)
      if (complaint) return { complaint, what: String(heard.status) }
    }
    const last = await http('POST', `${at}&sid=${sid}`, {}, '1')
    return { complaint: judgeHttp(last), what: String(last.status) }
  }

  function bytes(content: Buffer, isUpgraded: boolean): Promise<Outcome> {
    return new Promise((done) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      const parts: Buffer[] = []
      let hasSent = false
      const begin = () => {
        hasSent = true
        socket.write(content)
        timer.refresh()
      }
      const timer = setTimeout(() => socket.destroy(), isUpgraded ? 2000 : SILENCE)
      socket.on('data', (part: Buffer) => {
        parts.push(part)
        if (isUpgraded && !hasSent && Buffer.concat(parts).includes('\r\n\r\n')) begin()
        if (hasSent) setTimeout(() => socket.destroy(), SILENCE)
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        clearTimeout(timer)
        const text = Buffer.concat(parts).toString('latin1')
        done({ complaint: judgeBytes(text), what: /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'silence' })
      })
      if (isUpgraded)
        socket.write(
          'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
        )
      else begin()
    })
  }

  function http(
    verb: string,
    path: string,
    headers: Record<string, string>,
    body: string,
    by: Agent | false = false,
  ): Promise<Heard> {
    const { hostname, port } = new URL(url)
    return new Promise((done, fail) => {
      const sending = httpRequest({ hostname, port, path, method: verb, headers, agent: by }, (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => (text += part.toString()))
        answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text, verb, path }))
        answer.on('error', fail)
      })
      sending.setTimeout(15_000, () =>
        sending.destroy(new Error(`no answer within 15 s: ${verb} ${path.slice(0, 100)}`)),
      )
      sending.on('error', fail)
      sending.end(verb === 'GET' || verb === 'HEAD' || verb === 'TRACE' ? undefined : body)
    })
  }

  return {
    send,
    close: () => {
      for (const { line } of worlds.values()) line?.close()
      agent.destroy()
    },
  }
}

const outcomeOf = (heard: Heard): Outcome => ({
  complaint: judgeHttp(heard),
  what: codeIn(heard.text) || String(heard.status),
})

function codeIn(text: string): string {
  if (text.startsWith('{"ok":true')) return 'ok'
  return /"code":"(\w+)"/.exec(text)?.[1] ?? ''
}
