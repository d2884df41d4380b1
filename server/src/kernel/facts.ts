import { insert, type Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { metaTable } from './tables.ts'

/**
 * A fact about this store, made by the first who asks for it: its epoch, which tells every client to start afresh when it
 * changes, and the key that processes share which were given none.
 */
export async function fact(store: Store, clock: Clock, name: string, make: () => string): Promise<string> {
  const kept = await store.get(metaTable, { name })
  if (kept) return kept.value
  const row = { name, value: make() }
  const [outcome] = await store.commit(
    [{ places: [], given: [], make: () => ({ writes: [insert(metaTable, row)], events: [], result: null }) }],
    clock(),
  )
  return outcome?.kind === 'done' ? row.value : fact(store, clock, name, make)
}
