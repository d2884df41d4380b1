import { errorText } from '../features/accounts/index.ts'
import { AskError } from '../kernel/ask-error.ts'

/** A refusal that is said in place. */
export type Refused = {
  text: string
  /** From when on it may be tried again, in ms of this device's clock. */
  retryAt: number | null
  /** I blocked them: taking that back is the way on. */
  isBlocked: boolean
}

export function refusedBecause(error: unknown): Refused {
  const code = error instanceof AskError ? error.code : null
  const seconds = error instanceof AskError && code === 'TooManyRequests' ? Number(error.params['retryAfter'] ?? 1) : 0
  return {
    text: errorText(error),
    retryAt: seconds > 0 ? Date.now() + seconds * 1000 : null,
    isBlocked: code === 'YouBlocked',
  }
}
