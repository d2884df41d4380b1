import type { LinkedAccount } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { refuse } from '../../kernel/refuse.ts'
import { must, type Reader } from '../../store/store.ts'
import { userTable, type UserRow } from '../accounts/index.ts'
import { identityTable, type IdentityRow } from './providers.tables.ts'
import { providerNamed } from './journeys.ts'

/** More services than anybody could configure. */
const MAX_LINKS = 100

/** A person's links, the oldest first. */
export const linksOf = (store: Reader, userId: UserRow['userId']): Promise<IdentityRow[]> =>
  store.find(identityTable, { where: { userId }, order: [['linkedAt', 'asc']], limit: MAX_LINKS })

export const keyOf = ({ provider, subject }: IdentityRow) => ({ provider, subject })

/** Links as their owner sees them; one of a service that the settings no longer name is called as in links. */
export const shownOf = (ctx: Context, links: readonly IdentityRow[]): LinkedAccount[] =>
  links.map(({ provider, account, linkedAt }) => {
    const name = providerNamed(ctx, provider)?.name ?? provider
    return { provider, name, account, linkedAt }
  })

/**
 * Refuses `LastWayIn` where, without this link, nothing would let its owner in: no password, no passkey, and no other link
 * to a service that is still there. Leaves a guard on the one that remains.
 */
export async function requireOtherWay(ctx: Context, others: readonly IdentityRow[]): Promise<void> {
  const user = (await ctx.store.get(userTable, { userId: ctx.me })) ?? refuse('NotFound')
  const { userId, passwordHash, secondSteps, factorsRev } = user
  const other = others.find(({ provider }) => providerNamed(ctx, provider))
  if (passwordHash !== null) return ctx.guard(must(userTable, { userId }, { passwordHash }))
  if (secondSteps?.includes('passkey')) return ctx.guard(must(userTable, { userId }, { factorsRev }))
  if (other) return ctx.guard(must(identityTable, keyOf(other), { userId }))
  refuse('LastWayIn')
}
