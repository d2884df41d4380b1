import { Message, MessageId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

/** `threadRootId` is a seam: the message that a thread hangs from, null outside threads. */
const MessageRow = z.extend(Message, { threadRootId: z.nullable(MessageId) })

export const messageTable = defineTable('messages', MessageRow, {
  key: ['roomId', 'seq'],
  unique: [['messageId'], ['authorId', 'localId']],
  indexes: [['threadRootId', 'seq']],
  refs: { roomId: 'rooms' },
})
export type MessageRow = NonNullable<typeof messageTable.row>
