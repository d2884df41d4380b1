import { myFactors, stepUp, type OutputOf } from '@connectly/protocol'
import type { Context, Session } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { STEP_UP_LIFE } from '../../kernel/seals.ts'
import { verifyPassword, type UserRow } from '../accounts/index.ts'
import { prove, type Given, type Proven } from './proving.ts'
import { factorsOf, requireMe, shownOf } from './state.ts'

/** How long signing in counts as showing who one is, for accounts that have nothing else to show, in ms. */
const RECENT = 10 * 60 * 1000

export const stepUpHandles = [
  handle(myFactors, async (ctx) => shownOf(await factorsOf(ctx.store, ctx.me))),

  handle(stepUp, async (ctx, given) => {
    const session = ctx.caller.session ?? refuse('SignedOut')
    const user = await requireMe(ctx)
    const proven = (await shownBy(ctx, session, user, given)) ?? refuse('WrongProof')
    ctx.audit('factors.stepUp', { subject: ctx.me, details: { by: proven.by } })
    await ctx.record([], () => ({ writes: proven.writes, events: [], result: null }))
    return tokenFor(ctx, session, proven)
  }),
]

/** By what it was shown: a second factor where they have one, else the password, else that they signed in just now. */
async function shownBy(
  ctx: Context,
  session: Session,
  user: UserRow,
  given: Given & { password?: string | undefined },
): Promise<Proven | null> {
  const { userId } = user
  // Counted apart from signing in: who knows the password and guesses codes there must not keep their sessions from it.
  const subject = `${userId} step-up`
  if (user.secondSteps) {
    const passkey = { use: 'stepUp', userId, tokenHash: session.tokenHash } as const
    return prove(ctx, user, given, { subject, passkey })
  }
  if (user.passwordHash === null) return ctx.now() - session.createdAt <= RECENT ? { by: 'recent', writes: [] } : null

  const { tries, seals } = ctx.services
  await tries.take('second', seals.hash('tries', subject))
  if (!(await verifyPassword(given.password ?? '', user.passwordHash))) return null
  await tries.clear('second', seals.hash('tries', subject))
  return { by: 'password', writes: [] }
}

async function tokenFor(ctx: Context, session: Session, { by }: Proven): Promise<OutputOf<typeof stepUp>> {
  const { userId, tokenHash } = session
  const until = Math.floor((ctx.now() + STEP_UP_LIFE) / 1000) * 1000
  return { stepUp: await ctx.services.seals.signStepUp({ userId, tokenHash, by }), until }
}
