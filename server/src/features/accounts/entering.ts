import type { SignedIn, UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { newToken, sha256 } from '../../kernel/ids.ts'
import { newLink } from '../../kernel/links.ts'
import { postMail } from '../../kernel/mails.ts'
import { endSession, startSession } from '../../kernel/sessions.ts'
import { insert, must, patch, type Write } from '../../store/store.ts'
import { deviceTable, userTable, type UserRow } from './accounts.tables.ts'
import { emailKeyOf } from './email-key.ts'
import { personOf } from './newcomers.ts'

const MINUTE = 60 * 1000
const DAY = 24 * 60 * MINUTE
/** How long the first step of signing in waits for the second, in ms. */
const TICKET_LIFE = 10 * MINUTE
/** How long a browser is spared the second step, in ms; not beyond a change of the password. */
const TRUST_LIFE = 30 * DAY
/** How long the link of the mail about a new device is good, in ms. */
const NOT_ME_LIFE = 7 * DAY

/** The account that somebody means by a username or a confirmed mail address, looked for in the same two steps either way. */
export async function findAccount(ctx: Context, name: string): Promise<UserRow | undefined> {
  const wanted = name.trim().toLowerCase()
  const [[byName], [byEmail]] = await Promise.all([
    ctx.store.find(userTable, { where: { username: wanted }, limit: 1 }),
    ctx.store.find(userTable, { where: { emailKey: emailKeyOf(name) }, limit: 1 }),
  ])
  return byName ?? byEmail
}

/**
 * Lets somebody in whose password, passkey or other service was right: with a session, or with a ticket for the second step
 * where their account has one, this browser is not trusted and `isSecondDone` is false. Records; `writes` go with it.
 */
export async function enter(
  ctx: Context,
  user: UserRow,
  how: { isSecondDone: boolean; trust?: boolean; writes?: readonly Write[] },
): Promise<SignedIn> {
  ctx.services.penalties.checkPerson(user.userId)
  const { userId, isAdmin, secondSteps } = user
  ctx.guard(must(userTable, { userId }, { isAdmin, secondSteps }))
  const known = await deviceOf(ctx, user)
  const trustedUntil = known?.trustedUntil ?? 0
  const isTrusted = trustedUntil > ctx.now() && trustedUntil - TRUST_LIFE >= (user.passwordChangedAt ?? 0)
  const offers = user.secondSteps ?? []
  if (offers.length > 0 && !how.isSecondDone && !isTrusted) {
    const ticket = await ctx.services.seals.seal('second-step', { user: user.userId, mark: markOf(user) }, TICKET_LIFE)
    if (how.writes?.length) await ctx.record([], () => ({ writes: how.writes ?? [], events: [], result: null }))
    return { person: null, second: { ticket, offers } }
  }

  const entered = beginSession(ctx, user, { known: known !== undefined, ...(how.trust && { trust: true }) })
  const person = personOf(user)
  const notice = known ? [] : await noticeOf(ctx, user)
  const { device = '', from = 'internet' } = ctx.caller
  const details = { device, from, isNewDevice: known === undefined }
  ctx.audit('accounts.signIn', { actor: user.userId, subject: user.userId, details })
  await ctx.record([], () => ({
    writes: [...entered.writes, ...(how.writes ?? []), ...notice],
    events: [],
    result: person,
  }))
  entered.done()
  return { person, second: null }
}

/** Whose second step a ticket is for; null when it has run out, or their password has changed since. */
export async function readTicket(ctx: Context, ticket: string): Promise<UserRow | null> {
  const claims = await ctx.services.seals.open('second-step', ticket)
  if (!claims) return null
  const user = await ctx.store.get(userTable, { userId: claims['user'] as UserId })
  return user && claims['mark'] === markOf(user) ? user : null
}

/**
 * What starts a session for this account, in place of the one that asks, and makes this browser known to it. The rows are to
 * be written in the method's commit, a new account's own before them; `done` sets the cookies after it.
 */
export function beginSession(
  ctx: Context,
  user: UserRow,
  how: { known?: boolean; trust?: boolean } = {},
): { writes: Write[]; done: () => void } {
  const { caller } = ctx
  const session = startSession({
    userId: user.userId,
    kind: user.kind,
    now: ctx.now(),
    device: caller.device,
    from: caller.from,
    isAdmin: user.isAdmin ?? false,
  })
  const deviceToken = caller.deviceToken ?? newToken()
  const key = { userId: user.userId, deviceHash: sha256(deviceToken) }
  const trustedUntil = how.trust ? { trustedUntil: ctx.now() + TRUST_LIFE } : {}
  const device = how.known
    ? patch(deviceTable, key, { set: { lastAt: ctx.now(), ...trustedUntil } })
    : insert(deviceTable, { ...key, firstAt: ctx.now(), lastAt: ctx.now(), trustedUntil: null, ...trustedUntil })
  const isBrowser = caller.door === 'http'
  return {
    writes: [
      session.write,
      patch(userTable, { userId: user.userId }, { add: { entries: 1 } }),
      ...(isBrowser ? [device] : []),
      ...(caller.session ? [endSession(caller.session.tokenHash)] : []),
    ],
    done: () => {
      caller.newToken = session.token
      if (isBrowser) caller.newDeviceToken = deviceToken
    },
  }
}

/** The mail that tells of a browser which this account did not know, where it knows others and has an address. */
async function noticeOf(ctx: Context, { userId, name, email, language, timeZone }: UserRow): Promise<Write[]> {
  if (email === null || (await ctx.store.count(deviceTable, { userId }, 1)) === 0) return []
  const now = ctx.now()
  const link = newLink({ purpose: 'notMe', userId, now, life: NOT_ME_LIFE })
  const { device = '', from = 'internet' } = ctx.caller
  const params = { name, device, from, at: now }
  ctx.after(() => ctx.services.mails.wake())
  return [
    link.write,
    postMail({ to: email, template: 'newDevice', params, linkId: link.linkId, language, timeZone, now }),
  ]
}

/** What this account knows of the browser that asks. */
export const deviceOf = async (ctx: Context, { userId }: Pick<UserRow, 'userId'>) =>
  ctx.caller.deviceToken === undefined
    ? undefined
    : ctx.store.get(deviceTable, { userId, deviceHash: sha256(ctx.caller.deviceToken) })

/** Changes with the password, so that a ticket of before opens nothing. */
const markOf = (user: UserRow): string => sha256(`${user.passwordHash}`).slice(0, 16)
