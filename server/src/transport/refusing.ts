import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Answer, RefusalCode } from '@connectly/protocol'
import { newId } from '../kernel/ids.ts'
import { fixedHeaders } from './headers.ts'

/** A no as it travels, over either door and for whatever reason. */
export function refusal(code: RefusalCode, requestId: string, params?: Record<string, string>): Answer<never> {
  return { ok: false, refusal: { code, ...(params && { params }), requestId } }
}

/** What stands in the way of a request before anything else looks at it. */
export type Refused = {
  status: number
  code: RefusalCode
  params?: Record<string, string>
  headers?: Record<string, string>
}

/** Answers with a no where there is no response to write to: on the bare line of an upgrade, or of what was no HTTP. */
export function refuseOnLine(
  line: Duplex,
  secure: boolean,
  { status, code, params, headers }: Refused,
  requestId = newId<string>(),
): void {
  line.on('error', () => undefined)
  if (!line.writable) return void line.destroy()
  const body = JSON.stringify(refusal(code, requestId, params))
  const all = {
    ...fixedHeaders(secure),
    'Cache-Control': 'no-store',
    ...headers,
    'X-Request-Id': requestId,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  line.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`, () => line.destroy())
}
