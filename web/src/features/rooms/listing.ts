import { foldText, type RoomLine } from '@connectly/protocol'
import { nameOfLine } from './line.ts'

/** What the list of chats shows. */
export const filters = ['all', 'unread', 'groups'] as const
export type Filter = (typeof filters)[number]

/**
 * The list of chats in its order: what is pinned stands first, the rest by what was said last, and a room where nothing
 * was said by its beginning.
 */
export function inOrder(lines: readonly RoomLine[]): RoomLine[] {
  const at = (line: RoomLine) => line.last?.at ?? line.room.createdAt
  const isPinned = (line: RoomLine) => (line.pinnedAt === null ? 0 : 1)
  return [...lines].sort(
    (a, b) => isPinned(b) - isPinned(a) || at(b) - at(a) || (a.room.roomId < b.room.roomId ? 1 : -1),
  )
}

/** Whether something in the room is still to be read, or I said that it is. */
export const isUnread = (line: RoomLine): boolean => line.unread.length > 0 || line.unreadFrom !== null

/** Whether a room keeps quiet now. */
export const isMuted = (line: RoomLine, now: number): boolean => line.mutedUntil !== null && line.mutedUntil > now

/** Rooms that want me: something is unread there, and they are not muted, or mention me. */
export const countWanting = (lines: readonly RoomLine[], now: number): number =>
  lines.filter((line) => isUnread(line) && (!isMuted(line, now) || line.mentions.length > 0)).length

/** Whether a line belongs to what is shown. The open room stays, though it was just read. */
export function fitsFilter(line: RoomLine, filter: Filter, openRoomId?: string): boolean {
  if (filter === 'unread') return isUnread(line) || line.room.roomId === openRoomId
  return filter === 'all' || line.room.kind === 'group'
}

/** Whether a word of the room's name, or the other's username, begins like this; case and accents make no difference. */
export function fitsQuery(line: RoomLine, query: string): boolean {
  return fitsName([nameOfLine(line), line.other?.username ?? ''], query)
}

/** The same of any names. */
export function fitsName(names: readonly string[], query: string): boolean {
  const wanted = foldText(query.trim().replace(/^@/, ''))
  if (wanted === '') return true
  return names.map(foldText).some((name) => name.startsWith(wanted) || name.includes(` ${wanted}`))
}

/** When the next of these rooms is heard again, in ms; `null` where none is muted for a while. */
export function nextHeard(lines: readonly RoomLine[], now: number): number | null {
  const ends = lines.flatMap(({ mutedUntil }) => (mutedUntil !== null && mutedUntil > now ? [mutedUntil] : []))
  return ends.length > 0 ? Math.min(...ends) : null
}
