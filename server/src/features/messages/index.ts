import type { Feature } from '../../kernel/feature.ts'
import {
  messageFills,
  messageHandles,
  messageLines,
  messageRepeats,
  messageSnapshots,
  systemLines,
} from './messages.ts'
import { messageTable } from './messages.tables.ts'

export { compose } from './messages.ts'
export { messageTable } from './messages.tables.ts'
export { checksumOf } from './checksum.ts'

/** What people say in rooms. */
export const messages: Feature = {
  name: 'messages',
  tables: [messageTable],
  handles: messageHandles,
  before: systemLines,
  repeats: messageRepeats,
  snapshots: messageSnapshots,
  lines: messageLines,
  fills: messageFills,
}
