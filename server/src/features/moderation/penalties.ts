import { imposePenalty, liftPenalty, listPenalties, type Penalty, type PenaltyKind } from '@connectly/protocol'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { penaltyTable, type PenaltyRow } from '../../kernel/tables.ts'
import { insert, must, mustNot, patch } from '../../store/store.ts'
import { findPerson } from '../accounts/index.ts'

const MAX_LISTED = 100
const YEAR = 366 * 24 * 60 * 60 * 1000

export const penaltyHandles = [
  handle(listPenalties, async (ctx) => {
    const rows = await ctx.store.find(penaltyTable, {
      where: { until: { gt: ctx.now() } },
      order: [['until', 'desc']],
      limit: MAX_LISTED,
    })
    return rows.map(penaltyOf)
  }),

  handle(imposePenalty, async (ctx, { userId, kind, until, reason }) => {
    if (until <= ctx.now()) refuse('InvalidInput', { field: 'until', reason: 'is in the past' })
    if (userId === ctx.me || !(await findPerson(ctx.store, userId))) refuse('NotFound')
    const subject = `user:${userId}`
    const before = await ctx.store.get(penaltyTable, { subject })

    const now = ctx.now()
    const row: PenaltyRow = {
      subject,
      userId,
      kind,
      strikes: before?.strikes ?? 0,
      reason,
      since: now,
      until: Math.min(until, now + YEAR),
      at: now,
    }
    ctx.guard(
      before
        ? must(penaltyTable, { subject }, { at: before.at, strikes: before.strikes })
        : mustNot(penaltyTable, { subject }),
    )
    ctx.audit('moderation.impose', { subject: userId, details: { kind, until: row.until, reason } })
    await ctx.record([], () => ({
      writes: [before ? patch(penaltyTable, { subject }, { set: row }) : insert(penaltyTable, row)],
      events: [],
      result: null,
    }))
    ctx.services.penalties.learn(row)
    return penaltyOf(row)
  }),

  handle(liftPenalty, async (ctx, { subject }) => {
    const row = await ctx.store.get(penaltyTable, { subject })
    if (!row) return refuse('NotFound')

    const { write, row: after } = ctx.services.penalties.lifted(row)
    ctx.guard(must(penaltyTable, { subject }))
    ctx.audit('moderation.lift', { ...(row.userId && { subject: row.userId }), details: { kind: row.kind } })
    await ctx.record([], () => ({ writes: [write], events: [], result: null }))
    ctx.services.penalties.learn(after)
    return {}
  }),
]

const penaltyOf = ({ at: _at, kind, ...row }: PenaltyRow): Penalty => ({ ...row, kind: kind as PenaltyKind })
