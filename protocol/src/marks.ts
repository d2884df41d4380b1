import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { defineEvent, defineMethod, defineSignal, member, signedIn } from './define.ts'
import { MessageId, RoomId, Seq, Time, UserId } from './ids.ts'
import { Marks } from './rooms.ts'

/** In rooms of at most this many members, others' marks are said as they move; in larger ones they are asked for. */
export const MARKS_SHOWN_UP_TO = 32
/** Rooms whose delivery one ask may confirm. */
export const MAX_DELIVERIES = 50
/** People that each part of a message's receipts lists. */
export const MAX_RECEIPTS = 100

/** How far somebody else has come in a room. */
export const OthersMarks = z.object({ roomId: RoomId, userId: UserId, ...Marks.shape })
export type OthersMarks = z.infer<typeof OthersMarks>

export const markRead = defineMethod('marks.read', {
  means:
    'I have read a room up to this number. Marks only grow: a lower one changes nothing but to take back "unread".',
  access: member('roomId'),
  limit: 'signal',
  input: z.object({ roomId: RoomId, seq: Seq }),
  output: z.object({ readSeq: Seq }),
})

export const markUnread = defineMethod('marks.unread', {
  means: 'Marks a room as unread from this number on, for my own list; what others see of my reading stays.',
  access: member('roomId'),
  limit: 'write',
  input: z.object({ roomId: RoomId, seq: Seq }),
  output: z.object({}),
})

export const markDelivered = defineMethod('marks.delivered', {
  means:
    'This device has what was said in these rooms up to these numbers. Rooms without a seat of mine are passed over.',
  access: signedIn(),
  limit: 'signal',
  input: z.object({
    marks: z.array(z.object({ roomId: RoomId, seq: Seq })).check(z.maxLength(MAX_DELIVERIES)),
  }),
  output: z.object({}),
})

/** Somebody a message reached; `at` is when, where that is still known. */
export const Receipt = z.object({ person: Person, at: z.nullable(Time) })
export type Receipt = z.infer<typeof Receipt>

/** Who has a message, who read it, and who neither: the first 100 of each, and how many there are. */
export const Receipts = z.object({
  read: z.array(Receipt),
  delivered: z.array(Receipt),
  waiting: z.array(Receipt),
  counts: z.object({ read: z.int(), delivered: z.int(), waiting: z.int() }),
})
export type Receipts = z.infer<typeof Receipts>

export const receiptsOf = defineMethod('marks.of', {
  means:
    'Where a message of mine has been. People who give no read marks, and all others for somebody who gives none, count as delivered at most.',
  access: member('roomId'),
  limit: 'read',
  input: z.object({ roomId: RoomId, messageId: MessageId }),
  output: Receipts,
})

export const readMoved = defineEvent('marks.readMoved', {
  means: 'I read further, or marked a room as unread: `unread` and `mentions` then hold what that brought back.',
  place: 'user',
  keep: ['roomId', 'readSeq', 'unreadFrom'],
  data: z.object({
    roomId: RoomId,
    readSeq: Seq,
    unreadFrom: z.nullable(Seq),
    unread: z.array(Seq),
    mentions: z.array(Seq),
  }),
})

export const othersMoved = defineSignal('marks.moved', {
  means: 'Somebody else got or read more of a room that this connection shows, or of a direct room of mine.',
  access: signedIn(),
  limit: 'signal',
  data: OthersMarks,
})
