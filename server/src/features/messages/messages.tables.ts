import { Message } from '@connectly/protocol'
import { defineTable } from '../../store/table.ts'

export const messageTable = defineTable('messages', Message, {
  key: ['roomId', 'seq'],
  unique: [['messageId'], ['authorId', 'localId']],
  refs: { roomId: 'rooms' },
})
export type MessageRow = NonNullable<typeof messageTable.row>
