import { askReset, itWasNotMe, linkIsOpen, resetPassword, type UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { newLink, requireLink } from '../../kernel/links.ts'
import { postMail } from '../../kernel/mails.ts'
import { refuse } from '../../kernel/refuse.ts'
import { linkTable, type LinkRow } from '../../kernel/tables.ts'
import { must, patch, remove, type Write } from '../../store/store.ts'
import {
  deviceTable,
  endSessionsOf,
  findAccount,
  forgetGuesses,
  hashPassword,
  requireGoodPassword,
  userTable,
  type UserRow,
} from '../accounts/index.ts'
import { isOpen, voidLinks } from './confirming.ts'

/** How long a link for a new password is good, in ms. */
const RESET_LIFE = 30 * 60 * 1000
/** Links for a new password that an account has open at most; who asks for more is answered alike, and nothing is sent. */
const MAX_RESETS = 3
const MAX_DEVICES = 10_000
/** Nobody's, for the same steps where there is no account. */
const NOBODY = '00000000-0000-7000-8000-000000000000' as UserId

/** What a mail may open; an invitation or a download is nobody's form. */
const inMails: readonly string[] = ['confirm', 'reset', 'notMe', 'stay']

export const resetHandles = [
  handle(askReset, async (ctx, { username }) => {
    // Every way through here reads and writes the same rows, so that it takes as long: a mail to nobody is dropped later.
    const found = await findAccount(ctx, username)
    const user = found?.kind === 'person' ? found : undefined
    const now = ctx.now()
    const since = { userId: user?.userId ?? NOBODY, purpose: 'reset', createdAt: { gt: now - RESET_LIFE } }
    const isEnough = (await ctx.store.count(linkTable, since, MAX_RESETS)) >= MAX_RESETS
    const to = isEnough ? '' : (user?.email ?? '')

    const link = newLink({ purpose: 'reset', userId: to === '' ? null : (user?.userId ?? null), now, life: RESET_LIFE })
    const { device = '', from = 'internet' } = ctx.caller
    const params = { username: user?.username ?? '', device, from, at: now }
    const read = { language: user?.language ?? '', timeZone: user?.timeZone ?? '' }
    const mail = postMail({ to, template: 'reset', params, linkId: link.linkId, ...read, now })
    ctx.after(() => ctx.services.mails.wake())
    return ctx.record([], () => ({ writes: [link.write, mail], events: [], result: {} }))
  }),

  handle(linkIsOpen, async (ctx, { token }) => {
    const linkId = ctx.services.seals.linkOf(token)
    const link = linkId === null ? undefined : await ctx.store.get(linkTable, { linkId })
    return { isOpen: link !== undefined && inMails.includes(link.purpose) && isOpen(link, ctx.now()) }
  }),

  handle(resetPassword, async (ctx, { token, password }) => {
    const link = await requireLink(ctx, 'reset', token)
    const user = await requireOwner(ctx, link)
    const { userId, username, name, email, language, timeZone } = user
    requireGoodPassword(ctx, password, [username, name, email ?? ''])

    const passwordHash = await hashPassword(password)
    const shut = await shutOut(ctx, userId)
    const now = ctx.now()
    const told = { name, device: ctx.caller.device ?? '', at: now }
    const notice =
      email === null
        ? []
        : [postMail({ to: email, template: 'passwordChanged', params: told, language, timeZone, now })]
    ctx.after(() => ctx.services.mails.wake())
    ctx.audit('emails.reset', { actor: userId, subject: userId, details: { ended: shut.ended } })
    const result = await ctx.record([], () => ({
      writes: [
        patch(userTable, { userId }, { set: { passwordHash, passwordChangedAt: now } }),
        ...shut.writes,
        ...notice,
      ],
      events: [],
      result: { username },
    }))
    shut.done()
    await forgetGuesses(ctx, user)
    return result
  }),

  handle(itWasNotMe, async (ctx, { token }) => {
    const link = await requireLink(ctx, 'notMe', token)
    const { userId } = await requireOwner(ctx, link)
    const shut = await shutOut(ctx, userId)
    const fresh = newLink({ purpose: 'reset', userId, now: ctx.now(), life: RESET_LIFE })
    ctx.audit('emails.notMe', { actor: userId, subject: userId, details: { ended: shut.ended } })
    const result = await ctx.record([], () => ({
      writes: [...shut.writes, fresh.write],
      events: [],
      result: { token: ctx.services.seals.linkToken(fresh.linkId) },
    }))
    shut.done()
    return result
  }),
]

/**
 * What leaves nobody in an account: all sessions end, all browsers are strangers to it, and whatever was mailed so far opens
 * nothing, an address that waits to be confirmed included: whoever was in may have asked for it.
 */
async function shutOut(ctx: Context, userId: UserId): Promise<{ writes: Write[]; ended: number; done: () => void }> {
  const sessions = await endSessionsOf(ctx, userId)
  const devices = await ctx.store.find(deviceTable, { where: { userId }, limit: MAX_DEVICES })
  const links = await voidLinks(ctx, userId, ['confirm', 'reset', 'notMe'])
  return {
    writes: [
      ...sessions.writes,
      ...devices.map(({ deviceHash }) => remove(deviceTable, { userId, deviceHash })),
      ...links,
    ],
    ended: sessions.ended,
    done: () => {
      if (ctx.caller.session?.userId === userId) ctx.caller.newToken = null
    },
  }
}

/** The person whose link this is; refuses `LinkSpent` where they are gone. */
async function requireOwner(ctx: Context, link: LinkRow): Promise<UserRow> {
  const user = link.userId ? await ctx.store.get(userTable, { userId: link.userId }) : undefined
  if (!user || user.kind !== 'person') return refuse('LinkSpent')
  ctx.guard(must(userTable, { userId: user.userId }, { passwordHash: user.passwordHash, emailKey: user.emailKey }))
  return user
}
