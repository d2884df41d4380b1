import { migratedTables } from './migrations/schema.ts'
import { StoreUnusable, type Reader, type Store } from './store.ts'
import type { Table } from './table.ts'

/** Among the facts about a store: another one is being moved into it, and nobody may use it yet. */
export const MOVING = 'moving-from'

/** Throws `StoreUnusable`, and closes the store, while a move into it has not come to its end. */
export async function refuseUnfinished<Opened extends Store>(store: Opened): Promise<Opened> {
  if (!(await isUnfinished(store))) return store
  await store.close()
  throw new StoreUnusable(
    'Another store is being moved into this one, and that has not come to its end. Run the same `npm run migrate-store` again, or start with the store that it comes from.',
  )
}

/** Whether a move into this store has begun and has not come to its end. */
export async function isUnfinished(store: Reader): Promise<boolean> {
  const metaTable = migratedTables().get('meta') as Table<{ name: string }>
  return (await store.get(metaTable, { name: MOVING })) !== undefined
}
