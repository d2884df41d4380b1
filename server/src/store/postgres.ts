import { StoreUnusable, type Store } from './store.ts'

/** Opens a PostgreSQL database, made and migrated if it is new. Throws `StoreUnusable` with one line otherwise. */
export async function openPostgres(_url: string): Promise<Store> {
  throw new StoreUnusable('PostgreSQL is not there yet.')
}
