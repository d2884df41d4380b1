import { blockPerson, roomPlace, unblockPerson, userPlace, type UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { before } from '../../kernel/feature.ts'
import { must, mustNot, type Write } from '../../store/store.ts'
import { blockTable } from '../blocks/index.ts'
import { hiding, showing } from './hides.ts'
import { noOthers } from './require.ts'
import { MAX_ROOMS, seatTable, type SeatRow } from './rooms.tables.ts'

/** A block in every room that both sit in, in its own commit: from that moment on neither hears the other there. */
export const blockShares = [
  before(blockPerson, async (ctx, { userId }) => inSharedRooms(ctx, userId, hiding)),

  before(unblockPerson, async (ctx, { userId }) => {
    const theirs = { userId: ctx.me, otherId: userId, isMine: false }
    const isBlockedToo = (await ctx.store.get(blockTable, theirs)) !== undefined
    ctx.guard(isBlockedToo ? must(blockTable, theirs) : mustNot(blockTable, theirs))
    if (!isBlockedToo) await inSharedRooms(ctx, userId, showing)
  }),
]

async function inSharedRooms(
  ctx: Context,
  userId: UserId,
  change: (ctx: Context, seat: SeatRow, otherId: UserId) => Write[],
): Promise<void> {
  if (userId === ctx.me) return
  const mine = await ctx.store.find(seatTable, { where: { userId: ctx.me }, limit: MAX_ROOMS })
  const myRooms = mine.map((seat) => seat.roomId)
  const theirs = await ctx.store.find(seatTable, { where: { userId, roomId: { in: myRooms } }, limit: MAX_ROOMS })
  const shared = new Set(theirs.map((seat) => seat.roomId))
  // Neither has come into a room of the other's, nor both into a new one.
  for (const guard of noOthers(seatTable, { userId: ctx.me }, 'roomId', myRooms)) ctx.guard(guard)
  ctx.guard(mustNot(seatTable, { userId }, { roomId: { in: myRooms.filter((roomId) => !shared.has(roomId)) } }))

  const writes = [
    ...mine.filter((seat) => shared.has(seat.roomId)).flatMap((seat) => change(ctx, seat, userId)),
    ...theirs.flatMap((seat) => change(ctx, seat, ctx.me)),
  ]
  ctx.also(() => ({ writes, events: [] }), [userPlace(userId), ...[...shared].map(roomPlace)])
}
