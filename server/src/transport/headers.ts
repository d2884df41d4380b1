import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'
import type { PageSources } from '../kernel/services.ts'

/** A step that any request goes through, whichever door it came to. */
export type Step = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

const fixed = new Map<boolean, Record<string, string>>()

/** The same headers as a list, for an answer that is written by hand. */
export function fixedHeaders(secure: boolean): Record<string, string> {
  const known = fixed.get(secure)
  if (known) return known
  const found: Record<string, string> = {}
  const collector = {
    setHeader: (name: string, value: string) => void (found[name] = value),
    removeHeader: () => undefined,
  } as unknown as ServerResponse
  for (const step of securityHeaders(secure)) step({} as IncomingMessage, collector, () => undefined)
  fixed.set(secure, found)
  return found
}

/**
 * Security headers of every answer, errors and files included. Nothing inline, no eval, no string that becomes a script.
 * Where the operator lets scripts of somebody else in, they get what they need, and no more.
 */
export function securityHeaders(secure: boolean, sources?: PageSources): Step[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'script-src': ["'self'", ...(sources?.script ?? [])],
          'style-src': ["'self'", ...(sources?.style ?? [])],
          'img-src': ["'self'", 'blob:', 'data:'],
          'media-src': ["'self'", 'blob:'],
          'font-src': ["'self'"],
          'connect-src': ["'self'", ...(sources?.connect ?? [])],
          ...(sources && { 'frame-src': [...sources.frame] }),
          'worker-src': ["'self'"],
          'manifest-src': ["'self'"],
          'base-uri': ["'none'"],
          'form-action': ["'self'"],
          'frame-ancestors': ["'none'"],
          'object-src': ["'none'"],
          // Scripts of others put strings where ours put trusted types.
          ...(!sources && { 'require-trusted-types-for': ["'script'"], 'trusted-types': ['connectly'] }),
          ...(secure && { 'upgrade-insecure-requests': [] }),
        },
      },
      strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: true } : false,
      referrerPolicy: { policy: 'same-origin' },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      crossOriginEmbedderPolicy: false,
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.setHeader(
        'Permissions-Policy',
        'camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), browsing-topics=()',
      )
      next()
    },
  ]
}
