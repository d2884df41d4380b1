import type { Room, Seat } from '@connectly/protocol'
import type { RoomRow, SeatRow } from './rooms.tables.ts'

/** A room as its members see it. */
export const shownRoom = ({ roomId, kind, name, about, tint, members, createdAt, rev }: RoomRow): Room => ({
  roomId,
  kind,
  name,
  about,
  tint,
  members,
  createdAt,
  rev,
})

/** A seat as other members see it. */
export const shownSeat = ({ roomId, userId, role, fromSeq, joinedAt, rev }: SeatRow | Seat): Seat => ({
  roomId,
  userId,
  role,
  fromSeq,
  joinedAt,
  rev,
})
