import type { Feature } from '../../kernel/feature.ts'
import { changeHandles } from './changing.ts'
import { messageFills } from './fills.ts'
import { hideHandles } from './hiding.ts'
import { messageLines } from './lines.ts'
import { erasureTable, hiddenTable, messageTable, versionTable } from './messages.tables.ts'
import { messageSnapshots, pageHandles } from './pages.ts'
import { messageRepeats, sendHandles } from './sending.ts'
import { systemLines } from './system-lines.ts'

export { compose } from './sending.ts'
export { requireMessage, visibleTo, walk } from './visible.ts'
export { erasing, tombstoneOf } from './changing.ts'
export { erasureTable, hiddenTable, messageTable, versionTable, type MessageRow } from './messages.tables.ts'
export { checksumOf } from './checksum.ts'

/** What people say in rooms. */
export const messages: Feature = {
  name: 'messages',
  tables: [messageTable, versionTable, hiddenTable, erasureTable],
  handles: [...sendHandles, ...pageHandles, ...changeHandles, ...hideHandles],
  before: systemLines,
  repeats: messageRepeats,
  snapshots: messageSnapshots,
  lines: messageLines,
  fills: messageFills,
}
