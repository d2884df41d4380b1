import { MessageId, RequestId, Seq, Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

/**
 * One row for each direction between two people. `messageId` is the first message's, kept when it is carried over; the
 * text then goes. A muted one waits for who asked, and is nowhere for who was asked: they blocked the other.
 */
const RequestRow = z.object({
  fromId: UserId,
  toId: UserId,
  requestId: RequestId,
  messageId: MessageId,
  state: z.enum(['pending', 'declined', 'accepted', 'cancelled', 'muted']),
  text: z.string(),
  askedAt: Time,
  rev: Seq,
})

export const requestTable = defineTable('requests', RequestRow, {
  key: ['fromId', 'toId'],
  unique: [['requestId']],
  indexes: [['toId', 'state']],
  refs: { fromId: 'users', toId: 'users' },
})
export type RequestRow = NonNullable<typeof requestTable.row>
