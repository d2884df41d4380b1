import { insert, must, mustNot, patch, remove, type Store, type Write } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { refuse } from './refuse.ts'
import { tryTable } from './tables.ts'

const MINUTE = 60 * 1000
/** After this long without a guess everything is forgotten, in ms. */
const FORGOTTEN_AFTER = 24 * 60 * MINUTE
/** The longest one waits, in ms. */
const LONGEST = 60 * MINUTE

/** How many guesses are free, before each has to wait twice as long as the one before, beginning with a minute. */
export const freeTries = { account: 5, second: 5, address: 30 } as const
export type TryKind = keyof typeof freeTries

export type Tries = ReturnType<typeof createTries>

/**
 * Guesses at secrets, counted in the store before they are looked at, so that neither a restart nor a thousand guesses at
 * once gain anything. A right guess clears its count.
 */
export function createTries(store: Store, clock: Clock) {
  const turns = new Map<string, Promise<void>>()

  /** Takes a guess, or refuses with `TooManyRequests`: also the right one is refused while one has to wait. */
  async function take(kind: TryKind, subject: string): Promise<void> {
    const key = `${kind}:${subject}`
    const before = turns.get(key) ?? Promise.resolve()
    const mine = before.then(
      () => takeOne(kind, key),
      () => takeOne(kind, key),
    )
    turns.set(key, mine)
    await mine.finally(() => {
      if (turns.get(key) === mine) turns.delete(key)
    })
  }

  async function takeOne(kind: TryKind, subject: string): Promise<void> {
    for (;;) {
      const row = await store.get(tryTable, { subject })
      const now = clock()
      if (row && row.until > now) refuse('TooManyRequests', { retryAfter: Math.ceil((row.until - now) / 1000) })
      const failures = (row && now - row.at < FORGOTTEN_AFTER ? row.failures : 0) + 1
      const over = failures - freeTries[kind]
      const until = over < 0 ? now : now + Math.min(LONGEST, MINUTE * 2 ** over)
      const next = { subject, failures, at: now, until }
      const write = row ? patch(tryTable, { subject }, { set: next }) : insert(tryTable, next)
      const guard = row
        ? must(tryTable, { subject }, { failures: row.failures, at: row.at })
        : mustNot(tryTable, { subject })
      if (await commit([write], [guard])) return
    }
  }

  async function commit(
    writes: readonly Write[],
    given: Parameters<Store['commit']>[0][number]['given'],
  ): Promise<boolean> {
    const [outcome] = await store.commit(
      [{ places: [], given, make: () => ({ writes, events: [], result: null }) }],
      clock(),
    )
    return outcome?.kind === 'done'
  }

  return {
    take,
    /** A right guess: what was counted is forgotten. */
    clear: async (kind: TryKind, subject: string): Promise<void> => {
      const key = { subject: `${kind}:${subject}` }
      if (await store.get(tryTable, key)) await commit([remove(tryTable, key)], [must(tryTable, key)])
    },
  }
}
