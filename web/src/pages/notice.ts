import type { RoomId, RoomLine, UserId } from '@connectly/protocol'

type Lines = Readonly<Record<RoomId, RoomLine>>

/** Who looks, at what, and when. */
export type Watcher = { me: UserId; openRoomId: RoomId | undefined; now: number }

/**
 * The line in which something was just said that deserves a word in the page: by somebody else, in a chat that isn't
 * open, and that isn't muted or mentions me. The newest of several.
 */
export function newsIn(before: Lines, after: Lines, watcher: Watcher): RoomLine | null {
  if (before === after) return null
  const news = Object.values(after).filter((line) => isNews(before[line.room.roomId], line, watcher))
  return news.reduce<RoomLine | null>((last, line) => (last && sayingOf(last) >= sayingOf(line) ? last : line), null)
}

function isNews(before: RoomLine | undefined, line: RoomLine, { me, openRoomId, now }: Watcher): boolean {
  const { last, unread, mentions, room } = line
  if (!before || before === line || !last || last.authorId === me || room.roomId === openRoomId) return false
  const isNew = unread[0] === last.seq && last.seq > (before.last?.seq ?? 0)
  const isMuted = line.mutedUntil !== null && line.mutedUntil > now
  return isNew && (!isMuted || mentions.includes(last.seq))
}

const sayingOf = ({ last }: RoomLine): number => last?.at ?? 0
