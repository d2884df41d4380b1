import type { UserId } from '@connectly/protocol'
import type { Reader } from '../../store/store.ts'
import { directKey } from './direct.ts'
import { roomTable } from './rooms.tables.ts'

/** Those of these people with whom somebody has a direct room. */
export async function contactsAmong(store: Reader, me: UserId, userIds: readonly UserId[]): Promise<Set<UserId>> {
  const byKey = new Map(userIds.map((userId) => [directKey(me, userId), userId]))
  if (byKey.size === 0) return new Set()
  const rooms = await store.find(roomTable, { where: { directKey: { in: [...byKey.keys()] } }, limit: byKey.size })
  return new Set(rooms.flatMap((room) => byKey.get(room.directKey ?? '') ?? []))
}
