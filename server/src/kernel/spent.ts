import { insert, type Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { sha256 } from './ids.ts'
import { linkTable } from './tables.ts'

export type Spent = ReturnType<typeof createSpent>

/**
 * What is good once although nothing is kept of it until it is used: an answer to a human check, a way back from another
 * service. Remembered in the store, so that neither another process nor a restart takes it a second time.
 */
export function createSpent(store: Store, clock: Clock) {
  return {
    /** Uses this up; whether it was the first use. `until` in ms: it is remembered for as long as it could be used. */
    first: async (purpose: string, text: string, until: number): Promise<boolean> => {
      const linkId = `${purpose}:${sha256(text)}`
      const now = clock()
      const row = { linkId, purpose: 'spent', userId: null, data: {}, tries: 0, createdAt: now, expiresAt: until }
      const [outcome] = await store.commit(
        [{ places: [], given: [], make: () => ({ writes: [insert(linkTable, row)], events: [], result: null }) }],
        now,
      )
      return outcome?.kind === 'done'
    },
  }
}
