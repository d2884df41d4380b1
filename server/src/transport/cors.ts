import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Step } from './headers.ts'
import { CSRF_HEADER, type OriginRules } from './origin.ts'

/** What an answer may be read by. `cookies`: the route reads or sets them. `public`: it does neither. */
export type CorsRoute = 'cookies' | 'public'

/** What of ours a page elsewhere may read: the methods, and what is public anyway. */
const publicPaths = new Set(['/health', '/ready', '/api/openapi.json', '/api/asyncapi.json'])

/** Says at the HTTP door which pages elsewhere may read an answer, and answers browsers that ask beforehand. */
export function cors(origins: OriginRules): Step {
  return (request, response, next) => {
    const [path = ''] = (request.url ?? '').split('?', 1)
    const route = publicPaths.has(path) ? 'public' : path.startsWith('/api/') ? 'cookies' : null
    if (!route) return next()
    setCors(origins, route, request, response)
    const verbs = route === 'public' ? 'GET' : 'POST'
    if (!answersPreflight(origins, verbs, request, response)) next()
  }
}

/** How long a browser may remember what it was told before it asked, in seconds. */
const REMEMBERED = '600'
const ALLOWED_HEADERS = `content-type, authorization, ${CSRF_HEADER}`
const READABLE_HEADERS = `${CSRF_HEADER}, x-request-id, retry-after`

/**
 * Tells browsers who else may read an answer: the pages at origins that CORS_ORIGINS lists, each by its own name, and
 * with cookies only where the route has to do with them. Nobody else is told anything.
 */
export function setCors(
  origins: OriginRules,
  route: CorsRoute,
  request: IncomingMessage,
  response: Pick<ServerResponse, 'setHeader'>,
): void {
  if (!origins.listsOthers) return
  response.setHeader('Vary', 'Origin')
  if (origins.originOf(request) !== 'allowed') return
  response.setHeader('Access-Control-Allow-Origin', String(request.headers.origin))
  response.setHeader('Access-Control-Expose-Headers', READABLE_HEADERS)
  if (route === 'cookies') response.setHeader('Access-Control-Allow-Credentials', 'true')
}

/** Whether this is a browser's question if a page at an allowed origin may ask; then it is answered. */
export function answersPreflight(
  origins: OriginRules,
  verbs: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  if (!isPreflight || origins.originOf(request) !== 'allowed') return false
  response.setHeader('Access-Control-Allow-Methods', verbs)
  response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS)
  response.setHeader('Access-Control-Max-Age', REMEMBERED)
  response.statusCode = 204
  response.end()
  return true
}
