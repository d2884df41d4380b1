import type { Right, RoomId, UserId } from '@connectly/protocol'
import type { Reader } from '../store/store.ts'
import type { Table } from '../store/table.ts'

/** A person's seat as the kernel needs it: what it may do, and from where on it sees. */
export type SeatRow = {
  roomId: RoomId
  userId: UserId
  role: string
  fromSeq: number
  clearedSeq: number
  /** Members who do not see what this one says, nor this one what they say: one of the two blocked the other. */
  hides: UserId[] | null
}

/** Where seats are kept, and what they may: given by the one feature that owns them. */
export type Seats = {
  table: Table<SeatRow>
  can(seat: SeatRow, right: Right): boolean
  /** The seats of a person, at most this many. */
  of(store: Reader, userId: UserId): Promise<SeatRow[]>
}
