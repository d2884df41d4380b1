import { roomJoined, type RoomId } from '@connectly/protocol'
import { fill, type Feature } from '../../kernel/feature.ts'
import { seatCan } from './rights.ts'
import { roomHandles } from './rooms.ts'
import { linesOf, roomSnapshots } from './rooms.heads.ts'
import { blockShares } from './rooms.hides.ts'
import { nameFills, nameReactions } from './rooms.names.ts'
import { MAX_ROOMS, roomTable, seatTable } from './rooms.tables.ts'

export { contactsAmong } from './contacts.ts'
export { findDirect, noDirect } from './direct.ts'
export { openDirect } from './rooms.ts'
export { isOwners, seatCan } from './rights.ts'
export { freshSeat, MAX_ROOMS, roomTable, seatTable, type SeatRow } from './rooms.tables.ts'

/** Rooms, who sits in them, and what they may. */
export const rooms: Feature = {
  name: 'rooms',
  tables: [roomTable, seatTable],
  handles: roomHandles,
  before: blockShares,
  reacts: nameReactions,
  snapshots: roomSnapshots,
  lines: linesOf,
  exports: async (store, userId) => {
    const seats = await store.find(seatTable, { where: { userId }, limit: MAX_ROOMS })
    const found = await Promise.all(seats.map((seat) => store.get(roomTable, { roomId: seat.roomId })))
    return {
      'rooms.json': seats.map((seat, nth) => ({
        roomId: seat.roomId,
        name: found[nth]?.name ?? '',
        kind: found[nth]?.kind ?? '',
        role: seat.role,
        joinedAt: seat.joinedAt,
      })),
    }
  },
  seats: {
    table: seatTable,
    can: seatCan,
    of: (store, userId) => store.find(seatTable, { where: { userId }, limit: MAX_ROOMS }),
  },
  fills: [
    ...nameFills,
    fill(roomJoined, async (store, userId, entries, lines) => {
      const roomIds = [...new Set<RoomId>(entries.map((entry) => entry.data.roomId))]
      const seats = await store.find(seatTable, { where: { userId, roomId: { in: roomIds } }, limit: roomIds.length })
      const byRoom = new Map((await lines(store, seats)).map((line) => [line.room.roomId, line]))
      return entries.map(({ data }) => ({ roomId: data.roomId, line: byRoom.get(data.roomId) ?? null }))
    }),
  ],
}
