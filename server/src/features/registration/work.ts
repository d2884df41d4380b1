import { giveWork } from '@connectly/protocol'
import type { Caller, Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'

export const workHandle = handle(giveWork, async (ctx) => ctx.services.captcha.give() ?? refuse('NotFound'))

/** Asks that have shown it: one that is made again, because others came in between, is not asked twice. */
const shown = new WeakSet<Caller>()

/**
 * Refuses `CaptchaWrong` for what does not answer the human check of this server, or answered it before. Uses the answer
 * up, so it comes after everything else that an ask can be refused for.
 */
export async function requireHuman(ctx: Context, answer = ''): Promise<void> {
  if (shown.has(ctx.caller)) return
  const { captcha } = ctx.services
  if (captcha.kind !== 'none' && !(await captcha.holds(answer, ctx.caller.address))) refuse('CaptchaWrong')
  shown.add(ctx.caller)
}
