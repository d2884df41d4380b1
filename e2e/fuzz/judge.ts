import { refusals } from '@connectly/protocol'

/** An answer by HTTP, as far as it is judged. */
export type Heard = { status: number; headers: Record<string, unknown>; text: string; verb: string; path: string }

/** Where our code or somebody's machine shows through. */
const leak =
  /node_modules|\n\s+at |\bat \S+ \(|\.(?:ts|mjs|cjs|js):\d+:\d+|file:\/\/\/|\/(?:home|root|tmp|usr|var|work|opt)\/\w/

/** Refusals that are nobody's fault but ours. `Busy` may be: two of our own lanes met. */
const faults = ['Internal', 'Unavailable']

/** What is wrong with the answer to an ask; nothing when it is one of ours. */
export function judgeAnswer(text: string): string | null {
  if (leak.test(text)) return `an answer shows what is inside: ${text.slice(0, 400)}`
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return `an answer is no JSON: ${text.slice(0, 200)}`
  }
  const { ok, value, refusal } = answer as { ok?: unknown; value?: unknown; refusal?: Record<string, unknown> }
  if (ok === true) return value === undefined ? 'an answer has no value' : null
  if (ok !== false || typeof refusal !== 'object') return `an answer is of another shape: ${text.slice(0, 200)}`
  const { code, requestId } = refusal
  if (typeof code !== 'string' || !Object.hasOwn(refusals, code)) return `no such refusal: ${text.slice(0, 200)}`
  if (typeof requestId !== 'string' || !/^[0-9a-f-]{20,64}$/i.test(requestId)) return 'a refusal has no request id'
  return faults.includes(code) ? `a fault of ours: ${text.slice(0, 300)}` : null
}

/** What is wrong with an answer by HTTP. */
export function judgeHttp({ status, headers, text, verb, path }: Heard): string | null {
  if (status >= 500 && !text.includes('"Busy"'))
    return `${status} for ${verb} ${path.slice(0, 100)}: ${text.slice(0, 300)}`
  if (headers['x-content-type-options'] !== 'nosniff' || !headers['content-security-policy'])
    return `${status} without security headers for ${verb} ${path.slice(0, 100)}`
  if (leak.test(text) && !path.startsWith('/metrics')) return `an answer shows what is inside: ${text.slice(0, 400)}`
  const isJson = String(headers['content-type']).startsWith('application/json')
  const isOfMethod = /^\/api\/[^/?]+/i.test(path) && verb === 'POST'
  if (verb === 'HEAD' || status === 204 || status === 304) return null
  if (status < 400 && !isOfMethod) return null
  if (isOfMethod && !isJson) return `an ask is answered in ${String(headers['content-type'])}`
  return isJson ? judgeAnswer(text) : null
}

/** What is wrong with bytes that came back from the port: every status in them, and what they show. */
export function judgeBytes(text: string): string | null {
  for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g))
    if (Number(status) >= 500) return `${status} for bytes: ${text.slice(0, 300)}`
  return leak.test(text) ? `bytes show what is inside: ${text.slice(0, 400)}` : null
}
