import {
  askCopy,
  cancelCopy,
  downloadCopy,
  leave,
  myData,
  stay,
  userPlace,
  type CopyId,
  type DataCopy,
  type MyData,
  type UserId,
} from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { newLink, withdrawLinks } from '../../kernel/links.ts'
import { postMail } from '../../kernel/mails.ts'
import { refuse } from '../../kernel/refuse.ts'
import { endSession } from '../../kernel/sessions.ts'
import { sessionTable } from '../../kernel/tables.ts'
import { insert, must, mustNot, remove, type Reader, type Write } from '../../store/store.ts'
import { userTable, type UserRow } from '../accounts/index.ts'
import { copyTable, leavingTable, type CopyRow } from './mydata.tables.ts'

const MINUTE = 60 * 1000
const DAY = 24 * 60 * MINUTE
/** A copy is ready this long after it was asked for: time in which its owner hears of it, and can stop it. */
export const COPY_WAIT = 60 * MINUTE
/** A copy can be fetched for this long after it is ready. */
export const COPY_LIFE = 7 * DAY
const LINK_LIFE = 5 * MINUTE
/** An account is deleted this long after its owner asked for it. */
export const LEAVE_WAIT = 14 * DAY
const MAX_COPIES = 20
const MAX_SESSIONS = 10_000

export const myDataHandles = [
  handle(myData, (ctx) => mine(ctx.store, ctx.me, ctx.now())),

  handle(askCopy, async (ctx) => {
    const user = await requireUser(ctx)
    const now = ctx.now()
    const pending = (await copiesOf(ctx.store, ctx.me, now)).find((copy) => copy.readyAt > now)
    if (pending) refuse('CopyPending', { copyId: pending.copyId })

    const row: CopyRow = {
      copyId: ctx.newId<CopyId>(),
      userId: ctx.me,
      askedAt: now,
      readyAt: now + COPY_WAIT,
      toldAt: null,
      expiresAt: now + COPY_WAIT + COPY_LIFE,
      downloadedAt: null,
    }
    ctx.guard(mustNot(copyTable, { userId: ctx.me }, { readyAt: { gt: now } }))
    ctx.audit('mydata.askCopy', { subject: ctx.me })
    // The place is locked, not told: two asks at once are one after the other.
    await ctx.record([userPlace(ctx.me)], () => ({
      writes: [insert(copyTable, row), ...mailed(user, row, 'copyAsked', now)],
      events: [],
      result: null,
    }))
    ctx.services.mails.wake()
    return mine(ctx.store, ctx.me, now)
  }),

  handle(cancelCopy, async (ctx, { copyId }) => {
    await requireCopy(ctx, copyId)
    ctx.audit('mydata.cancelCopy', { subject: ctx.me })
    await ctx.record([], () => ({ writes: [remove(copyTable, { copyId })], events: [], result: null }))
    return mine(ctx.store, ctx.me, ctx.now())
  }),

  handle(downloadCopy, async (ctx, { copyId }) => {
    const copy = await requireCopy(ctx, copyId)
    if (copy.readyAt > ctx.now()) refuse('NotReady', { until: copy.readyAt })

    const life = LINK_LIFE
    const link = newLink({ purpose: 'download', userId: ctx.me, now: ctx.now(), life, data: { copyId } })
    ctx.audit('mydata.download', { subject: ctx.me })
    await ctx.record([], () => ({ writes: [link.write], events: [], result: null }))
    return { path: `/download/${ctx.services.seals.linkToken(link.linkId)}`, until: ctx.now() + life }
  }),

  handle(leave, async (ctx, { username, messages }) => {
    const user = await requireUser(ctx)
    if (username.trim().toLowerCase() !== user.username) refuse('WrongProof')
    if (user.isAdmin && (await ctx.store.count(userTable, { isAdmin: true }, 2)) < 2) refuse('LastAdministrator')

    const now = ctx.now()
    const before = await ctx.store.get(leavingTable, { userId: ctx.me })
    const row = { userId: ctx.me, askedAt: now, leavesAt: now + LEAVE_WAIT, messages, isGone: false }
    const sessions = await ctx.store.find(sessionTable, { where: { userId: ctx.me }, limit: MAX_SESSIONS })
    const others = sessions.filter((session) => session.tokenHash !== ctx.caller.session?.tokenHash)
    const link = newLink({ purpose: 'stay', userId: ctx.me, now, life: LEAVE_WAIT })
    const old = await withdrawLinks(ctx, ctx.me, 'stay')
    ctx.guard(
      before
        ? must(leavingTable, { userId: ctx.me }, { askedAt: before.askedAt })
        : mustNot(leavingTable, { userId: ctx.me }),
    )
    ctx.audit('mydata.leave', { subject: ctx.me, details: { messages } })
    await ctx.record([], () => ({
      writes: [
        ...(before ? [remove(leavingTable, { userId: ctx.me })] : []),
        insert(leavingTable, row),
        ...others.map((session) => endSession(session.tokenHash)),
        ...old,
        ...(user.email === null ? [] : [link.write, goodbye(user, user.email, link.linkId, row, now)]),
      ],
      events: [],
      result: null,
    }))
    ctx.services.mails.wake()
    return mine(ctx.store, ctx.me, now)
  }),

  handle(stay, async (ctx) => {
    const leaving = await ctx.store.get(leavingTable, { userId: ctx.me })
    if (!leaving || leaving.isGone) return mine(ctx.store, ctx.me, ctx.now())

    ctx.guard(must(leavingTable, { userId: ctx.me }, { isGone: false }))
    const links = await withdrawLinks(ctx, ctx.me, 'stay')
    ctx.audit('mydata.stay', { subject: ctx.me })
    await ctx.record([], () => ({
      writes: [remove(leavingTable, { userId: ctx.me }), ...links],
      events: [],
      result: null,
    }))
    return mine(ctx.store, ctx.me, ctx.now())
  }),
]

