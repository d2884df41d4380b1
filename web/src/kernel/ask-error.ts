import type { Refusal, RefusalCode } from '@connectly/protocol'

/** A no from the server, or no answer at all: `Offline` before anything was sent, `NoAnswer` when it may have arrived. */
export class AskError extends Error {
  code: RefusalCode | 'Offline' | 'NoAnswer'
  params: Record<string, string | number>
  requestId: string | null
  constructor(refusal: Partial<Omit<Refusal, 'code'>> & { code: AskError['code'] }) {
    super(refusal.code)
    this.code = refusal.code
    this.params = refusal.params ?? {}
    this.requestId = refusal.requestId ?? null
  }
}

/** No judgement of what was asked: asking again later, with the same key, may do. */
const passing: readonly AskError['code'][] = [
  'Offline',
  'NoAnswer',
  'Busy',
  'Unavailable',
  'TooManyRequests',
  'SignedOut',
]

export const isPassing = (error: unknown): boolean => !(error instanceof AskError) || passing.includes(error.code)
