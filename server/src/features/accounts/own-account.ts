import {
  acceptTerms,
  changePassword,
  changeUsername,
  ownAccount,
  profileEdited,
  TERMS_VERSION,
  userPlace,
} from '@connectly/protocol'
import { happened, type Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { withdrawLinks } from '../../kernel/links.ts'
import { postMail } from '../../kernel/mails.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, patch, remove, type Write } from '../../store/store.ts'
import { deviceTable, heldNameTable, userTable, type UserRow } from './accounts.tables.ts'
import { beginSession, deviceOf } from './entering.ts'
import { personOf, requireFreeName, requireGoodPassword, requireTerms } from './newcomers.ts'
import { endSessionsOf } from './own-sessions.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { editedOf } from './profile.ts'

const DAY = 24 * 60 * 60 * 1000
/** How long one keeps a username at least, and nobody else gets the one before, in ms. */
export const NAME_KEPT = 30 * DAY
/** The most browsers of a person that are read at once. */
const MAX_DEVICES = 10_000

export const ownHandles = [
  handle(ownAccount, async (ctx) => {
    const user = await requireMe(ctx)
    return {
      person: personOf(user),
      isAdmin: user.isAdmin ?? false,
      hasPassword: user.passwordHash !== null,
      passwordChangedAt: user.passwordChangedAt,
      renameFrom: renameFrom(user),
      hasSecondStep: user.secondSteps !== null,
      termsVersion: user.terms?.version ?? null,
    }
  }),

  handle(changePassword, async (ctx, { current, password }) => {
    const user = await requireMe(ctx)
    if (user.passwordHash !== null) await requireCurrent(ctx, user.passwordHash, current ?? '')
    if (user.passwordHash !== null && sameText(current ?? '', password)) refuse('SamePassword')
    requireGoodPassword(ctx, password, [user.username, user.name, user.email ?? ''])

    const passwordHash = await hashPassword(password)
    // An address that waits to be confirmed may be that of whoever knew the password so far: a way back in.
    const links = [...(await withdrawLinks(ctx, ctx.me, 'reset')), ...(await withdrawLinks(ctx, ctx.me, 'confirm'))]
    const known = await deviceOf(ctx, user)
    const others = await endSessionsOf(ctx, ctx.me, ctx.caller.session?.tokenHash)
    const forgotten = await forgetDevices(ctx, known?.deviceHash)
    const entered = beginSession(ctx, user, { known: known !== undefined })
    const set = { passwordHash, passwordChangedAt: ctx.now() }
    ctx.guard(must(userTable, { userId: ctx.me }, { passwordHash: user.passwordHash }))
    ctx.audit('accounts.changePassword', { subject: ctx.me, details: { ended: others.ended } })
    const result = await ctx.record([], () => ({
      writes: [
        patch(userTable, { userId: ctx.me }, { set }),
        ...others.writes,
        ...entered.writes,
        ...forgotten,
        ...links,
        ...noticeOf(ctx, user),
      ],
      events: [],
      result: { ended: others.ended },
    }))
    entered.done()
    return result
  }),

  handle(changeUsername, async (ctx, { username }) => {
    const user = await requireMe(ctx)
    if (username === user.username) return personOf(user)
    if (renameFrom(user) > ctx.now()) refuse('TooSoon', { until: renameFrom(user) })
    await requireFreeName(ctx, username)

    const after = { ...user, username, renamedAt: ctx.now() }
    const held = await ctx.store.get(heldNameTable, { username })
    const before = { username: user.username }
    const hold = { userId: ctx.me, until: ctx.now() + NAME_KEPT }
    const wasHeld = await ctx.store.get(heldNameTable, before)
    ctx.guard(must(userTable, { userId: ctx.me }, { username: user.username, renamedAt: user.renamedAt }))
    ctx.audit('accounts.rename', { subject: ctx.me, details: { from: user.username, to: username } })
    return ctx.record([userPlace(ctx.me)], (next) => ({
      writes: [
        patch(userTable, { userId: ctx.me }, { set: { username, renamedAt: after.renamedAt } }),
        wasHeld ? patch(heldNameTable, before, { set: hold }) : insert(heldNameTable, { ...before, ...hold }),
        ...(held ? [remove(heldNameTable, { username })] : []),
      ],
      events: [happened(profileEdited, next(userPlace(ctx.me)), editedOf(after))],
      result: personOf(after),
    }))
  }),

  handle(acceptTerms, async (ctx, { terms }) => {
    requireTerms(terms)
    const user = await requireMe(ctx)
    if (user.terms?.version === TERMS_VERSION) return {}
    const set = { terms: { version: TERMS_VERSION, at: ctx.now() } }
    ctx.audit('accounts.acceptTerms', { subject: ctx.me, details: { version: TERMS_VERSION } })
    return ctx.record([], () => ({ writes: [patch(userTable, { userId: ctx.me }, { set })], events: [], result: {} }))
  }),
]

/** Refuses `WrongProof` for another password than this account's; guesses are counted apart from those at the door. */
async function requireCurrent(ctx: Context, passwordHash: string, given: string): Promise<void> {
  const { tries, seals } = ctx.services
  const subject = seals.hash('tries', `own ${ctx.me}`)
  await tries.take('account', subject)
  if (!(await verifyPassword(given, passwordHash))) refuse('WrongProof')
  await tries.clear('account', subject)
}

/** What makes all browsers but this one strangers to the account: they are not trusted, and are told of by mail again. */
async function forgetDevices(ctx: Context, but: string | undefined): Promise<Write[]> {
  const devices = await ctx.store.find(deviceTable, { where: { userId: ctx.me }, limit: MAX_DEVICES })
  return devices
    .filter(({ deviceHash }) => deviceHash !== but)
    .map(({ userId, deviceHash }) => remove(deviceTable, { userId, deviceHash }))
}

/** The mail that tells of it, where there is an address. */
function noticeOf(ctx: Context, { name, email, language, timeZone }: UserRow): Write[] {
  if (email === null) return []
  const now = ctx.now()
  const params = { name, device: ctx.caller.device ?? '', at: now }
  ctx.after(() => ctx.services.mails.wake())
  return [postMail({ to: email, template: 'passwordChanged', params, language, timeZone, now })]
}

const renameFrom = ({ renamedAt }: UserRow): number => (renamedAt === null ? 0 : renamedAt + NAME_KEPT)
const sameText = (a: string, b: string): boolean => a.normalize('NFC') === b.normalize('NFC')
const requireMe = async (ctx: Context): Promise<UserRow> =>
  (await ctx.store.get(userTable, { userId: ctx.me })) ?? refuse('NotFound')
