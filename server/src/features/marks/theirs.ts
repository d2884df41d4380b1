import {
  MARKS_SHOWN_UP_TO,
  openPrivacy,
  othersMoved,
  type OthersMarks,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import type { Starting } from '../../kernel/feature.ts'
import type { Reader, Where } from '../../store/store.ts'
import { privacyOf } from '../accounts/index.ts'
import { roomTable, seatTable, type SeatRow } from '../rooms/index.ts'

/** A seat's marks as others are shown them. What is read is delivered. */
export const shownMarks = ({ roomId, userId, readSeq, deliveredSeq }: SeatRow): OthersMarks => ({
  roomId,
  userId,
  readSeq,
  deliveredSeq: Math.max(readSeq, deliveredSeq),
})

/**
 * Whose marks somebody is shown, of these seats: both give them. A block changes nothing of it in a room of two, since marks
 * that vanish would tell of it; what is said under one they never reach.
 */
export async function showing(store: Reader, me: UserId, theirs: readonly SeatRow[]): Promise<SeatRow[]> {
  if (theirs.length === 0) return []
  const privacy = await privacyOf(store, [me, ...theirs.map((seat) => seat.userId)])
  const gives = (userId: UserId) => (privacy.get(userId) ?? openPrivacy).receipts
  return gives(me) ? theirs.filter(({ userId }) => gives(userId)) : []
}

/** The seats of the others in the direct rooms among these. */
export async function othersInDirect(
  store: Reader,
  mine: readonly SeatRow[],
  where: Where<SeatRow> = {},
): Promise<SeatRow[]> {
  const roomIds = mine.map((seat) => seat.roomId)
  const direct = await store.find(roomTable, { where: { roomId: { in: roomIds } }, limit: roomIds.length })
  const ids = direct.filter((room) => room.kind === 'direct').map((room) => room.roomId)
  if (ids.length === 0) return []
  const seats = await store.find(seatTable, { where: { ...where, roomId: { in: ids } }, limit: ids.length * 2 })
  return seats.filter((seat) => seat.userId !== mine[0]?.userId)
}

/** What processes say to each other of a mark: whose it is, how far it has come, and who may hear of it. */
const MOVED = 'marks.moved'
type Moved = { marks: OthersMarks; other: UserId | null; hides: readonly UserId[] }

/** Says to those it concerns how far the asking person has come: the other of a direct room, or who has the room open. */
export async function tellOthers(
  ctx: Context,
  roomId: RoomId,
  moved: Omit<OthersMarks, 'roomId' | 'userId'>,
): Promise<void> {
  const room = await ctx.store.get(roomTable, { roomId })
  if (!room || room.members > MARKS_SHOWN_UP_TO) return
  const other = (room.directKey?.split(':').find((userId) => userId !== ctx.me) ?? null) as UserId | null
  if (other && !ctx.live.isHere(other)) return
  const seat = await ctx.store.get(seatTable, { roomId, userId: ctx.me })
  if (!seat) return
  const marks = { roomId, userId: ctx.me, ...moved }
  await ctx.live.everywhere(MOVED, { marks, other, hides: seat.hides ?? [] } satisfies Moved)
}

/** Says what any process hears of marks to whom it concerns here. */
export function listen({ live, store }: Starting): void {
  live.onEverywhere<Moved>(MOVED, async ({ marks, other, hides }) => {
    const { roomId, userId: whose } = marks
    const connections = other ? live.connectionsOf(other) : live.viewersOf(roomId)
    const people = [...new Set(connections.flatMap((id) => live.userOf(id) ?? []))].filter((id) => id !== whose)
    if (people.length === 0) return
    const privacy = await privacyOf(store, [whose, ...people])
    const gives = (userId: UserId) => (privacy.get(userId) ?? openPrivacy).receipts
    if (!gives(whose)) return
    const told = new Set(people.filter((userId) => gives(userId) && !hides.includes(userId)))
    const to = connections.filter((id) => told.has(live.userOf(id) ?? whose))
    live.say(to, othersMoved, marks)
  })
}
