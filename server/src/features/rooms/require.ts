import type { Person, RoomId, UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { refuse } from '../../kernel/refuse.ts'
import { must, mustNot, type Guard, type Key, type Where } from '../../store/store.ts'
import type { Table } from '../../store/table.ts'
import { peopleOf, userTable } from '../accounts/index.ts'
import { blockTable } from '../blocks/index.ts'
import { findDirect } from './direct.ts'
import { roomTable, seatTable, type RoomRow, type SeatRow } from './rooms.tables.ts'

/** The asking person's seat with all that this feature keeps of it; the kernel read it from the same table. */
export const ownSeat = (ctx: Context): SeatRow => ctx.seat as SeatRow

/** The room and the asking person's seat, both guarded. */
export async function requireRoom(ctx: Context, roomId: RoomId): Promise<{ room: RoomRow; seat: SeatRow }> {
  const room = (await ctx.store.get(roomTable, { roomId })) ?? refuse('NotFound')
  ctx.guard(must(roomTable, { roomId }, { rev: room.rev }))
  return { room, seat: ownSeat(ctx) }
}

/** Somebody's seat in a room, with its role guarded. */
export async function requireMember(ctx: Context, roomId: RoomId, userId: UserId): Promise<SeatRow> {
  const seat = (await ctx.store.get(seatTable, { roomId, userId })) ?? refuse('NotFound')
  ctx.guard(must(seatTable, { roomId, userId }, { role: seat.role }))
  return seat
}

/**
 * People the asking person shares a direct room with, and neither blocked the other: that stays so is guarded where they
 * take their seats. A stranger is refused like somebody who does not exist.
 */
export async function requireContacts(ctx: Context, userIds: readonly UserId[]): Promise<Person[]> {
  const others = [...new Set(userIds)].filter((userId) => userId !== ctx.me)
  for (const otherId of others) {
    if (!(await findDirect(ctx.store, ctx.me, otherId))) refuse('NotAContact')
    if ((await ctx.store.count(blockTable, { userId: ctx.me, otherId }, 1)) > 0) refuse('NotAContact')
  }
  return requirePeople(ctx, others)
}

/** People as they are when the commit happens: a name that changes meanwhile is not told under the old one. */
export async function requirePeople(ctx: Context, userIds: readonly UserId[]): Promise<Person[]> {
  const people = await peopleOf(ctx.store, userIds)
  for (const { userId, name } of people) ctx.guard(must(userTable, { userId }, { name }))
  return people
}

/** Guards that no more rows fit than those that were read, named by one column: nothing before, between or after them. */
export function noOthers<Row extends object>(
  table: Table<Row>,
  key: Key<Row>,
  column: keyof Row & string,
  known: Iterable<string>,
  where?: Where<Row>,
): Guard[] {
  const bounds = [undefined, ...[...new Set(known)].toSorted(), undefined]
  return bounds.slice(1).map((to, nth) => {
    const from = bounds[nth]
    const between = { ...(from && { gt: from }), ...(to && { lt: to }) }
    return mustNot(table, key, { ...where, [column]: between })
  })
}
