import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageTable } from '../../../server/src/features/messages/index.ts'
import { openStore, type StoreSettings } from '../../../server/src/store/open.ts'

/** How many messages a store holds, also while a server uses it. */
export async function storedIn(settings: StoreSettings): Promise<number> {
  if (settings.databaseUrl === null && settings.mongodbUri === null) return rowsIn(settings.dataDir)
  const store = await openStore(settings)
  try {
    return await store.count(messageTable, {}, 1_000_000_000)
  } finally {
    await store.close()
  }
}

/** Past the store, which does not open a file that another process has open. */
function rowsIn(dataDir: string): number {
  const db = new DatabaseSync(join(dataDir, 'connectly.db'), { readOnly: true })
  const count = db.prepare('SELECT count(*) AS rows FROM messages').get()
  db.close()
  return Number(count?.['rows'])
}
