import { StoreUnusable, type Store } from './store.ts'

/** Opens a MongoDB database, made and migrated if it is new. Throws `StoreUnusable` with one line otherwise. */
export async function openMongo(_uri: string): Promise<Store> {
  throw new StoreUnusable('MongoDB is not there yet.')
}
