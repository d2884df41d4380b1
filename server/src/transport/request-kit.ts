import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'

/* Requests for tests, sent exactly as they are written: a browser or fetch would say some of it otherwise. */

export type Got = { status: number; headers: IncomingHttpHeaders; text: string }
export type Sent = { method?: string; headers?: Record<string, string>; body?: string | Buffer }

/** A request; an upgrade that is taken is let go at once, as status 101. */
export function send(url: string, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Got> {
  const { hostname, port } = new URL(url)
  return new Promise((done, fail) => {
    const sending = httpRequest({ hostname, port, path, method, headers, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    sending.on('upgrade', (answer, socket) => {
      socket.destroy()
      done({ status: 101, headers: answer.headers, text: '' })
    })
    sending.on('error', fail)
    sending.end(body)
  })
}

/** What a browser sends to begin a WebSocket. */
export const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
}

/** Bytes as they are, and everything that comes back until the other side ends. */
export function exchange(url: string, bytes: string | Buffer, limit = 5000): Promise<Got> {
  return new Promise((done, fail) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const parts: Buffer[] = []
    const late = setTimeout(() => socket.destroy(), limit)
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', (error: NodeJS.ErrnoException) => error.code !== 'ECONNRESET' && fail(error))
    socket.on('close', () => {
      clearTimeout(late)
      done(read(Buffer.concat(parts).toString()))
    })
    socket.on('end', () => socket.end())
    socket.write(bytes)
  })
}

function read(answer: string): Got {
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { status: Number(first.split(' ')[1] ?? 0), headers, text: rest.join('\r\n\r\n') }
}
