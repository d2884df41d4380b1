import { Message, MessageId, RoomId, Seq, TextBody, Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

const MessageRow = z.extend(Message, {
  /** Members who do not see it: when it was said, one of the two had blocked the other. It stays so. */
  hiddenFrom: z.nullable(z.array(UserId)),
})

export const messageTable = defineTable('messages', MessageRow, {
  key: ['roomId', 'seq'],
  // The key first: keys made one after another lie side by side, whoever made them.
  unique: [['messageId'], ['localId', 'authorId']],
  appended: true,
  refs: { roomId: 'rooms' },
})
export type MessageRow = NonNullable<typeof messageTable.row>

/** What messages said before they were edited: the first version is 1. */
export const versionTable = defineTable(
  'versions',
  z.object({ messageId: MessageId, nth: z.int(), body: TextBody, at: Time }),
  { key: ['messageId', 'nth'] },
)

/** Messages that somebody deleted for themselves. */
export const hiddenTable = defineTable(
  'hidden',
  z.object({ userId: UserId, roomId: RoomId, seq: Seq, messageId: MessageId }),
  { key: ['userId', 'roomId', 'seq'], refs: { userId: 'users', roomId: 'rooms' } },
)

/** Messages deleted for everyone, by id only: what a restored backup has to forget again. */
export const erasureTable = defineTable('erasures', z.object({ messageId: MessageId, at: Time }), {
  key: ['messageId'],
})
