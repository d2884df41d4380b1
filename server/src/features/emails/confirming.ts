import type { UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { newLink, withdrawLinks, type LinkPurpose } from '../../kernel/links.ts'
import { postMail } from '../../kernel/mails.ts'
import { refuse } from '../../kernel/refuse.ts'
import { linkTable, type LinkRow } from '../../kernel/tables.ts'
import { insert, must, mustNot, patch, remove, type Write } from '../../store/store.ts'
import { emailKeyOf, userTable, type UserRow } from '../accounts/index.ts'
import { emailTable } from './emails.tables.ts'

const HOUR = 60 * 60 * 1000
/** How long an address can be confirmed, in ms. */
export const CONFIRM_LIFE = 24 * HOUR
/** Wrong codes after which a mail's code and link are void. */
export const MAX_CODES = 5

/** An address that is to be confirmed, and whose it will be. */
export type Asked = { email: string; name: string; language?: string; timeZone?: string }

/** Counts a mail to this address, whoever asks for it; refuses `TooManyRequests` when it got too many. */
export async function takeMail(ctx: Context, email: string): Promise<void> {
  await ctx.services.tries.take('account', ctx.services.seals.hash('mail', emailKeyOf(email)))
}

/** The link that confirms an address, and by its id the code. */
export const confirmLink = (linkId: string, userId: UserId, email: string, now: number): Write =>
  newLink({ linkId, purpose: 'confirm', userId, now, life: CONFIRM_LIFE, data: { email } }).write

/**
 * The mail to an address that somebody says is theirs. Where it is another account's, that account is told so instead, and
 * whoever asked learns nothing: their link is made all the same, and nobody is sent it.
 */
export async function confirmationMail(ctx: Context, linkId: string, me: UserId | null, asked: Asked): Promise<Write> {
  const { email, name, language = '', timeZone = '' } = asked
  const holder = await ctx.store.get(emailTable, { emailKey: emailKeyOf(email) })
  const owner = await ctx.store.get(userTable, { userId: (holder?.userId ?? me ?? linkId) as UserId })
  const now = ctx.now()
  ctx.after(() => ctx.services.mails.wake())
  if (!holder || holder.userId === me || !owner)
    return postMail({ to: email, template: 'verification', params: { name }, linkId, language, timeZone, now })
  const params = { name: owner.name, username: owner.username }
  const read = { language: owner.language, timeZone: owner.timeZone }
  return postMail({ to: owner.email ?? email, template: 'addressTaken', params, ...read, now })
}

/** The address of mine that waits to be confirmed; undefined when none does, or too many codes were wrong. */
export async function waitingLink(ctx: Context, userId: UserId): Promise<LinkRow | undefined> {
  const [link] = await ctx.store.find(linkTable, {
    where: { userId, purpose: 'confirm' },
    order: [['createdAt', 'desc']],
    limit: 1,
  })
  return link && isOpen(link, ctx.now()) ? link : undefined
}

/** Whether a link is still good for anything. */
export const isOpen = (link: LinkRow, now: number): boolean => link.expiresAt > now && link.tries < MAX_CODES

export const emailOf = (link: LinkRow): string => String(link.data['email'])

/**
 * What makes the address of a link an account's own, in place of the one before. It moves to nobody while it is confirmed:
 * refuses `LinkSpent` where it is another's by now. The address so far is told.
 */
export async function claim(
  ctx: Context,
  link: LinkRow,
): Promise<{ user: UserRow; confirmedAt: number; writes: Write[] }> {
  const email = emailOf(link)
  const emailKey = emailKeyOf(email)
  const userId = link.userId ?? refuse('LinkSpent')
  const [user, holder, [own]] = await Promise.all([
    ctx.store.get(userTable, { userId }),
    ctx.store.get(emailTable, { emailKey }),
    ctx.store.find(emailTable, { where: { userId }, limit: 1 }),
  ])
  if (!user || user.kind !== 'person' || (holder && holder.userId !== userId)) return refuse('LinkSpent')

  const confirmedAt = ctx.now()
  ctx.guard(must(linkTable, { linkId: link.linkId }, { tries: { lt: MAX_CODES } }))
  ctx.guard(holder ? must(emailTable, { emailKey }, { userId }) : mustNot(emailTable, { emailKey }))
  const row = holder
    ? [patch(emailTable, { emailKey }, { set: { confirmedAt } })]
    : [
        ...(own ? [remove(emailTable, { emailKey: own.emailKey })] : []),
        insert(emailTable, { emailKey, userId, confirmedAt }),
      ]
  const links = await voidLinks(ctx, userId, ['confirm', 'reset'])
  const notice = holder ? [] : noticeOfChange(ctx, user)
  return {
    user,
    confirmedAt,
    writes: [...row, patch(userTable, { userId }, { set: { email, emailKey } }), ...links, ...notice],
  }
}

/** What makes all links of a person for these purposes void. */
export const voidLinks = async (ctx: Context, userId: UserId, purposes: readonly LinkPurpose[]): Promise<Write[]> =>
  (await Promise.all(purposes.map((purpose) => withdrawLinks(ctx, userId, purpose)))).flat()

/** The mail to the address so far, which is told that mail goes elsewhere from now on. */
export function noticeOfChange(ctx: Context, { name, email, language, timeZone }: UserRow): Write[] {
  if (email === null) return []
  const now = ctx.now()
  const params = { name, device: ctx.caller.device ?? '', at: now }
  ctx.after(() => ctx.services.mails.wake())
  return [postMail({ to: email, template: 'addressChanged', params, language, timeZone, now })]
}
