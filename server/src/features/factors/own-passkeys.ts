import { addPasskey, beginPasskey, removePasskey, renamePasskey } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, patch, remove } from '../../store/store.ts'
import type { UserRow } from '../accounts/index.ts'
import { passkeyTable, type PasskeyRow } from './factors.tables.ts'
import { identityTable, type IdentityRow } from './identities.tables.ts'
import { firstCodes, withoutCodes } from './own-totp.ts'
import { checkNew, dialogForNew, readDialog } from './passkeys.ts'
import { changing, factorsOf, MAX_PASSKEYS, requireMe, shownOf, stepsOf, telling } from './state.ts'

/** More services than anybody could configure. */
const MAX_LINKS = 100

export const passkeyHandles = [
  handle(beginPasskey, async (ctx) => {
    const user = await requireMe(ctx)
    const { passkeys } = await factorsOf(ctx.store, ctx.me)
    if (passkeys.length >= MAX_PASSKEYS) refuse('TooManyPasskeys')
    return dialogForNew(ctx, user, passkeys)
  }),

  handle(addPasskey, async (ctx, { name, passkey: given }) => {
    const user = await requireMe(ctx)
    const dialog = (await readDialog(ctx, given.ticket, { use: 'new', userId: ctx.me })) ?? refuse('LinkSpent')
    const before = await factorsOf(ctx.store, ctx.me)
    if (before.passkeys.length >= MAX_PASSKEYS) refuse('TooManyPasskeys')
    const proven = (await checkNew(ctx, given, dialog.challenge)) ?? refuse('PasskeyUnusable')
    const { credential } = proven
    if ((await ctx.store.count(passkeyTable, { credential }, 1)) > 0) refuse('PasskeyUnusable')

    const passkey: PasskeyRow = {
      passkeyId: ctx.newId(),
      userId: ctx.me,
      ...proven,
      transports: given.transports,
      name,
      createdAt: ctx.now(),
      lastUsedAt: null,
    }
    const { shown, rows, inserts } = firstCodes(ctx, before.codes)
    const after = { ...before, passkeys: [...before.passkeys, passkey], codes: rows }
    const writes = [
      dialog.spend,
      insert(passkeyTable, passkey),
      ...inserts,
      changing(ctx, user, after),
      ...telling(ctx, user, { template: 'factorAdded', what: 'passkey' }),
    ]
    ctx.audit('factors.addPasskey', { subject: ctx.me })
    const result = { factors: shownOf(after), recoveryCodes: shown }
    return ctx.record([], () => ({ writes, events: [], result }))
  }),

  handle(renamePasskey, async (ctx, { passkeyId, name }) => {
    const before = await factorsOf(ctx.store, ctx.me)
    if (!before.passkeys.some((each) => each.passkeyId === passkeyId)) refuse('NotFound')
    ctx.guard(must(passkeyTable, { passkeyId }, { userId: ctx.me }))
    const passkeys = before.passkeys.map((each) => (each.passkeyId === passkeyId ? { ...each, name } : each))
    const result = shownOf({ ...before, passkeys })
    return ctx.record([], () => ({
      writes: [patch(passkeyTable, { passkeyId }, { set: { name } })],
      events: [],
      result,
    }))
  }),

  handle(removePasskey, async (ctx, { passkeyId }) => {
    const user = await requireMe(ctx)
    const before = await factorsOf(ctx.store, ctx.me)
    const passkeys = before.passkeys.filter((each) => each.passkeyId !== passkeyId)
    if (passkeys.length === before.passkeys.length) refuse('NotFound')
    if (passkeys.length === 0) await requireOtherWay(ctx, user)
    const left = { ...before, passkeys }
    const after = stepsOf(left) ? left : { ...left, codes: [] }
    const writes = [
      remove(passkeyTable, { passkeyId }),
      ...withoutCodes(before.codes, after.codes),
      changing(ctx, user, after),
      ...telling(ctx, user, { template: 'factorRemoved', what: 'passkey' }),
    ]
    ctx.audit('factors.removePasskey', { subject: ctx.me })
    return ctx.record([], () => ({ writes, events: [], result: shownOf(after) }))
  }),
]

/** Refuses `LastWayIn` where no password and no service that is still there lets them in; leaves a guard on the latter. */
async function requireOtherWay(ctx: Context, { userId, passwordHash }: UserRow): Promise<void> {
  if (passwordHash !== null) return
  const links = await ctx.store.find(identityTable, { where: { userId }, limit: MAX_LINKS })
  const isThere = (link: IdentityRow) => ctx.services.providers.some(({ provider }) => provider === link.provider)
  const { provider, subject } = links.find(isThere) ?? refuse('LastWayIn')
  ctx.guard(must(identityTable, { provider, subject }, { userId }))
}
