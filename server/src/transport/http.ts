import { pipeline } from 'node:stream/promises'
import { refusals, type Answer, type RefusalCode } from '@connectly/protocol'
import express, { type Express, type Request, type Response } from 'express'
import type { Caller } from '../kernel/context.ts'
import type { Download } from '../kernel/feature.ts'
import type { Ask } from '../kernel/kernel.ts'
import type { AccessLog } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import type { No, Report } from '../kernel/report.ts'
import type { PageSources } from '../kernel/services.ts'
import { SESSION_MAX_LIFE, type Sessions } from '../kernel/sessions.ts'
import { StoreAway } from '../store/store.ts'
import type { ClientAddresses } from './client-address.ts'
import { addressClassOf } from './address-class.ts'
import { cors } from './cors.ts'
import { deviceOf } from './device.ts'
import { asyncApi, openApi } from './documents.ts'
import { securityHeaders } from './headers.ts'
import { metricsStatus } from './metrics-door.ts'
import { CSRF_COOKIE, CSRF_HEADER, readsCookies, type OriginRules } from './origin.ts'
import type { Pages } from './pages/pages.ts'
import { plainPath, requestIdOf } from './request-line.ts'
import { refusal } from './refusing.ts'
import { isScreen } from './screens.ts'
import { serveClient } from './static.ts'
import { inputOf, NOT_JSON } from './strict-json.ts'

/** When to come back while we are being restarted, in seconds. */
const RETRY_AFTER = 10
/** The largest request body; every legal one is smaller. */
const MAX_BODY = 100_000
/** A browser is known to the accounts that signed in from it for this long, in ms. */
const DEVICE_LIFE = 365 * 24 * 60 * 60 * 1000

type Parts = {
  ask: Ask
  sessions: Sessions
  origins: OriginRules
  clients: ClientAddresses
  accessLog: AccessLog
  report: Report
  metrics: Metrics
  metricsToken: string | null
  clientDir: string
  pages: Pages
  download: Download
  isReady: () => Promise<boolean>
  isDraining: () => boolean
  /** What scripts of somebody else need, where there are any. */
  sources?: PageSources | undefined
}

