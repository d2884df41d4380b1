import type { IncomingHttpHeaders } from 'node:http'
import { newId } from '../kernel/ids.ts'

/* What of a request may stand in the log, although somebody else wrote it. */

/** A UUID, or what proxies make of one: hexadecimal, so that no name, token or code fits, long enough to mean one request. */
const harmless = /^[0-9a-f-]{20,64}$/i
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** No name that we give is like this, but tokens are. */
const long = /^(?:[\w~%+=-]{20,}|.{41,})$/

/** The id that a proxy or a client gave this request, where it can be nothing but an id; a new one otherwise. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && harmless.test(given) ? given : newId<string>()
}

/** A path without what may be a token: somebody may have put it there, or a link of theirs. */
export function plainPath(path: string): string {
  return path
    .split('/')
    .slice(0, 20)
    .map((part) => (long.test(part) && !uuid.test(part) ? '…' : part))
    .join('/')
}
