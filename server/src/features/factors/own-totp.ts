import { beginTotp, confirmTotp, newRecoveryCodes, removeTotp, type UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, patch, remove, type Write } from '../../store/store.ts'
import { recoveryTable, totpTable, type RecoveryRow } from './factors.tables.ts'
import { codeHash, newCodes } from './recovery.ts'
import { changing, factorsOf, requireMe, shownOf, stepsOf, telling } from './state.ts'
import { giveTicket, readTicket } from './tickets.ts'
import { newKey, stepOf, uriFor } from './totp.ts'

export const totpHandles = [
  handle(beginTotp, async (ctx) => {
    const { username } = await requireMe(ctx)
    const key = newKey()
    const issuer = new URL(ctx.services.url()).hostname
    const ticket = await giveTicket(ctx, 'totp-ticket', { user: ctx.me, key })
    return { ticket, key, uri: uriFor({ key, issuer, account: username }) }
  }),

  handle(confirmTotp, async (ctx, { ticket, code }) => {
    const user = await requireMe(ctx)
    const { claims, spend } = (await readTicket(ctx, 'totp-ticket', ticket)) ?? refuse('LinkSpent')
    if (claims['user'] !== ctx.me) refuse('LinkSpent')
    const key = String(claims['key'])
    const lastStep = stepOf(key, code, ctx.now()) ?? refuse('WrongProof')

    const before = await factorsOf(ctx.store, ctx.me)
    const { shown, rows, inserts } = firstCodes(ctx, before.codes)
    const secret = await ctx.services.seals.sealForever('totp-key', { user: ctx.me, key })
    const totp = { userId: ctx.me, secret, lastStep, createdAt: ctx.now() }
    const after = { ...before, totp, codes: rows }
    const writes = [
      spend,
      before.totp ? patch(totpTable, { userId: ctx.me }, { set: totp }) : insert(totpTable, totp),
      ...inserts,
      changing(ctx, user, after),
      ...telling(ctx, user, { template: 'factorAdded', what: 'totp' }),
    ]
    ctx.audit('factors.confirmTotp', { subject: ctx.me, details: { isReplaced: before.totp !== undefined } })
    const result = { factors: shownOf(after), recoveryCodes: shown }
    return ctx.record([], () => ({ writes, events: [], result }))
  }),

  handle(removeTotp, async (ctx) => {
    const user = await requireMe(ctx)
    const before = await factorsOf(ctx.store, ctx.me)
    if (!before.totp) return shownOf(before)
    const left = { ...before, totp: undefined }
    const after = stepsOf(left) ? left : { ...left, codes: [] }
    const writes = [
      remove(totpTable, { userId: ctx.me }),
      ...withoutCodes(before.codes, after.codes),
      changing(ctx, user, after),
      ...telling(ctx, user, { template: 'factorRemoved', what: 'totp' }),
    ]
    ctx.audit('factors.removeTotp', { subject: ctx.me })
    return ctx.record([], () => ({ writes, events: [], result: shownOf(after) }))
  }),

  handle(newRecoveryCodes, async (ctx) => {
    const user = await requireMe(ctx)
    const before = await factorsOf(ctx.store, ctx.me)
    if (!stepsOf(before)) refuse('SecondStepMissing')
    const { shown, rows, inserts } = firstCodes(ctx, [])
    const writes = [
      ...withoutCodes(before.codes, []),
      ...inserts,
      changing(ctx, user, { ...before, codes: rows }),
      ...telling(ctx, user, { template: 'factorAdded', what: 'recoveryCodes' }),
    ]
    ctx.audit('factors.newRecoveryCodes', { subject: ctx.me })
    return ctx.record([], () => ({ writes, events: [], result: { recoveryCodes: shown } }))
  }),
]

/** A set of recovery codes where there are none: as they are shown this once, and as they are kept. */
export function firstCodes(
  ctx: Context,
  known: readonly RecoveryRow[],
): { shown: string[]; rows: readonly RecoveryRow[]; inserts: Write[] } {
  if (known.length > 0) return { shown: [], rows: known, inserts: [] }
  const shown = newCodes()
  const rows = shown.map((code) => rowOf(ctx, ctx.me, code))
  return { shown, rows, inserts: rows.map((row) => insert(recoveryTable, row)) }
}

const rowOf = (ctx: Context, userId: UserId, code: string): RecoveryRow => ({
  userId,
  codeHash: codeHash(ctx.services.seals, userId, code),
  createdAt: ctx.now(),
})

/** What removes the codes that are not among those to be kept. */
export const withoutCodes = (codes: readonly RecoveryRow[], kept: readonly RecoveryRow[]): Write[] =>
  codes
    .filter((code) => !kept.includes(code))
    .map(({ userId, codeHash: hash }) => remove(recoveryTable, { userId, codeHash: hash }))
