import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newMongo } from './mongo/stand-in/kit.ts'
import { openMongo } from './mongo/mongo.ts'
import { newDatabase } from './postgres/kit.ts'
import { openPostgres } from './postgres/postgres.ts'
import { openSqlite } from './sqlite/sqlite.ts'
import type { Store } from './store.ts'

/* The engines, for tests: each with a way to an empty store. */

/** An engine on an empty store of its own. `reopen` closes it and opens the same data again. */
export type Opened = { store: Store; reopen: () => Promise<Store>; cleanUp: () => Promise<void> }

export const engines: Readonly<Record<string, () => Promise<Opened>>> = {
  SQLite: async () => {
    const dir = mkdtempSync(join(tmpdir(), 'connectly-store-'))
    let store: Store = openSqlite(join(dir, 'connectly.db'))
    return {
      store,
      reopen: async () => {
        await store.close()
        return (store = openSqlite(join(dir, 'connectly.db')))
      },
      cleanUp: async () => {
        await store.close()
        rmSync(dir, { recursive: true })
      },
    }
  },
  PostgreSQL: async () => {
    const { url, drop } = await newDatabase()
    let store = await openPostgres(url)
    return {
      store,
      reopen: async () => {
        await store.close()
        return (store = await openPostgres(url))
      },
      cleanUp: async () => {
        await store.close()
        await drop()
      },
    }
  },
  [process.env['TEST_MONGODB_URI'] ? 'MongoDB' : 'MongoDB stand-in']: async () => {
    const { uri, drop } = await newMongo()
    let store: Store = await openMongo(uri)
    return {
      store,
      reopen: async () => {
        await store.close()
        return (store = await openMongo(uri))
      },
      cleanUp: async () => {
        await store.close()
        await drop()
      },
    }
  },
}
