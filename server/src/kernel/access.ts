import type { Method } from '@connectly/protocol'
import { must } from '../store/store.ts'
import type { Context } from './context.ts'
import type { Feature } from './feature.ts'
import type { SeatRow, Seats } from './seats.ts'
import { refuse } from './refuse.ts'
import type { Table } from '../store/table.ts'
import { strongProofs } from './seals.ts'

export type AccessRules = {
  /** Refuses, or leaves guards so that the commit checks the same again. */
  enforce(method: Method, ctx: Context, input: Record<string, unknown>): Promise<void>
  seats: Seats
}

/** The rules of all methods, enforced in one place before any handler runs. */
export function createAccess(features: readonly Feature[]): AccessRules {
  const seats = features.find((feature) => feature.seats)?.seats
  if (!seats) throw new Error('no feature says where seats are kept')
  const objects: Record<string, Table> = Object.assign({}, ...features.map((feature) => feature.objects ?? {}))

  return {
    seats,
    enforce: async (method, ctx, input) => {
      const { access } = method
      const { session } = ctx.caller
      const who = session ?? ctx.caller.behalf
      if (access.who === 'session' && !who) refuse('SignedOut')
      if (access.kinds && (!who || !access.kinds.includes(who.kind))) refuse('NotAllowed')
      if (access.administrators && !session?.isAdmin) refuse('NotAllowed')
      if (access.stepUp) await requireStepUp(ctx, input[access.stepUp], access.administrators ?? false)
      if (access.scope && session?.scopes && !session.scopes.includes(access.scope)) refuse('NotAllowed')
      if (access.seat) {
        const seat = await requireSeat(ctx, seats, input[access.seat.field] as SeatRow['roomId'])
        ctx.seat = seat
        if (access.seat.right && !seats.can(seat, access.seat.right)) refuse('NotAllowed')
      }
      if (access.own) {
        const { field, column } = access.own
        const table = objects[field]
        if (!table) throw new Error(`no feature says where ${field} is kept`)
        const [row] = await ctx.store.find(table, { where: { [field]: input[field] }, limit: 1 })
        if (!row || (row as Record<string, unknown>)[column] !== ctx.me) refuse('NotFound')
        ctx.guard(must(table, { [field]: input[field] }, { [column]: ctx.me }))
      }
    },
  }
}

/** The asking person's seat, guarded: still there, with the same role and hidden from the same, when the commit happens. */
async function requireSeat(ctx: Context, seats: Seats, roomId: SeatRow['roomId']): Promise<SeatRow> {
  const key = { roomId, userId: ctx.me }
  const seat = await ctx.store.get(seats.table, key)
  if (!seat) return refuse('NotFound')
  ctx.guard(must(seats.table, key, { role: seat.role, hides: seat.hides }))
  return seat
}

/** Shown of late, in this session, that it is really them; those who run the server by a second factor. */
async function requireStepUp(ctx: Context, given: unknown, isStrong: boolean): Promise<void> {
  const shown = await ctx.services.seals.readStepUp(String(given))
  const { session } = ctx.caller
  const isTheirs = shown?.userId === session?.userId && shown?.tokenHash === session?.tokenHash
  if (!shown || !isTheirs || (isStrong && !strongProofs.includes(shown.by)))
    refuse('StepUpNeeded', { by: isStrong ? 'second factor' : 'any' })
}
