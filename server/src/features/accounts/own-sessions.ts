import { endOtherSessions, endSessionById, listSessions, type UserId } from '@connectly/protocol'
import type { Context, Session } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { endSession } from '../../kernel/sessions.ts'
import { sessionTable } from '../../kernel/tables.ts'
import { must, type Write } from '../../store/store.ts'
import { userTable } from './accounts.tables.ts'

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
    ctx.audit('accounts.endSession', { subject: ctx.me, details: { device: row.device, from: row.from } })
    await ctx.record([], () => ({ writes: [endSession(row.tokenHash)], events: [], result: null }))
    if (row.tokenHash === requireSession(ctx.caller.session).tokenHash) ctx.caller.newToken = null
    return {}
  }),

  handle(endOtherSessions, async (ctx) => {
    const { ended, writes } = await endSessionsOf(ctx, ctx.me, requireSession(ctx.caller.session).tokenHash)
    if (ended === 0) return { ended }
    ctx.audit('accounts.endOtherSessions', { subject: ctx.me, details: { ended } })
    return ctx.record([], () => ({ writes, events: [], result: { ended } }))
  }),
]

/**
 * What ends all sessions of a person but one. Leaves a guard: one that is begun between looking and committing makes the
 * handler look again, so none survives.
 */
export async function endSessionsOf(
  ctx: Context,
  userId: UserId,
  but?: string,
): Promise<{ writes: Write[]; ended: number }> {
  const user = (await ctx.store.get(userTable, { userId })) ?? refuse('NotFound')
  ctx.guard(must(userTable, { userId }, { entries: user.entries }))
  const rows = await ctx.store.find(sessionTable, { where: { userId, expiresAt: { gt: ctx.now() } }, limit: MAX_READ })
  const writes = rows.filter((row) => row.tokenHash !== but).map((row) => endSession(row.tokenHash))
  return { writes, ended: writes.length }
}

const requireSession = (session: Session | null): Session => session ?? refuse('SignedOut')
