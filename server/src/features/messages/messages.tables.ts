import { Message } from '@connectly/protocol'
import { defineTable } from '../../store/table.ts'

export const messageTable = defineTable('messages', Message, {
  key: ['roomId', 'seq'],
  // The key first: keys made one after another lie side by side, whoever made them.
  unique: [['messageId'], ['localId', 'authorId']],
  appended: true,
  refs: { roomId: 'rooms' },
})
export type MessageRow = NonNullable<typeof messageTable.row>
