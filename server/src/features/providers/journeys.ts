import type { OutputOf, goToProvider } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { refuse } from '../../kernel/refuse.ts'
import type { OtherIdentity, SignInProvider } from '../../kernel/services.ts'

/** How long somebody may be away at the other service, in ms. */
const JOURNEY_LIFE = 10 * 60 * 1000
/** How long somebody new may take to choose a name here, in ms. */
const NEWCOMER_LIFE = 30 * 60 * 1000

/** Why somebody goes to another service: to sign in, or to link it to the account of this session. */
export type Purpose = { to: 'signIn' } | { to: 'link'; userId: string; session: string }
type Returned = Parameters<SignInProvider['finish']>[1]

/** Somebody who came from another service and has no account here yet. */
export type Newcomer = { provider: string; subject: string; account: string; email: string; name: string }

/** Where to send the browser; the ticket stays in it until it is back, and only we can read it. */
export async function begin(ctx: Context, name: string, purpose: Purpose): Promise<OutputOf<typeof goToProvider>> {
  const provider = providerNamed(ctx, name) ?? refuse('NotFound')
  const { url, kept } = await provider.begin()
  const ticket = await ctx.services.seals.seal('provider-journey', { ...purpose, provider: name, kept }, JOURNEY_LIFE)
  return { url, ticket }
}

/** Who came back; refuses `LinkSpent` for a ticket that was given for something else, to another session, or ran out. */
export async function finish(
  ctx: Context,
  purpose: Purpose,
  { ticket, ...returned }: Returned & { ticket: string },
): Promise<{ provider: string; them: OtherIdentity }> {
  const claims = (await ctx.services.seals.open('provider-journey', ticket)) ?? refuse('LinkSpent')
  const provider = providerNamed(ctx, String(claims['provider']))
  if (!provider || Object.entries(purpose).some(([name, value]) => claims[name] !== value)) return refuse('LinkSpent')
  const them = await provider.finish(claims['kept'] as Record<string, string>, returned)
  return { provider: provider.provider, them }
}

/** A ticket for somebody new to make an account with. */
export const sealNewcomer = (ctx: Context, newcomer: Newcomer): Promise<string> =>
  ctx.services.seals.seal('provider-newcomer', newcomer, NEWCOMER_LIFE)

/** Who holds this ticket; refuses `LinkSpent` when it is not ours or has run out. */
export const openNewcomer = async (ctx: Context, ticket: string): Promise<Newcomer> =>
  ((await ctx.services.seals.open('provider-newcomer', ticket)) as Newcomer | null) ?? refuse('LinkSpent')

/** A service by its name in links, as long as the settings name it. */
export const providerNamed = (ctx: Context, name: string): SignInProvider | undefined =>
  ctx.services.providers.find(({ provider }) => provider === name)

/** What an account of another service is called to its owner. */
export const accountOf = ({ email, username, name, subject }: OtherIdentity): string =>
  email ?? (username || name || subject)
