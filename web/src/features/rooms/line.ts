import type { RoomLine } from '@connectly/protocol'

/** A direct room is named by the other person, a group by itself. */
export function nameOfLine({ room, other }: RoomLine): string {
  return other?.name ?? room.name ?? ''
}

/** The id that decides a room's tint: the other person's, so that they wear one colour everywhere. */
export function faceOfLine({ room, other }: RoomLine): string {
  return other?.userId ?? room.roomId
}

/** The tint a group chose; `null` for the one that the id gives. */
export function tintOfLine({ room, other }: RoomLine): number | null {
  return other ? null : room.tint
}
