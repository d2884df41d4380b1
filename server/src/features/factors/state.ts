import type { Factors, SecondStep, UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { postMail, type FactorName } from '../../kernel/mails.ts'
import { refuse } from '../../kernel/refuse.ts'
import { must, patch, type Reader, type Write } from '../../store/store.ts'
import { userTable, type UserRow } from '../accounts/index.ts'
import {
  passkeyTable,
  recoveryTable,
  totpTable,
  type PasskeyRow,
  type RecoveryRow,
  type TotpRow,
} from './factors.tables.ts'
import { CODES_IN_A_SET } from './recovery.ts'

export const MAX_PASSKEYS = 20

/** All that shows that somebody is who they say, besides a password. */
export type FactorRows = {
  totp: TotpRow | undefined
  codes: readonly RecoveryRow[]
  passkeys: readonly PasskeyRow[]
}

/** The account that asks. */
export const requireMe = async (ctx: Context): Promise<UserRow> =>
  (await ctx.store.get(userTable, { userId: ctx.me })) ?? refuse('NotFound')

/** To be read after the account: what `changing` guards is the account as it was read. */
export async function factorsOf(store: Reader, userId: UserId): Promise<FactorRows> {
  const [totp, codes, passkeys] = await Promise.all([
    store.get(totpTable, { userId }),
    store.find(recoveryTable, { where: { userId }, limit: CODES_IN_A_SET }),
    store.find(passkeyTable, { where: { userId }, order: [['createdAt', 'asc']], limit: MAX_PASSKEYS }),
  ])
  return { totp, codes, passkeys }
}

/** What stands for the second step of signing in, the easiest first; null where nothing does. Codes alone are nothing. */
export function stepsOf({ totp, codes, passkeys }: FactorRows): SecondStep[] | null {
  if (!totp && passkeys.length === 0) return null
  return [
    ...(totp ? (['totp'] as const) : []),
    ...(passkeys.length > 0 ? (['passkey'] as const) : []),
    ...(codes.length > 0 ? (['recovery'] as const) : []),
  ]
}

/** Factors as their owner sees them. */
export const shownOf = ({ totp, codes, passkeys }: FactorRows): Factors => ({
  totpSince: totp?.createdAt ?? null,
  recoveryLeft: codes.length,
  passkeys: passkeys.map(({ passkeyId, name, createdAt, lastUsedAt, isSynced }) => ({
    passkeyId,
    name,
    createdAt,
    lastUsedAt,
    isSynced,
  })),
})

/**
 * What goes with a change of somebody's factors: what sign-in asks for is brought up to date, and two changes at once are
 * made one after the other. Refuses `SecondStepMissing` where somebody who runs the server would be left without.
 */
export function changing(ctx: Context, user: UserRow, after: FactorRows): Write {
  const { userId, isAdmin, factorsRev } = user
  const secondSteps = stepsOf(after)
  if (isAdmin && user.secondSteps && !secondSteps) refuse('SecondStepMissing')
  ctx.guard(must(userTable, { userId }, { factorsRev, isAdmin }))
  return patch(userTable, { userId }, { set: { secondSteps }, add: { factorsRev: 1 } })
}

/** Tells somebody by mail what became of their factors, where they have an address. To go with the commit. */
export function telling(
  ctx: Context,
  { email, name, language, timeZone }: UserRow,
  told: { template: 'factorAdded' | 'factorRemoved'; what: FactorName } | { template: 'recoveryUsed'; left: number },
): Write[] {
  if (email === null) return []
  ctx.after(() => ctx.services.mails.wake())
  const mail = { to: email, language, timeZone, now: ctx.now() }
  const params = { name, device: ctx.caller.device ?? '', at: ctx.now() }
  if (told.template === 'recoveryUsed')
    return [postMail({ ...mail, template: told.template, params: { ...params, left: told.left } })]
  return [postMail({ ...mail, template: told.template, params: { ...params, what: told.what } })]
}
