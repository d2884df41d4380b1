import { Room, Seat, Seq } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

const RoomRow = z.extend(Room, {
  /** `<smaller user id>:<larger>` of a direct room: two people have one, for ever. */
  directKey: z.nullable(z.string()),
  owners: z.int(),
})
export const roomTable = defineTable('rooms', RoomRow, { key: ['roomId'], unique: [['directKey']] })
export type RoomRow = NonNullable<typeof roomTable.row>

const SeatRow = z.extend(Seat, { clearedSeq: Seq })
export const seatTable = defineTable('seats', SeatRow, {
  key: ['roomId', 'userId'],
  indexes: [['userId'], ['roomId', 'joinedAt', 'userId']],
  refs: { roomId: 'rooms', userId: 'users' },
})
export type SeatRow = NonNullable<typeof seatTable.row>
