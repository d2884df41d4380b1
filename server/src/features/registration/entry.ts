import type { Caller, Context } from '../../kernel/context.ts'
import { requireLink } from '../../kernel/links.ts'
import { refuse } from '../../kernel/refuse.ts'
import { userTable } from '../accounts/index.ts'

/** Refuses who may not make an account here: `RegistrationClosed`, or `InvitationNeeded`; an invitation has still to be checked. */
export async function requireEntry(ctx: Context, invitation: string | undefined): Promise<void> {
  const { registration } = ctx.services.entry
  if (invitation !== undefined || registration === 'open') return
  refuse(registration === 'closed' ? 'RegistrationClosed' : 'InvitationNeeded')
}

/** Refuses `LinkSpent` for an invitation that is none, and for that of the first administrator once there is one. */
export async function requireOpenFirst(ctx: Context, invitation: string): Promise<void> {
  const { data } = await requireLink(ctx, 'invitation', invitation)
  if (data['isFirst'] === true && (await ctx.store.count(userTable, { isAdmin: true }, 1)) > 0) refuse('LinkSpent')
}

/** An answer is good once; an ask that runs again after a conflict is the same ask. */
const held = new WeakMap<Caller, Promise<boolean>>()

/** Refuses `CaptchaWrong` where there is a human check and this does not answer it. */
export async function requireHuman(ctx: Context, answer: string | undefined): Promise<void> {
  const { captcha } = ctx.services
  if (captcha.kind === 'none') return
  const known = held.get(ctx.caller) ?? captcha.holds(answer ?? '', ctx.caller.address)
  held.set(ctx.caller, known)
  if (!(await known)) refuse('CaptchaWrong')
}