/** A mail about a copy, to whoever has an address. */
export function mailed(user: UserRow, copy: CopyRow, template: 'copyAsked' | 'copyReady', now: number): Write[] {
  if (user.email === null) return []
  const { name, email: to, language, timeZone } = user
  const params = { name, readyAt: copy.readyAt, expiresAt: copy.expiresAt }
  return [postMail({ to, template, params, language, timeZone, now })]
}

function goodbye(
  { name, language, timeZone }: UserRow,
  to: string,
  linkId: string,
  { leavesAt, messages }: { leavesAt: number; messages: 'keep' | 'delete' },
  now: number,
): Write {
  return postMail({ to, template: 'leaving', params: { name, leavesAt, messages }, linkId, language, timeZone, now })
}

async function mine(store: Reader, userId: UserId, now: number): Promise<MyData> {
  const [copies, leaving] = await Promise.all([copiesOf(store, userId, now), store.get(leavingTable, { userId })])
  return {
    copies: copies.map(({ copyId, askedAt, readyAt, expiresAt, downloadedAt }): DataCopy => ({
      copyId,
      askedAt,
      readyAt,
      expiresAt,
      downloadedAt,
    })),
    leaving: leaving ? { askedAt: leaving.askedAt, leavesAt: leaving.leavesAt, messages: leaving.messages } : null,
  }
}

const copiesOf = (store: Reader, userId: UserId, now: number): Promise<CopyRow[]> =>
  store.find(copyTable, { where: { userId, expiresAt: { gt: now } }, order: [['askedAt', 'desc']], limit: MAX_COPIES })

async function requireCopy(ctx: Context, copyId: CopyId): Promise<CopyRow> {
  const copy = await ctx.store.get(copyTable, { copyId })
  if (!copy || copy.userId !== ctx.me || copy.expiresAt <= ctx.now()) return refuse('NotFound')
  ctx.guard(must(copyTable, { copyId }))
  return copy
}

async function requireUser(ctx: Context): Promise<UserRow> {
  return (await ctx.store.get(userTable, { userId: ctx.me })) ?? refuse('NotFound')
}
