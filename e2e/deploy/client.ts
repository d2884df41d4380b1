import { Agent, request, type RequestOptions } from 'node:https'
import type { Answer } from '@connectly/protocol'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { NAME } from './proxies.ts'

/* People who reach a proxy on this machine by its public name, each from an address of their own. */

/** An agent that dials 127.0.0.1 whatever the name, from this address (127.0.0.0/8, which is all Linux's own). */
const agentFrom = (from: string): Agent =>
  new Agent({
    localAddress: from,
    // Made for this test, and known to nobody; that the name is right is checked by the proxy.
    rejectUnauthorized: false,
    lookup: (_name, { all }, done) =>
      all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
  })

export type Got = { status: number; headers: Record<string, string | string[] | undefined>; text: string }
type Sent = {
  from: string
  path: string
  method?: string
  headers?: Record<string, string>
  body?: string
  name?: string
}

/** One request by TLS, with its path and headers as they stand. */
export function fetchBy(
  port: number,
  { from, path, method = 'GET', headers = {}, body, name = NAME }: Sent,
): Promise<Got> {
  const options: RequestOptions = { host: name, port, path, method, headers, agent: agentFrom(from) }
  return new Promise((done, fail) => {
    const sending = request(options, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part.toString()))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sending.on('error', fail)
    sending.end(body)
  })
}

/** Asks a method of the HTTP door, as someone without a session. */
export const askBy = (
  port: number,
  from: string,
  method: string,
  input: unknown,
  headers: Record<string, string> = {},
) =>
  fetchBy(port, {
    from,
    path: `/api/${method}`,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  })

/** A connection through the proxy, by Socket.IO's own client. */
export function connectBy(port: number, from: string, options: Partial<ManagerOptions & SocketOptions>): Socket {
  return io(`https://${NAME}:${port}`, {
    agent: agentFrom(from) as unknown as string,
    forceNew: true,
    reconnection: false,
    ...options,
  })
}

/** Waits until the server has said hello, or why it did not. */
export const greeted = (socket: Socket): Promise<void> =>
  new Promise((done, fail) => socket.once('hello', () => done()).once('connect_error', fail))

export const asks = (socket: Socket, method: string, input: unknown): Promise<Answer<unknown>> =>
  socket.timeout(5000).emitWithAck('ask', method, input) as Promise<Answer<unknown>>
