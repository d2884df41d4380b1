import type { PasskeyAnswer } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import type { ProofKind } from '../../kernel/seals.ts'
import { must, patch, remove, type Write } from '../../store/store.ts'
import type { UserRow } from '../accounts/index.ts'
import { recoveryTable, totpTable, type TotpRow } from './factors.tables.ts'
import { checkAnswer, type PasskeyUse } from './passkeys.ts'
import { codeHash } from './recovery.ts'
import { changing, factorsOf, telling, type FactorRows } from './state.ts'
import { stepOf } from './totp.ts'

/** What was given to show that it is really them; one of these counts. */
export type Given = {
  totp?: string | undefined
  recovery?: string | undefined
  passkey?: PasskeyAnswer | undefined
}
/** It was right: by what, and what sees to it that it never is again. */
export type Proven = { by: ProofKind; writes: Write[] }

/**
 * Whether a second factor of this account was shown; null when it was not. Codes are guesses at a secret, and counted under
 * `subject` before they are looked at: `TooManyRequests` after a few. A passkey's signature cannot be guessed, so whoever
 * has one gets in while others are guessing.
 */
export async function prove(
  ctx: Context,
  user: UserRow,
  given: Given,
  how: { subject: string; passkey: PasskeyUse },
): Promise<Proven | null> {
  if (given.passkey) {
    const right = await checkAnswer(ctx, given.passkey, how.passkey)
    return right && { by: 'passkey', writes: right.writes }
  }
  const { tries, seals } = ctx.services
  const subject = seals.hash('tries', how.subject)
  await tries.take('second', subject)
  const rows = await factorsOf(ctx.store, user.userId)
  const proven =
    given.totp === undefined
      ? proveByRecovery(ctx, user, rows, given.recovery ?? '')
      : await proveByTotp(ctx, rows.totp, given.totp)
  if (proven) await tries.clear('second', subject)
  return proven
}

/** The step of a code is taken in the commit, and only if it is later than the last: of two at once, one is wrong. */
async function proveByTotp(ctx: Context, totp: TotpRow | undefined, code: string): Promise<Proven | null> {
  if (!totp) return null
  const { userId, secret, lastStep } = totp
  const kept = await ctx.services.seals.open('totp-key', secret)
  if (kept?.['user'] !== userId) return null
  const step = stepOf(String(kept['key']), code, ctx.now())
  if (step === null || step <= lastStep) return null
  ctx.guard(must(totpTable, { userId }, { secret }))
  const only = { lastStep: { lt: step } }
  return { by: 'totp', writes: [patch(totpTable, { userId }, { set: { lastStep: step }, only, else: 'WrongProof' })] }
}

function proveByRecovery(ctx: Context, user: UserRow, rows: FactorRows, code: string): Proven | null {
  const hash = codeHash(ctx.services.seals, user.userId, code)
  if (!rows.codes.some((each) => each.codeHash === hash)) return null
  const codes = rows.codes.filter((each) => each.codeHash !== hash)
  return {
    by: 'recovery',
    writes: [
      remove(recoveryTable, { userId: user.userId, codeHash: hash }),
      changing(ctx, user, { ...rows, codes }),
      ...telling(ctx, user, { template: 'recoveryUsed', left: codes.length }),
    ],
  }
}
