import type { LimitClass } from '@connectly/protocol'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { PubSub } from '../pubsub/pubsub.ts'
import { limitKeyOf } from './address.ts'
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
  signIn: { points: 120, seconds: 60, by: 'address' },
  signUp: { points: 60, seconds: 3600, by: 'address' },
  second: { points: 120, seconds: 900, by: 'person' },
  mail: { points: 10, seconds: 3600, by: 'person' },
  account: { points: 60, seconds: 3600, by: 'person' },
}

/** How often processes tell each other what was used, in ms. */
const TELL_EVERY = 200
/** What is told in one message: below what any service carries in one. */
const AT_ONCE = 80

export type Limits = {
  take(limit: LimitClass, who: { userId: string | null; address: string }): Promise<void>
  stop(): void
}

/**
 * Counts what each one uses and refuses above it with `retryAfter` in seconds. Every process counts for itself and adds
 * what the others tell it; without them it goes on counting, so that a limit is never open.
 */
export function createLimits(table: LimitTable, pubsub: PubSub, alone: boolean): Limits {
  const limiters = new Map<string, RateLimiterMemory>()
  for (const [name, limit] of Object.entries(table))
    limiters.set(name, new RateLimiterMemory({ points: limit.points, duration: limit.seconds, keyPrefix: name }))
  const used = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  pubsub.hear('used', (text) => {
    for (const [name, key, points] of JSON.parse(text) as [LimitClass, string, number][])
      void limiters.get(name)?.penalty(key, points)
  })

  function tell(): void {
    timer = undefined
    const all = [...used].map(([id, points]) => [...(id.split(' ', 2) as [string, string]), points])
    used.clear()
    for (let at = 0; at < all.length; at += AT_ONCE) pubsub.say('used', JSON.stringify(all.slice(at, at + AT_ONCE)))
  }

  function tellSoon(name: string, key: string): void {
    const id = `${name} ${key}`
    used.set(id, (used.get(id) ?? 0) + 1)
    if (timer) return
    timer = setTimeout(tell, TELL_EVERY)
    timer.unref()
  }

  return {
    take: async (name, { userId, address }) => {
      const key = table[name].by === 'person' && userId ? userId : limitKeyOf(address)
      if (!alone) tellSoon(name, key)
      try {
        await limiters.get(name)?.consume(key)
      } catch (error) {
        if (error instanceof RateLimiterRes)
          refuse('TooManyRequests', { retryAfter: Math.max(1, Math.ceil(error.msBeforeNext / 1000)) })
        throw error
      }
    },
    stop: () => clearTimeout(timer),
  }
}
