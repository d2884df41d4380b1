import { readAddress } from './address.ts'
import { committer } from './commit.ts'
import { connectPostgres } from './connect.ts'
import { inspectServer } from './inspect.ts'
import { openLine, type Line } from './line.ts'
import { migratePostgres } from './migrate.ts'
import { readsOf } from './read.ts'
import type { Store } from '../store.ts'

/** Connections that write: a group that waits for a locked place must not hold back the others. */
const WRITERS = 2
/** Connections that read. */
const READERS = 2

/** Opens a PostgreSQL database, made and migrated if it is new. Throws `StoreUnusable` with one line otherwise. */
export async function openPostgres(url: string): Promise<Store> {
  const address = readAddress(url)
  const first = await connectPostgres(address)
  try {
    await inspectServer(first, address)
    await migratePostgres(first, address)
  } finally {
    await first.end()
  }
  const connect = () => connectPostgres(address, { pipeline: true })
  const open = async (count: number): Promise<Line[]> =>
    Promise.all(Array.from({ length: count }, async () => openLine(connect, await connect())))
  const writers = await open(WRITERS)
  const readers = await open(READERS)
  const lines = [...writers, ...readers]

  return {
    ...readsOf(() => leastBusy(readers)),
    commit: committer(() => leastBusy(writers)),
    atOnce: WRITERS,
    close: async () => {
      await Promise.all(lines.map((line) => line.close()))
    },
  }
}

const leastBusy = (lines: readonly Line[]): Line =>
  lines.reduce((least, line) => (line.busy < least.busy ? line : least))
