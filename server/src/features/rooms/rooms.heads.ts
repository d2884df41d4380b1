import type { RoomId, RoomLine, UserId } from '@connectly/protocol'
import type { LineParts, Snapshots } from '../../kernel/feature.ts'
import type { Reader } from '../../store/store.ts'
import { peopleOf } from '../accounts/index.ts'
import { membersOf } from './rooms.looking.ts'
import { MAX_ROOMS, roomTable, seatTable, type SeatRow } from './rooms.tables.ts'
import { shownRoom, shownSeat } from './shown.ts'

/** Members in a room's head; further ones are pages. */
const MEMBERS_IN_HEAD = 50

export const roomSnapshots: Snapshots = {
  room: async (store, { roomId, userId }) => {
    const [room, me] = [await store.get(roomTable, { roomId }), await store.get(seatTable, { roomId, userId })]
    return {
      room: room && shownRoom(room),
      me: me && shownSeat(me),
      members: await membersOf(store, roomId, MEMBERS_IN_HEAD, null),
    }
  },
  user: async (store, userId, lines) => ({
    me: userId,
    lines: await lines(store, await store.find(seatTable, { where: { userId }, limit: MAX_ROOMS })),
  }),
}

/** The room of each line, the other person of a direct one, and what I have read, pinned and muted. */
export const linesOf: LineParts = async (store, seats) => {
  const roomIds = seats.map((seat) => seat.roomId)
  const rooms = await store.find(roomTable, { where: { roomId: { in: roomIds } }, limit: roomIds.length })
  const others = await othersOf(store, rooms, seats[0]?.userId)
  const kept = new Map((seats as readonly SeatRow[]).map((seat) => [seat.roomId, keptInLine(seat)]))
  return new Map(
    rooms.map((room) => [
      room.roomId,
      { ...kept.get(room.roomId), room: shownRoom(room), other: others.get(room.roomId) ?? null },
    ]),
  )
}

const keptInLine = ({ readSeq, unreadFrom, pinnedAt, mutedUntil }: SeatRow) => ({
  readSeq,
  unreadFrom,
  pinnedAt,
  mutedUntil,
})

async function othersOf(
  store: Reader,
  rooms: readonly { roomId: RoomId; directKey: string | null }[],
  me: UserId | undefined,
): Promise<Map<RoomId, RoomLine['other']>> {
  const pairs = rooms.flatMap(({ roomId, directKey }) => {
    const other = directKey?.split(':').find((userId) => userId !== me)
    return other ? [{ roomId, userId: other as UserId }] : []
  })
  const people = new Map(
    (
      await peopleOf(
        store,
        pairs.map((pair) => pair.userId),
      )
    ).map((person) => [person.userId, person]),
  )
  return new Map(pairs.map(({ roomId, userId }) => [roomId, people.get(userId) ?? null]))
}
