import {
  confirmEmail,
  confirmEmailByLink,
  myEmail,
  removeEmail,
  setEmail,
  type OwnEmail,
  type UserId,
} from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { requireLink } from '../../kernel/links.ts'
import { refuse } from '../../kernel/refuse.ts'
import { linkTable } from '../../kernel/tables.ts'
import { must, patch, remove } from '../../store/store.ts'
import { userTable, type UserRow } from '../accounts/index.ts'
import {
  claim,
  CONFIRM_LIFE,
  confirmationMail,
  confirmLink,
  emailOf,
  isOpen,
  MAX_CODES,
  noticeOfChange,
  takeMail,
  voidLinks,
  waitingLink,
} from './confirming.ts'
import { emailTable } from './emails.tables.ts'

export const ownEmailHandles = [
  handle(myEmail, async (ctx) => {
    const [confirmed, link] = await Promise.all([confirmedOf(ctx, ctx.me), waitingLink(ctx, ctx.me)])
    return { ...confirmed, waiting: link ? { email: emailOf(link), until: link.expiresAt } : null }
  }),

  handle(setEmail, async (ctx, { email }) => {
    await takeMail(ctx, email)
    const { name, language, timeZone } = await requireMe(ctx)
    const confirmed = await confirmedOf(ctx, ctx.me)
    const [now, linkId] = [ctx.now(), ctx.newId<string>()]
    const older = await voidLinks(ctx, ctx.me, ['confirm'])
    const mail = await confirmationMail(ctx, linkId, ctx.me, { email, name, language, timeZone })
    ctx.audit('emails.set', { subject: ctx.me })
    return ctx.record([], () => ({
      writes: [...older, confirmLink(linkId, ctx.me, email, now), mail],
      events: [],
      result: { ...confirmed, waiting: { email, until: now + CONFIRM_LIFE } },
    }))
  }),

  handle(confirmEmail, async (ctx, { code }) => {
    const link = (await waitingLink(ctx, ctx.me)) ?? refuse('LinkSpent')
    if (code === ctx.services.seals.code(link.linkId)) {
      const { writes, confirmedAt } = await claim(ctx, link)
      ctx.audit('emails.confirm', { subject: ctx.me, details: { by: 'code' } })
      const own = { email: emailOf(link), confirmedAt, waiting: null }
      return ctx.record([], () => ({ writes, events: [], result: own }))
    }
    // The commit counts, so a thousand wrong codes at once are five as well, and so is a right one among them.
    const wrong = { add: { tries: 1 }, only: { tries: { lt: MAX_CODES } }, else: 'LinkSpent' } as const
    ctx.audit('emails.wrongCode', { subject: ctx.me })
    await ctx.record([], () => ({
      writes: [patch(linkTable, { linkId: link.linkId }, wrong)],
      events: [],
      result: null,
    }))
    return refuse('WrongProof')
  }),

  handle(confirmEmailByLink, async (ctx, { token }) => {
    const link = await requireLink(ctx, 'confirm', token)
    if (!isOpen(link, ctx.now())) refuse('LinkSpent')
    const { user, writes } = await claim(ctx, link)
    ctx.audit('emails.confirm', { actor: user.userId, subject: user.userId, details: { by: 'link' } })
    return ctx.record([], () => ({ writes, events: [], result: { email: emailOf(link) } }))
  }),

  handle(removeEmail, async (ctx) => {
    const me = await requireMe(ctx)
    const [own] = await ctx.store.find(emailTable, { where: { userId: ctx.me }, limit: 1 })
    const links = await voidLinks(ctx, ctx.me, ['confirm', 'reset'])
    const result = { email: null, confirmedAt: null, waiting: null }
    if (!own && links.length === 0) return result
    ctx.guard(must(userTable, { userId: ctx.me }, { emailKey: me.emailKey }))
    ctx.audit('emails.remove', { subject: ctx.me })
    return ctx.record([], () => ({
      writes: [
        ...(own ? [remove(emailTable, { emailKey: own.emailKey })] : []),
        patch(userTable, { userId: ctx.me }, { set: { email: null, emailKey: null } }),
        ...links,
        ...noticeOfChange(ctx, me),
      ],
      events: [],
      result,
    }))
  }),
]

async function confirmedOf(ctx: Context, userId: UserId): Promise<Pick<OwnEmail, 'email' | 'confirmedAt'>> {
  const [user, [row]] = await Promise.all([
    ctx.store.get(userTable, { userId }),
    ctx.store.find(emailTable, { where: { userId }, limit: 1 }),
  ])
  return { email: user?.email ?? null, confirmedAt: row?.confirmedAt ?? null }
}

const requireMe = async (ctx: Context): Promise<UserRow> =>
  (await ctx.store.get(userTable, { userId: ctx.me })) ?? refuse('NotFound')
