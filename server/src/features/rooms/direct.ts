import type { RoomId, UserId } from '@connectly/protocol'
import type { Reader } from '../../store/store.ts'
import { roomTable } from './rooms.tables.ts'

/** The direct room of two people, if there is one. */
export async function findDirect(store: Reader, a: UserId, b: UserId): Promise<RoomId | undefined> {
  const [room] = await store.find(roomTable, { where: { directKey: directKey(a, b) }, limit: 1 })
  return room?.roomId
}

/** Guards that there is still no direct room of the two when the commit happens. */
export const noDirect = (a: UserId, b: UserId) => ({
  must: false,
  table: roomTable,
  key: { directKey: directKey(a, b) },
})

export const directKey = (a: UserId, b: UserId): string => (a < b ? `${a}:${b}` : `${b}:${a}`)
