import type { Context } from '../../kernel/context.ts'
import { refuse } from '../../kernel/refuse.ts'
import type { OtherIdentity } from '../../kernel/services.ts'
import { insert, mustNot, type Write } from '../../store/store.ts'
import { emailKeyOf, type UserRow } from '../accounts/index.ts'
import { emailTable } from '../emails/index.ts'

/**
 * The address of somebody new, if the other service vouches for it; empty otherwise. Refuses `AddressUnproven` where it is an
 * account's here: that two services agree on an address is no reason to let anybody into it. An address that nobody vouches
 * for is not even looked up, or anyone could ask who has an account.
 */
export async function requireNobodysAddress(ctx: Context, { email, isEmailVerified }: OtherIdentity): Promise<string> {
  if (email === null || !isEmailVerified) return ''
  if (await isTaken(ctx, email)) refuse('AddressUnproven')
  return email
}

/** Makes an address that another service vouches for this new account's own; not where somebody has it by now. */
export async function withAddress(
  ctx: Context,
  user: UserRow,
  email: string,
): Promise<{ user: UserRow; writes: Write[] }> {
  if (email === '' || (await isTaken(ctx, email))) return { user, writes: [] }
  const emailKey = emailKeyOf(email)
  ctx.guard(mustNot(emailTable, { emailKey }))
  const row = { emailKey, userId: user.userId, confirmedAt: ctx.now() }
  return { user: { ...user, email, emailKey }, writes: [insert(emailTable, row)] }
}

const isTaken = async (ctx: Context, email: string): Promise<boolean> =>
  (await ctx.store.get(emailTable, { emailKey: emailKeyOf(email) })) !== undefined