/** The HTTP door: every method as `POST /api/<name>`, the web client, and what operators ask. */
export function createHttp(parts: Parts): Express {
  const { ask, origins, clients, accessLog, report, metrics } = parts
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', 'weak')
  app.use(...securityHeaders(origins.secure, parts.sources))
  app.use((request, response, next) => {
    const { remoteAddress } = request.socket
    const requestId = requestIdOf(request.headers)
    response.locals['requestId'] = requestId
    response.locals['pages'] = parts.pages
    response.locals['report'] = (no: No, error?: unknown) => {
      const address = clients.addressOf(remoteAddress, request.headers)
      report.refused({ requestId, door: 'http', address }, no, 'request', error)
    }
    response.setHeader('X-Request-Id', requestId)
    if (parts.isDraining()) response.setHeader('Connection', 'close')
    const began = performance.now()
    response.once('close', () => {
      const { method, path, headers } = request
      const ms = performance.now() - began
      metrics.requests.inc({ status: String(response.statusCode) })
      metrics.requestSeconds.observe({ status: `${Math.trunc(response.statusCode / 100)}xx` }, ms / 1000)
      accessLog(
        {
          requestId,
          method,
          path: plainPath(path),
          status: response.statusCode,
          ms: Math.round(ms),
          ...(!response.writableFinished && { isBrokenOff: true }),
          address: clients.addressOf(remoteAddress, headers),
          scheme: clients.schemeOf(remoteAddress, headers),
        },
        'http',
      )
    })
    next()
  })

  app.use(cors(origins))
  app.use(withHost)

  app.get('/health', (_request, response) => void plain(response).json({ ok: true }))
  app.get('/ready', async (_request, response) => {
    const ready = !parts.isDraining() && (await parts.isReady())
    plain(response)
      .status(ready ? 200 : 503)
      .json({ ready })
  })
  app.get('/metrics', async (request, response) => {
    const status = metricsStatus(parts.metricsToken, request)
    if (status === 404) return noSuch(request, response)
    plain(response).status(status)
    if (status === 401) return void response.setHeader('WWW-Authenticate', 'Bearer').type('text').send('Unauthorized\n')
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
  app.get('/api/openapi.json', (_request, response) => void plain(response).json(openApi()))
  app.get('/api/asyncapi.json', (_request, response) => void plain(response).json(asyncApi()))

  app.use('/api', (_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store')
    next()
  })
  app.post(
    '/api/:method',
    express.text({ limit: MAX_BODY, type: 'application/json', inflate: false }),
    async (request, response) => {
      const input = inputOf(request.body)
      if (input === NOT_JSON) return deny(response, 'InvalidInput', { field: '', reason: 'is not JSON' })
      const caller = await callerOf(request, response)
      if ('refused' in caller) return deny(response, caller.refused, caller.params)
      const answer = await ask(caller, request.params['method'] ?? '', input)
      if (answer.ok) setCookies(request, response, caller)
      send(response, answer)
    },
  )
  app.use('/api', (_request, response) => deny(response, 'NotFound'))
  app.get('/download/:token', async (request, response) => {
    const file = await parts.download(request.params['token'], String(response.locals['requestId']))
    if (!file) return noSuch(request, response)
    plain(response).type(file.type).attachment(file.name)
    await pipeline(file.body, response)
  })

  const onPage = (request: Request, response: Response): void => {
    if (!origins.csrfCookie(request)) giveCsrf(request, response, origins.sessionToken(request))
  }
  parts.pages.mount(app)
  app.use((request, response, next) => {
    if (!parts.isDraining() || !parts.pages.answer(request, response, { status: 503, retryAfter: RETRY_AFTER })) next()
  })
  serveClient(app, parts.clientDir, { onPage, noSuch, notBuilt })
  app.use((request, response) => {
    if (!isScreen(request.path)) return noSuch(request, response)
    response.setHeader('Allow', 'GET, HEAD')
    sayLine(request, response, 405, 'Method not allowed')
  })
  app.use(failed)
  return app

  /** Who asks: by cookie from our own pages, with the double-submit header; by bearer from anywhere else. */
  async function callerOf(
    request: Request,
    response: Response,
  ): Promise<Caller | { refused: RefusalCode; params?: Record<string, string> }> {
    const origin = origins.originOf(request)
    const bearer = origins.bearerOf(request)
    const held = origins.sessionToken(request)
    const cookie = readsCookies(origin) ? held : null
    if (origin === 'foreign') return { refused: 'BadOrigin' }
    if (bearer && held)
      return {
        refused: 'InvalidInput',
        params: { field: 'authorization', reason: 'comes with a cookie: send one of the two' },
      }
    if (request.headers.authorization !== undefined && !bearer)
      return { refused: 'InvalidInput', params: { field: 'authorization', reason: 'is not a bearer token' } }
    if (!request.is('application/json'))
      return { refused: 'InvalidInput', params: { field: 'content-type', reason: 'is not application/json' } }
    const session = await parts.sessions.find(bearer ?? cookie ?? '')
    if (
      readsCookies(origin) &&
      !bearer &&
      !origins.csrfHolds(request, session ? cookie : null) &&
      !origins.csrfHolds(request, cookie)
    ) {
      giveCsrf(request, response, session ? cookie : null)
      return { refused: 'BadOrigin', params: { reason: 'double-submit' } }
    }
    const address = clients.addressOf(request.socket.remoteAddress, request.headers)
    const deviceToken = origin === 'own' ? origins.deviceToken(request) : null
    return {
      session,
      address,
      door: 'http',
      requestId: String(response.locals['requestId']),
      device: deviceOf(request.headers['user-agent']),
      from: addressClassOf(address),
      ...(deviceToken !== null && { deviceToken }),
    }
  }

  /** What is thrown outside of a method: by a body or a path that cannot be read, or by a fault of ours. */
  function failed(error: unknown, _request: Request, response: Response, next: (error: unknown) => void): void {
    if (response.headersSent) return next(error)
    const { type, status = 500 } = error as { type?: string; status?: number }
    if (type === 'entity.too.large') return deny(response, 'TooLarge')
    if (error instanceof StoreAway) return deny(response, 'Unavailable', undefined, error)
    if (status < 500) return deny(response, 'InvalidInput', { field: '', reason: 'cannot be read' })
    deny(response, 'Internal', undefined, error)
  }

  function setCookies(request: Request, response: Response, caller: Caller): void {
    const base = { httpOnly: true, sameSite: 'lax', path: '/', secure: origins.secure } as const
    if (caller.newDeviceToken !== undefined && origins.originOf(request) === 'own')
      response.cookie(origins.deviceCookie, caller.newDeviceToken, { ...base, maxAge: DEVICE_LIFE })
    if (caller.newToken === undefined) return
    if (caller.newToken === null) response.clearCookie(origins.sessionCookie, base)
    else response.cookie(origins.sessionCookie, caller.newToken, { ...base, maxAge: SESSION_MAX_LIFE })
    if (readsCookies(origins.originOf(request))) giveCsrf(request, response, caller.newToken)
  }

  /** A page elsewhere cannot read our cookie: it is told the token, too. */
  function giveCsrf(request: Request, response: Response, token: string | null): void {
    const csrf = origins.csrfToken(token)
    if (origins.originOf(request) === 'allowed') response.setHeader(CSRF_HEADER, csrf)
    response.cookie(CSRF_COOKIE, csrf, {
      sameSite: 'lax',
      path: '/',
      secure: origins.secure,
      maxAge: SESSION_MAX_LIFE,
    })
  }
}

const plain = (response: Response): Response => response.setHeader('Cache-Control', 'no-store')

function send(response: Response, answer: Answer<unknown>): void {
  if (answer.ok) return void response.json(answer)
  const { code, params } = answer.refusal
  if (code === 'TooManyRequests' && params?.['retryAfter'])
    response.setHeader('Retry-After', String(params['retryAfter']))
  response.status(refusals[code].status).json(answer)
}

function deny(response: Response, code: RefusalCode, params?: Record<string, string>, error?: unknown): void {
  const report = response.locals['report'] as ((no: No, error?: unknown) => void) | undefined
  // That there is no such file is in the access log.
  if (code !== 'NotFound') report?.({ code, params }, error)
  if (deniedByPage(response, refusals[code].status, params?.['retryAfter'])) return
  send(plain(response), refusal(code, String(response.locals['requestId']), params))
}

/** There is no such page or file. */
function noSuch(_request: Request, response: Response): void {
  for (const name of ['Content-Encoding', 'Content-Type', 'Cache-Control']) response.removeHeader(name)
  deny(response, 'NotFound')
}

function notBuilt(request: Request, response: Response): void {
  sayLine(request, response, 503, 'The web client is not built. Run: npm run build')
}

/** What whoever runs the server, or writes a program for it, should read: on a page, or as the line it is. */
function sayLine(request: Request, response: Response, status: number, line: string): void {
  if (pagesOf(response)?.answer(request, response, { status, ...(status === 503 && { note: line }) })) return
  response.status(status).type('text').send(`${line}\n`)
}

const pagesOf = (response: Response): Pages | undefined => response.locals['pages'] as Pages | undefined

/** Whether a person's browser came for a page and got one that says no; what asks the API is told in JSON. */
function deniedByPage(response: Response, status: number, retryAfter?: string): boolean {
  const { req: request } = response
  if (/^\/api(?:\/|\?|$)/i.test(request.originalUrl)) return false
  return (
    pagesOf(response)?.answer(request, response, { status, ...(retryAfter && { retryAfter: Number(retryAfter) }) }) ??
    false
  )
}

/** A request of today says whom it is for; what does not is nobody's browser. */
function withHost(request: Request, response: Response, next: () => void): void {
  if (request.httpVersion === '1.1' && !request.headers.host)
    return deny(response, 'InvalidInput', { field: 'host', reason: 'is missing' })
  next()
}
