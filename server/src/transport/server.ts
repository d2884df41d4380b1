import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { SOCKET_PATH } from './socket-requests.ts'
import { refuseOnLine, type Refused } from './refusing.ts'

/** How long a client may take, in ms; whoever is slower is cut. */
export type Patience = {
  /** For the headers of a request. */
  headers: number
  /** For the whole of a request. */
  request: number
  /** Without a byte in either direction while a request is answered; above Engine.IO's longest poll. */
  silence: number
  /** Between two requests on a connection; above what proxies keep theirs for. */
  between: number
  /** How often the first two are looked at. */
  check: number
}

/** Each limit and a check later stay below 30 seconds. */
export const usualPatience: Patience = {
  headers: 10_000,
  request: 20_000,
  silence: 30_000,
  between: 65_000,
  check: 5_000,
}

/** An HTTP server that answers in our words also what Node would answer by itself, and cuts whoever is too slow. */
export function createHttpServer(listener: RequestListener, secure: boolean, patience: Partial<Patience> = {}): Server {
  const { headers, request, silence, between, check } = { ...usualPatience, ...patience }
  const server = createServer(
    {
      headersTimeout: headers,
      requestTimeout: request,
      keepAliveTimeout: between,
      connectionsCheckingInterval: check,
      // Without a Host a request is refused by our own listener, with all headers.
      requireHostHeader: false,
      shouldUpgradeCallback: isSocketUpgrade,
    },
    listener,
  )
  server.timeout = silence
  server.on('checkExpectation', (asked, answer) => void server.emit('request', asked, answer))
  server.on('clientError', (error: NodeJS.ErrnoException, line: Duplex) => {
    const { _httpMessage: begun } = line as { _httpMessage?: { headersSent: boolean } }
    if (error.code === 'ECONNRESET' || begun?.headersSent) return void line.destroy()
    refuseOnLine(line, secure, refusalFor(error.code))
  })
  return server
}

/** Anything else that asks for an upgrade is answered as if it had not. */
const isSocketUpgrade = ({ url = '', headers }: IncomingMessage): boolean =>
  url.startsWith(SOCKET_PATH) && headers.upgrade?.toLowerCase() === 'websocket'

function refusalFor(code: string | undefined): Refused {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, code: 'TooLarge' }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'TooLarge' }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'InvalidInput', params: { field: '', reason: 'took too long to arrive' } }
    default:
      return { status: 400, code: 'InvalidInput', params: { field: '', reason: 'is not HTTP' } }
  }
}
