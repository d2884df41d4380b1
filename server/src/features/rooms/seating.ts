import { memberAdded, roomCreated, roomJoined, roomPlace, userPlace } from '@connectly/protocol'
import type { Person, Room, RoomId, Seat, UserId } from '@connectly/protocol'
import { happened, type Context, type Doing, type Happened, type Next } from '../../kernel/context.ts'
import { insert, type Numbered, type Write } from '../../store/store.ts'
import { hidesAmong } from './hides.ts'
import { freshLine } from './line.ts'
import { freshSeat, roomTable, seatTable, type RoomRow } from './rooms.tables.ts'
import { shownRoom } from './shown.ts'

/** A room about to be opened: its caller's commit carries it. */
export type Opening = { roomId: RoomId; places: Parameters<Context['record']>[0]; make: (next: Next) => Doing<Room> }

/** A room of these people, from its first number on. */
export async function newRoom(
  ctx: Context,
  what: Pick<RoomRow, 'kind' | 'name' | 'about' | 'tint' | 'directKey'>,
  members: readonly { person: Person; role: Seat['role'] }[],
): Promise<Opening> {
  const roomId = ctx.newId<RoomId>()
  const place = roomPlace(roomId)
  const lists = members.map(({ person }) => userPlace(person.userId))
  const createdAt = ctx.now()
  const owners = members.filter(({ role }) => role === 'owner').length
  const hides = await hidesAmong(
    ctx,
    members.map(({ person }) => person.userId),
  )
  return {
    roomId,
    places: [place, ...lists],
    make: (next) => {
      const n = next(place)
      const room: RoomRow = { roomId, ...what, members: members.length, owners, createdAt, rev: n.seq }
      const shown = shownRoom(room)
      const seated = members.map(({ person, role }) =>
        taking({ person, role, room: shown, hides: hides.get(person.userId) ?? null, fromSeq: 0 }, next(place), ctx.me),
      )
      const other = (of: Person) =>
        what.kind === 'direct' ? (members.find(({ person }) => person.userId !== of.userId)?.person ?? null) : null
      const joined = members.map(({ person }) =>
        happened(roomJoined, next(userPlace(person.userId)), {
          roomId,
          line: freshLine(shown, other(person), 0),
        }),
      )
      return {
        writes: [insert(roomTable, room), ...seated.map((each) => each.write)],
        events: [...joined, happened(roomCreated, n, { room: shown }), ...seated.map((each) => each.event)],
        result: shown,
      }
    },
  }
}

/** Somebody takes a seat. */
export function taking(
  what: { person: Person; role: Seat['role']; room: Room; hides: UserId[] | null; fromSeq: number },
  n: Numbered,
  byId: UserId,
): { write: Write; event: Happened; seat: Seat } {
  const { person, role, room, hides, fromSeq } = what
  const { userId } = person
  const seat: Seat = { roomId: room.roomId, userId, role, fromSeq, joinedAt: n.at, rev: n.seq }
  return {
    write: insert(seatTable, { ...seat, ...freshSeat, readSeq: fromSeq, hides }),
    event: happened(memberAdded, n, { userId, seat, person, room, byId }),
    seat,
  }
}
