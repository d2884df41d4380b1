import { foldText, type RoomLine } from '@connectly/protocol'
import { nameOfLine } from './line.ts'

/** The list of chats in its order: what was said last stands first, and a room where nothing was said by its beginning. */
export function newestFirst(lines: readonly RoomLine[]): RoomLine[] {
  const at = (line: RoomLine) => line.last?.at ?? line.room.createdAt
  return [...lines].sort((a, b) => at(b) - at(a) || (a.room.roomId < b.room.roomId ? 1 : -1))
}

/** Whether a word of the room's name, or the other's username, begins like this; case and accents make no difference. */
export function fitsQuery(line: RoomLine, query: string): boolean {
  const wanted = foldText(query.trim().replace(/^@/, ''))
  if (wanted === '') return true
  const names = [nameOfLine(line), line.other?.username ?? ''].map(foldText)
  return names.some((name) => name.startsWith(wanted) || name.includes(` ${wanted}`))
}
