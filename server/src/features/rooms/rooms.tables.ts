import { Room, Seat, Seq, Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

const RoomRow = z.extend(Room, {
  /** `<smaller user id>:<larger>` of a direct room: two people have one, for ever. */
  directKey: z.nullable(z.string()),
  owners: z.int(),
})
export const roomTable = defineTable('rooms', RoomRow, { key: ['roomId'], unique: [['directKey']] })
export type RoomRow = NonNullable<typeof roomTable.row>

const SeatRow = z.extend(Seat, {
  /** They have emptied the room for themselves up to here. */
  clearedSeq: Seq,
  /** How far they have read, and how far their devices have come. Both only grow. */
  readSeq: Seq,
  deliveredSeq: Seq,
  /** When either last moved. */
  markedAt: Time,
  /** The last moves of both, each a number and a time, so that a message can say when it was read. */
  markTimes: z.nullable(z.object({ read: z.array(z.tuple([Seq, Time])), delivered: z.array(z.tuple([Seq, Time])) })),
  /** They marked the room as unread from here on. */
  unreadFrom: z.nullable(Seq),
  /** Members who do not see what this one says, nor this one what they say: one of the two blocked the other. */
  hides: z.nullable(z.array(UserId)),
  pinnedAt: z.nullable(Time),
  mutedUntil: z.nullable(Time),
})

/** What a fresh seat keeps besides what others see of it. */
export const freshSeat = {
  clearedSeq: 0,
  deliveredSeq: 0,
  markedAt: 0,
  markTimes: null,
  unreadFrom: null,
  hides: null,
  pinnedAt: null,
  mutedUntil: null,
} as const
export const seatTable = defineTable('seats', SeatRow, {
  key: ['roomId', 'userId'],
  indexes: [['userId'], ['roomId', 'joinedAt', 'userId']],
  refs: { roomId: 'rooms', userId: 'users' },
})
export type SeatRow = NonNullable<typeof seatTable.row>

/** The most rooms that are read of one person. */
export const MAX_ROOMS = 5000
