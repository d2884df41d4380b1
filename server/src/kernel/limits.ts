import type { LimitClass } from '@connectly/protocol'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { refuse } from './refuse.ts'

export type Limit = { points: number; seconds: number; by: 'person' | 'address' }
export type LimitTable = Record<LimitClass, Limit>

/** How much of each class a person, or an address, has; one table for both doors. */
export const defaultLimits: LimitTable = {
  read: { points: 600, seconds: 60, by: 'person' },
  write: { points: 120, seconds: 60, by: 'person' },
  send: { points: 60, seconds: 20, by: 'person' },
  open: { points: 60, seconds: 60, by: 'person' },
  search: { points: 120, seconds: 60, by: 'person' },
  request: { points: 30, seconds: 3600, by: 'person' },
  membership: { points: 120, seconds: 60, by: 'person' },
  signal: { points: 600, seconds: 60, by: 'person' },
  signIn: { points: 60, seconds: 900, by: 'address' },
  signUp: { points: 60, seconds: 3600, by: 'address' },
}

export type Limits = { take(limit: LimitClass, who: { userId: string | null; address: string }): Promise<void> }

/** Counts what each one uses and refuses above it with `retryAfter` in seconds. */
export function createLimits(table: LimitTable): Limits {
  const limiters = new Map<string, RateLimiterMemory>()
  for (const [name, limit] of Object.entries(table))
    limiters.set(name, new RateLimiterMemory({ points: limit.points, duration: limit.seconds, keyPrefix: name }))
  return {
    take: async (name, { userId, address }) => {
      const key = table[name].by === 'person' && userId ? userId : address
      try {
        await limiters.get(name)?.consume(key)
      } catch (error) {
        if (error instanceof RateLimiterRes)
          refuse('TooManyRequests', { retryAfter: Math.max(1, Math.ceil(error.msBeforeNext / 1000)) })
        throw error
      }
    },
  }
}
