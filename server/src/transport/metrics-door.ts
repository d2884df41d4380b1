import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { plainAddress } from '../kernel/address.ts'
import { sha256 } from '../kernel/ids.ts'
import { addressClassOf } from './address-class.ts'

/** What a proxy adds: whoever comes through one comes from anywhere. */
const proxied = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']

/**
 * The status for whoever asks for the metrics. With a token: 200 or 401. Without one they are not there, 404, but for
 * who asks directly from this machine or its private network.
 */
export function metricsStatus(token: string | null, request: IncomingMessage): 200 | 401 | 404 {
  if (token !== null) return isSame(request.headers.authorization ?? '', `Bearer ${token}`) ? 200 : 401
  const peer = plainAddress(request.socket.remoteAddress ?? '')
  const isNear = peer !== undefined && addressClassOf(peer) !== 'internet'
  return isNear && !proxied.some((name) => name in request.headers) ? 200 : 404
}

const isSame = (given: string, wanted: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(wanted)))
