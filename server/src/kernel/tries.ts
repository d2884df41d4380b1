import { insert, must, mustNot, patch, remove, type Store, type Write } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { refuse } from './refuse.ts'
import { tryTable } from './tables.ts'

const MINUTE = 60 * 1000
const HOUR = 60 * MINUTE

type Patience = {
  /** How many guesses are free; from then on each has to wait, twice as long as the one before. */
  free: number
  /** The first wait, and the longest one, in ms. */
  first: number
  longest: number
  /** After this long without a guess everything is forgotten, in ms. */
  kept: number
}

/**
 * How guesses at secrets are slowed down: at an account, at a second factor, and from an address. At an account that is
 * eight in the first quarter of an hour, 24 a day. Whoever sits behind an address that somebody misuses waits two
 * minutes at most, since they may be many.
 */
export const patience = {
  account: { free: 5, first: MINUTE, longest: HOUR, kept: 24 * HOUR },
  second: { free: 5, first: MINUTE, longest: HOUR, kept: 24 * HOUR },
  address: { free: 30, first: 15_000, longest: 2 * MINUTE, kept: HOUR },
} as const satisfies Record<string, Patience>
/** How long a count is of use to anybody, in ms. */
export const TRIES_KEPT = 24 * HOUR
export type TryKind = keyof typeof patience

export type Tries = ReturnType<typeof createTries>

/**
 * Guesses at secrets, counted in the store before they are looked at, so that neither a restart nor a thousand guesses at
 * once gain anything. A right guess clears its count.
 */
export function createTries(store: Store, clock: Clock) {
  const turns = new Map<string, Promise<unknown>>()

  /**
   * Takes a guess, or refuses with `TooManyRequests`: also the right one is refused while one has to wait.
   * @returns how long the next one will have to wait, in ms; 0 while guesses are free
   */
  async function take(kind: TryKind, subject: string): Promise<number> {
    return inTurn(`${kind}:${subject}`, (key) => takeOne(patience[kind], key))
  }

  /** One after another for each subject: what a thousand guesses at once read is what the one before has left. */
  async function inTurn<T>(key: string, run: (key: string) => Promise<T>): Promise<T> {
    const before = turns.get(key) ?? Promise.resolve()
    const mine = before.then(
      () => run(key),
      () => run(key),
    )
    turns.set(key, mine)
    return mine.finally(() => {
      if (turns.get(key) === mine) turns.delete(key)
    })
  }

  async function takeOne(how: Patience, subject: string): Promise<number> {
    for (;;) {
      const row = await store.get(tryTable, { subject })
      const now = clock()
      if (row && row.until > now) refuse('TooManyRequests', { retryAfter: Math.ceil((row.until - now) / 1000) })
      const failures = (row && now - row.at < how.kept ? row.failures : 0) + 1
      const until = now + waitAfter(how, failures)
      const next = { subject, failures, at: now, until }
      const write = row ? patch(tryTable, { subject }, { set: next }) : insert(tryTable, next)
      if (await commit([write], [row ? asItWas(row) : mustNot(tryTable, { subject })])) return until - now
    }
  }

  async function giveBackOne(how: Patience, subject: string): Promise<void> {
    for (;;) {
      const row = await store.get(tryTable, { subject })
      if (!row) return
      const failures = Math.max(0, row.failures - 1)
      const until = waitAfter(how, failures) === 0 ? row.at : row.until
      if (await commit([patch(tryTable, { subject }, { set: { failures, until } })], [asItWas(row)])) return
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
    /** A right guess where wrong ones of others are counted too: this one alone is forgotten. */
    giveBack: (kind: TryKind, subject: string): Promise<void> =>
      inTurn(`${kind}:${subject}`, (key) => giveBackOne(patience[kind], key)),
  }
}

const asItWas = ({ subject, failures, at, until }: NonNullable<typeof tryTable.row>) =>
  must(tryTable, { subject }, { failures, at, until })

/** How long to wait after so many guesses, in ms. */
function waitAfter({ free, first, longest }: Patience, failures: number): number {
  return failures < free ? 0 : Math.min(longest, first * 2 ** Math.min(failures - free, 30))
}
