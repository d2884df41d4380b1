import type { Person, Room, RoomLine } from '@connectly/protocol'

/** The line of a room that somebody has just come into, as of its number then. */
export function freshLine(room: Room, other: Person | null, seq: number): RoomLine {
  return {
    room,
    other,
    last: null,
    readSeq: seq,
    unreadFrom: null,
    unread: [],
    mentions: [],
    theirs: null,
    pinnedAt: null,
    mutedUntil: null,
    seq,
  }
}
