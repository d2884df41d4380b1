import {
  clearRoom,
  MAX_PINNED_ROOMS,
  roomCleared,
  roomPlace,
  roomPrefsSet,
  setRoomPrefs,
  userPlace,
} from '@connectly/protocol'
import { happened, type Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { placeTable } from '../../store/log-tables.ts'
import { must, patch } from '../../store/store.ts'
import { noOthers, ownSeat } from './require.ts'
import { seatTable } from './rooms.tables.ts'

/** What somebody does with a room for themselves: only their own screens hear of it. */
export const mineHandles = [
  handle(setRoomPrefs, async (ctx, { roomId, isPinned, mutedUntil: wanted }) => {
    const { pinnedAt: before, mutedUntil: muted } = ownSeat(ctx)
    const mutedUntil = wanted === undefined ? muted : wanted
    const pin = isPinned ?? before !== null
    if (pin === (before !== null) && mutedUntil === muted) return {}
    if (pin && before === null) await requireSpace(ctx)
    const key = { roomId, userId: ctx.me }
    ctx.guard(must(seatTable, key, { pinnedAt: before, mutedUntil: muted }))
    return ctx.record([userPlace(ctx.me)], (next) => {
      const n = next(userPlace(ctx.me))
      const pinnedAt = pin ? (before ?? n.at) : null
      return {
        writes: [patch(seatTable, key, { set: { pinnedAt, mutedUntil } })],
        events: [happened(roomPrefsSet, n, { roomId, pinnedAt, mutedUntil })],
        result: {},
      }
    })
  }),

  handle(clearRoom, async (ctx, { roomId }) => {
    const { clearedSeq, readSeq, deliveredSeq, unreadFrom } = ownSeat(ctx)
    const newest = (await ctx.store.get(placeTable, { place: roomPlace(roomId) }))?.seq ?? 0
    if (clearedSeq >= newest && readSeq >= newest && unreadFrom === null) return {}
    const key = { roomId, userId: ctx.me }
    ctx.guard(must(seatTable, key, { clearedSeq, readSeq, deliveredSeq }))
    return ctx.record([userPlace(ctx.me)], (next) => {
      const n = next(userPlace(ctx.me))
      const cleared = Math.max(clearedSeq, newest)
      const read = Math.max(readSeq, newest)
      const marks = { readSeq: read, deliveredSeq: Math.max(deliveredSeq, read), unreadFrom: null, markedAt: n.at }
      return {
        writes: [patch(seatTable, key, { set: { clearedSeq: cleared, ...marks } })],
        events: [happened(roomCleared, n, { roomId, clearedSeq: cleared })],
        result: {},
      }
    })
  }),
]

/** At the top there is room for one more, also when several come at once. */
async function requireSpace(ctx: Context): Promise<void> {
  const isPinned = { pinnedAt: { gte: 0 } }
  const pinned = await ctx.store.find(seatTable, { where: { userId: ctx.me, ...isPinned }, limit: MAX_PINNED_ROOMS })
  if (pinned.length >= MAX_PINNED_ROOMS) refuse('TooManyPinned')
  const known = pinned.map((seat) => seat.roomId)
  for (const guard of noOthers(seatTable, { userId: ctx.me }, 'roomId', known, isPinned)) ctx.guard(guard)
}
