import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

export type OriginRules = ReturnType<typeof createOriginRules>

export const CSRF_COOKIE = 'connectly_csrf'
export const CSRF_HEADER = 'x-csrf-token'

/** Whose page a request comes from; see `createOriginRules`. */
export type OriginKind = 'own' | 'allowed' | 'foreign' | 'none'

/**
 * Which requests come from our own pages. A browser says so by Origin; where it sends none, on a plain GET, by
 * Sec-Fetch-Site. `own`: from our page. `allowed`: from a page at an origin that CORS_ORIGINS lists, letter by letter.
 * `foreign`: from another's. `none`: not from a browser's page; no cookie is read.
 */
export function createOriginRules(publicUrl: URL | null, secretKey: string, listed: readonly string[] = []) {
  const secure = publicUrl?.protocol === 'https:'
  const sessionCookie = secure ? '__Host-connectly' : 'connectly'

  const isOwn = (origin: string, { host, 'x-forwarded-proto': forwarded }: IncomingHttpHeaders): boolean => {
    if (publicUrl) return origin === publicUrl.origin
    // We speak http. Where a proxy brings TLS it says so, and no page can make a browser say it.
    const scheme = String(forwarded ?? 'http')
      .split(',')
      .at(-1)
      ?.trim()
    const parsed = URL.parse(origin)
    return parsed !== null && parsed.host === host && parsed.origin === origin && parsed.protocol === `${scheme}:`
  }

  const kindOf = (origin: string, headers: IncomingHttpHeaders): OriginKind => {
    if (isOwn(origin, headers)) return 'own'
    return listed.includes(origin) ? 'allowed' : 'foreign'
  }

  const sign = (value: string) => createHmac('sha256', secretKey).update(value).digest('base64url')

  return {
    secure,
    sessionCookie,

    /** Whether any origin but our own may ask at all. */
    listsOthers: listed.length > 0,

    originOf: (request: IncomingMessage): OriginKind => {
      const { origin } = request.headers
      const site = request.headers['sec-fetch-site']
      if (origin !== undefined) return kindOf(origin, request.headers)
      if (site === 'same-origin') return 'own'
      return site === undefined || site === 'none' ? 'none' : 'foreign'
    },

    deviceCookie: secure ? '__Host-connectly-device' : 'connectly_device',

    deviceToken: (request: IncomingMessage): string | null => {
      const token = cookieOf(request, secure ? '__Host-connectly-device' : 'connectly_device')
      return token !== null && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : null
    },

    sessionToken: (request: IncomingMessage): string | null => cookieOf(request, sessionCookie),

    bearerOf: (request: IncomingMessage): string | null =>
      /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? null,

    /** A new double-submit token, bound to whoever holds this session (or to nobody yet). */
    csrfToken: (sessionToken: string | null): string => {
      const random = randomBytes(16).toString('base64url')
      return `${random}.${sign(`${random}:${sessionToken ?? ''}`)}`
    },

    /** Whether the header repeats the cookie, and we signed it for this session. */
    csrfHolds: (request: IncomingMessage, sessionToken: string | null): boolean => {
      const cookie = cookieOf(request, CSRF_COOKIE) ?? ''
      const header = String(request.headers[CSRF_HEADER] ?? '')
      const [random = '', signature = ''] = cookie.split('.')
      return cookie !== '' && same(cookie, header) && same(signature, sign(`${random}:${sessionToken ?? ''}`))
    },

    csrfCookie: (request: IncomingMessage): string | null => cookieOf(request, CSRF_COOKIE),
  }
}

/** From whose pages a cookie is read: ours, and those that the operator counts among ours. */
export const readsCookies = (origin: OriginKind): boolean => origin === 'own' || origin === 'allowed'

/** Whether this is an origin as browsers write it in their header: what compares letter by letter. */
export function isExactOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes('*')
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return null
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
