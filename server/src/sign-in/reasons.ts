import { AuthorizationResponseError, ResponseBodyError } from 'openid-client'

/** Why signing in with another service came to nothing. */
export type Reason = 'denied' | 'unreachable' | 'refused' | 'untrusted'

/** By what the service says that somebody there said no, or left. */
const denials = [
  'access_denied',
  'consent_required',
  'interaction_required',
  'login_required',
  'account_selection_required',
]

/**
 * What a failure comes to: `denied` at the service by a person, `unreachable` for now, `refused` by the service as we asked
 * it, or an answer that is `untrusted`. `code` is for the log: never what the service wrote, which could hold anything.
 */
export function reasonOf(error: unknown): { reason: Reason; code: string; advice?: string } {
  if (error instanceof AuthorizationResponseError)
    return denials.includes(error.error)
      ? { reason: 'denied', code: error.error }
      : { reason: 'refused', code: plain(error.error) }
  if (error instanceof ResponseBodyError) {
    const code = plain(error.error)
    if (error.status >= 500) return { reason: 'unreachable', code }
    const isOurs = code === 'invalid_client' || code === 'unauthorized_client'
    return { reason: 'refused', code, ...(isOurs && { advice: 'check the client id and the client secret' }) }
  }
  const {
    code = '',
    name,
    cause,
  } = error as { code?: string; name: string; cause?: { code?: string; status?: number } }
  const isAway =
    ['OAUTH_TIMEOUT', 'OAUTH_ABORT'].includes(code) ||
    (error instanceof TypeError && code === '') ||
    ['TimeoutError', 'AbortError'].includes(name) ||
    (cause?.status ?? 0) >= 500
  const known = plain(code || cause?.code || name)
  return isAway ? { reason: 'unreachable', code: plain(cause?.code ?? known) } : { reason: 'untrusted', code: known }
}

const plain = (code: unknown): string => (/^\w{1,64}$/.test(String(code)) ? String(code) : 'unknown')
