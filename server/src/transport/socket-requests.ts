import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Report } from '../kernel/report.ts'
import type { ClientAddresses } from './client-address.ts'
import { answersPreflight, setCors } from './cors.ts'
import type { Step } from './headers.ts'
import type { OriginRules } from './origin.ts'
import { refusal, refuseOnLine, type Refused } from './refusing.ts'
import { requestIdOf } from './request-line.ts'

/** Where the socket is; everything below it belongs to Engine.IO. */
export const SOCKET_PATH = '/socket.io/'

type Parts = {
  origins: OriginRules
  clients: ClientAddresses
  report: Report
  isDraining: () => boolean
  /** By what a connection comes that has this id, as Engine.IO knows it. */
  transportOf: (sid: string) => string | undefined
}

/** What Engine.IO read from the address before it asks us; it goes by the same, so that nothing is read in two ways. */
type Asked = IncomingMessage & { _query: Record<string, string | undefined> }

/**
 * Looks at every request for the socket before Engine.IO does: whose page it comes from, and whether it is one that
 * Engine.IO has a use for. A no has the headers and the shape of all others, on both transports; so has what Engine.IO
 * says no to by itself.
 */
export function createSocketRequests(parts: Parts): Step {
  const { origins, clients, report } = parts

  function refusalOf(request: Asked, isUpgrade: boolean): Refused | null {
    const { sid, transport, EIO } = request._query
    const origin = origins.originOf(request)
    const isOpening = !sid
    if (origin === 'foreign') return { status: 403, code: 'BadOrigin' }
    // A browser says where a page is from; a cookie without that was put there by something else.
    if (isOpening && origin === 'none' && origins.sessionToken(request) !== null)
      return { status: 403, code: 'BadOrigin', params: { reason: 'a cookie comes with an Origin' } }
    if (isOpening && parts.isDraining()) return { status: 503, code: 'Unavailable' }
    const verbs = isUpgrade || isOpening ? ['GET'] : ['GET', 'POST']
    if (!verbs.includes(request.method ?? ''))
      return { ...badly('method', `is not ${verbs.join(' or ')}`), status: 405, headers: { Allow: verbs.join(', ') } }
    if (EIO !== '4') return badly('EIO', 'is not 4')
    if (transport !== (isUpgrade ? 'websocket' : 'polling')) return badly('transport', 'does not fit the request')
    if (isUpgrade && !isWebSocket(request)) return badly('upgrade', 'is not a WebSocket of version 13')
    if (isOpening) return null
    const known = parts.transportOf(sid)
    return known === undefined || (known !== transport && !isUpgrade) ? badly('sid', 'is not known') : null
  }

  /** But for what happens to every client that polls while a server stops and starts. */
  function reportNo(request: Asked, refused: Refused, requestId: string): void {
    if (refused.code === 'Unavailable' || refused.params?.['field'] === 'sid') return
    const { remoteAddress } = request.socket
    const { origin } = request.headers
    const asker = {
      requestId,
      door: 'socket',
      address: clients.addressOf(remoteAddress, request.headers),
      origin,
    } as const
    report.refused(asker, refused, 'connecting')
  }

  return (given, response, next) => {
    const request = given as Asked
    const isUpgrade = !(response instanceof ServerResponse)
    const requestId = requestIdOf(request.headers)
    response.setHeader('X-Request-Id', requestId)
    setCors(origins, 'cookies', request, response)
    if (!isUpgrade && answersPreflight(origins, 'GET, POST', request, response)) return
    const refused = refusalOf(request, isUpgrade)
    if (!refused) {
      if (!isUpgrade) sayNoInOurWords(response, requestId)
      return next()
    }
    reportNo(request, refused, requestId)
    if (isUpgrade) return refuseOnLine(request.socket, origins.secure, refused, requestId)
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }
    response.writeHead(refused.status, { ...headers, ...refused.headers })
    response.end(JSON.stringify(refusal(refused.code, requestId, refused.params)))
  }
}

const badly = (field: string, reason: string): Refused => ({
  status: 400,
  code: 'InvalidInput',
  params: { field, reason },
})

const isWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers['sec-websocket-version'] === '13' && /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')

/** What Engine.IO finds wrong later (a body that is too large, two polls at once) is answered like everything else. */
function sayNoInOurWords(response: ServerResponse, requestId: string): void {
  const writeHead = response.writeHead.bind(response) as (status: number, ...rest: unknown[]) => ServerResponse
  const end = response.end.bind(response) as (text: string) => ServerResponse
  let isSaid = false
  const sayNo = (status: number): ServerResponse => {
    const answer =
      status === 413
        ? refusal('TooLarge', requestId)
        : refusal('InvalidInput', requestId, { field: '', reason: 'cannot be read' })
    const endOnce = (): ServerResponse => {
      if (isSaid) return response
      isSaid = true
      return end(JSON.stringify(answer))
    }
    Object.assign(response, { end: endOnce })
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }
    return writeHead(status < 500 ? status : 400, headers)
  }
  Object.assign(response, {
    writeHead: (status: number, ...rest: unknown[]) => (status < 400 ? writeHead(status, ...rest) : sayNo(status)),
  })
}
