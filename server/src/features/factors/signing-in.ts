import { openPasskeyDialog, secondStep, signInByPasskey } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { enter, readTicket, userTable } from '../accounts/index.ts'
import { checkAnswer, dialogFor, readDialog, type PasskeyUse } from './passkeys.ts'
import { prove } from './proving.ts'
import { factorsOf } from './state.ts'

export const signInHandles = [
  handle(secondStep, async (ctx, { ticket, trust = false, ...given }) => {
    const user = (await readTicket(ctx, ticket)) ?? refuse('LinkSpent')
    const { userId } = user
    const passkey = { use: 'secondStep', userId } as const
    const proven = (await prove(ctx, user, given, { subject: userId, passkey })) ?? refuse('WrongProof')
    ctx.audit('factors.signIn', { actor: userId, subject: userId, details: { by: proven.by, trust } })
    return enter(ctx, user, { isSecondDone: true, trust, writes: proven.writes })
  }),

  handle(openPasskeyDialog, async (ctx, { ticket }) => {
    const how = await useOf(ctx, ticket)
    const { passkeys } = how.use === 'signIn' ? { passkeys: [] } : await factorsOf(ctx.store, how.userId)
    return dialogFor(ctx, how, passkeys)
  }),

  handle(signInByPasskey, async (ctx, answer) => {
    const how = { use: 'signIn' } as const
    if (!(await readDialog(ctx, answer.ticket, how))) refuse('LinkSpent')
    const { passkey, writes } = (await checkAnswer(ctx, answer, how)) ?? refuse('WrongProof')
    const user = (await ctx.store.get(userTable, { userId: passkey.userId })) ?? refuse('WrongProof')
    ctx.audit('factors.signInByPasskey', { actor: user.userId, subject: user.userId })
    return enter(ctx, user, { isSecondDone: true, writes })
  }),
]

/** What the dialog is opened for: the second step of a ticket, a step-up of whoever is signed in, else signing in. */
async function useOf(ctx: Context, ticket: string | undefined): Promise<PasskeyUse> {
  if (ticket !== undefined) {
    const { userId } = (await readTicket(ctx, ticket)) ?? refuse('LinkSpent')
    return { use: 'secondStep', userId }
  }
  const { session } = ctx.caller
  return session ? { use: 'stepUp', userId: session.userId, tokenHash: session.tokenHash } : { use: 'signIn' }
}
