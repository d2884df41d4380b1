import type { RoomId, UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { must, patch, type Write } from '../../store/store.ts'
import { blocksOf, blockTable } from '../blocks/index.ts'
import { noOthers } from './require.ts'
import { seatTable, type SeatRow } from './rooms.tables.ts'

/* Who does not see whose words: a block, as each seat of the two carries it. Whoever blocks whom, both seats name the other. */

type Hides = SeatRow['hides']

/** Whom each of these would not see, or not be seen by, in a room of them all. Guarded: no block comes or goes meanwhile. */
export async function hidesAmong(ctx: Context, userIds: readonly UserId[]): Promise<Map<UserId, Hides>> {
  const found = new Map<UserId, Hides>()
  for (const userId of userIds) {
    const hidden = (await requireBlocks(ctx, userId)).filter((otherId) => userIds.includes(otherId))
    guardBlocks(ctx, userId, hidden)
    found.set(userId, hidden.length > 0 ? hidden : null)
  }
  return found
}

/** What the seat of somebody who joins hides, and what their coming changes in the seats that are there. */
export async function hidesOnJoining(
  ctx: Context,
  roomId: RoomId,
  userId: UserId,
): Promise<{ hides: Hides; writes: Write[] }> {
  const blocked = await requireBlocks(ctx, userId)
  if (blocked.length === 0) return { hides: null, writes: [] }
  const seats = await ctx.store.find(seatTable, {
    where: { roomId, userId: { in: blocked } },
    limit: blocked.length,
  })
  const hidden = seats.map((seat) => seat.userId)
  guardBlocks(ctx, userId, hidden)
  return { hides: hidden.length > 0 ? hidden : null, writes: seats.flatMap((seat) => hiding(ctx, seat, userId)) }
}

/** What the going of a seat changes in those that stay. Its own hides are guarded: no block comes or goes meanwhile. */
export async function hidesOnLeaving(ctx: Context, { roomId, userId, hides }: SeatRow): Promise<Write[]> {
  ctx.guard(must(seatTable, { roomId, userId }, { hides }))
  if (!hides) return []
  const seats = await ctx.store.find(seatTable, { where: { roomId, userId: { in: hides } }, limit: hides.length })
  return seats.flatMap((seat) => showing(ctx, seat, userId))
}

/** This seat and that person do not see each other's words. */
export function hiding(ctx: Context, seat: SeatRow, otherId: UserId): Write[] {
  const hides = seat.hides ?? []
  return withHides(ctx, seat, hides.includes(otherId) ? hides : [...hides, otherId])
}

/** This seat and that person see each other's words again. */
export function showing(ctx: Context, seat: SeatRow, otherId: UserId): Write[] {
  return withHides(
    ctx,
    seat,
    (seat.hides ?? []).filter((userId) => userId !== otherId),
  )
}

function withHides(ctx: Context, { roomId, userId, hides: before }: SeatRow, hides: UserId[]): Write[] {
  ctx.guard(must(seatTable, { roomId, userId }, { hides: before }))
  if (hides.length === (before?.length ?? 0)) return []
  return [patch(seatTable, { roomId, userId }, { set: { hides: hides.length > 0 ? hides : null } })]
}

/** Everybody this person blocked, or who blocked them; guarded against further ones. */
async function requireBlocks(ctx: Context, userId: UserId): Promise<UserId[]> {
  const others = [...new Set((await blocksOf(ctx.store, userId)).map((row) => row.otherId))]
  for (const guard of noOthers(blockTable, { userId }, 'otherId', others)) ctx.guard(guard)
  return others
}

function guardBlocks(ctx: Context, userId: UserId, others: readonly UserId[]): void {
  for (const otherId of others) ctx.guard(must(blockTable, { userId, otherId }))
}
