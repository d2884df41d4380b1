import { endOtherSessions, endSessionById, listSessions } from '@connectly/protocol'
import type { Session } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { endSession } from '../../kernel/sessions.ts'
import { sessionTable } from '../../kernel/tables.ts'

const MAX_LISTED = 100
/** The most sessions of a person that are read, or ended, at once. */
const MAX_READ = 10_000

export const sessionHandles = [
  handle(listSessions, async (ctx) => {
    const rows = await ctx.store.find(sessionTable, {
      where: { userId: ctx.me, expiresAt: { gt: ctx.now() } },
      order: [
        ['lastUsedAt', 'desc'],
        ['createdAt', 'desc'],
      ],
      limit: MAX_READ,
    })
    const { tokenHash } = requireSession(ctx.caller.session)
    return rows
      .flatMap(({ sessionId, device, from, createdAt, lastUsedAt, ...row }) =>
        sessionId ? [{ sessionId, device, from, createdAt, lastUsedAt, isThis: row.tokenHash === tokenHash }] : [],
      )
      .slice(0, MAX_LISTED)
  }),

  handle(endSessionById, async (ctx, { sessionId }) => {
    const [row] = await ctx.store.find(sessionTable, { where: { userId: ctx.me, sessionId }, limit: 1 })
    if (!row) return refuse('NotFound')
    await ctx.record([], () => ({ writes: [endSession(row.tokenHash)], events: [], result: null }))
    if (row.tokenHash === requireSession(ctx.caller.session).tokenHash) ctx.caller.newToken = null
    return {}
  }),

  handle(endOtherSessions, async (ctx) => {
    const { tokenHash } = requireSession(ctx.caller.session)
    const rows = await ctx.store.find(sessionTable, {
      where: { userId: ctx.me, expiresAt: { gt: ctx.now() } },
      limit: MAX_READ,
    })
    const others = rows.filter((row) => row.tokenHash !== tokenHash)
    if (others.length === 0) return { ended: 0 }
    return ctx.record([], () => ({
      writes: others.map((row) => endSession(row.tokenHash)),
      events: [],
      result: { ended: others.length },
    }))
  }),
]

const requireSession = (session: Session | null): Session => session ?? refuse('SignedOut')
