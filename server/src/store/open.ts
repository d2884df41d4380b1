import { join } from 'node:path'
import { openSqlite, type SqliteStore } from './sqlite/sqlite.ts'
import type { Store } from './store.ts'
import { refuseUnfinished } from './unfinished.ts'

/** A store, with what only the embedded one can do: copy itself into a file while it is written to. */
export type OpenedStore = Store & Partial<Pick<SqliteStore, 'backup'>>

export type StoreSettings = { dataDir: string; databaseUrl: string | null; mongodbUri: string | null }

/**
 * Opens the store that the settings name, made and migrated if it is new: PostgreSQL, MongoDB, or the embedded one in the
 * data folder. Throws `StoreUnusable` with one line otherwise, also where a move into it has not come to its end.
 */
export async function openStore(settings: StoreSettings): Promise<OpenedStore> {
  return refuseUnfinished(await openAnyway(settings))
}

/** The same, also while another store is being moved into it. The drivers of the others are loaded only for them. */
export async function openAnyway({ dataDir, databaseUrl, mongodbUri }: StoreSettings): Promise<OpenedStore> {
  if (databaseUrl) return (await import('./postgres/postgres.ts')).openPostgres(databaseUrl)
  if (mongodbUri) return (await import('./mongo/mongo.ts')).openMongo(mongodbUri)
  return openSqlite(join(dataDir, 'connectly.db'))
}

/** Whether other processes may share the store that these settings name. */
export const isShared = ({ databaseUrl, mongodbUri }: StoreSettings): boolean =>
  databaseUrl !== null || mongodbUri !== null
