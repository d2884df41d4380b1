import type { Starting } from '../../kernel/feature.ts'
import { linkTable, tryTable } from '../../kernel/tables.ts'
import { TRIES_KEPT } from '../../kernel/tries.ts'
import { remove, type Where, type Write } from '../../store/store.ts'
import type { Table } from '../../store/table.ts'
import { deviceTable, heldNameTable } from './accounts.tables.ts'

const HOUR = 60 * 60 * 1000
/** A browser that has not come for this long is a stranger again, in ms: as long as its cookie lives. */
const DEVICES_KEPT = 365 * 24 * HOUR
const AT_ONCE = 200

/** Removes what has had its time: counts of guesses, links, names that are held, browsers that no longer come. Once an hour. */
export function startTidying({
  store,
  clock,
  write,
  every,
}: Pick<Starting, 'store' | 'clock' | 'write' | 'every'>): void {
  async function clear<Row extends object>(
    table: Table<Row>,
    where: Where<Row>,
    removed: (row: Row) => Write,
  ): Promise<void> {
    for (;;) {
      const rows = await store.find(table, { where, limit: AT_ONCE })
      if (rows.length === 0) return
      await write(rows.map(removed))
      if (rows.length < AT_ONCE) return
    }
  }

  every('accounts.tidy', HOUR, async () => {
    const now = clock()
    await clear(tryTable, { at: { lt: now - TRIES_KEPT } }, ({ subject }) => remove(tryTable, { subject }))
    await clear(linkTable, { expiresAt: { lte: now } }, ({ linkId }) => remove(linkTable, { linkId }))
    await clear(heldNameTable, { until: { lte: now } }, ({ username }) => remove(heldNameTable, { username }))
    await clear(deviceTable, { lastAt: { lt: now - DEVICES_KEPT } }, ({ userId, deviceHash }) =>
      remove(deviceTable, { userId, deviceHash }),
    )
  })
}
