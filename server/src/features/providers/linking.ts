import { goToLink, linkedAccounts, linkProvider, unlinkProvider } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { postMail } from '../../kernel/mails.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, mustNot, remove, type Write } from '../../store/store.ts'
import { userTable } from '../accounts/index.ts'
import { accountOf, begin, finish, type Purpose } from './journeys.ts'
import { keyOf, linksOf, requireOtherWay, shownOf } from './links.ts'
import { identityTable } from './providers.tables.ts'

export const linkingHandles = [
  handle(linkedAccounts, async (ctx) => shownOf(ctx, await linksOf(ctx.store, ctx.me))),

  handle(goToLink, (ctx, { provider }) => begin(ctx, provider, toLink(ctx))),

  handle(linkProvider, async (ctx, returned) => {
    const { provider, them } = await finish(ctx, toLink(ctx), returned)
    const key = { provider, subject: them.subject }
    const mine = await linksOf(ctx.store, ctx.me)
    const known = await ctx.store.get(identityTable, key)
    if (known?.userId === ctx.me) return shownOf(ctx, mine)
    if (known || mine.some((link) => link.provider === provider)) refuse('AlreadyLinked')
    ctx.guard(mustNot(identityTable, key))

    const link = { ...key, userId: ctx.me, account: accountOf(them), linkedAt: ctx.now() }
    const result = shownOf(ctx, [...mine, link])
    const told = await telling(ctx, 'factorAdded')
    ctx.audit('providers.link', { subject: ctx.me, details: { provider } })
    return ctx.record([], () => ({ writes: [insert(identityTable, link), ...told], events: [], result }))
  }),

  handle(unlinkProvider, async (ctx, { provider }) => {
    const mine = await linksOf(ctx.store, ctx.me)
    const [gone] = mine.filter((link) => link.provider === provider)
    if (!gone) return shownOf(ctx, mine)
    const others = mine.filter((link) => link !== gone)
    await requireOtherWay(ctx, others)

    const result = shownOf(ctx, others)
    const told = await telling(ctx, 'factorRemoved')
    ctx.audit('providers.unlink', { subject: ctx.me, details: { provider } })
    return ctx.record([], () => ({ writes: [remove(identityTable, keyOf(gone)), ...told], events: [], result }))
  }),
]

/** A link begun in one session is finished in it: whoever began it had stepped up there. */
const toLink = (ctx: Context): Purpose => ({
  to: 'link',
  userId: ctx.me,
  session: ctx.caller.session?.tokenHash ?? '',
})

/** Tells them by mail that another way in was added or removed, where they have an address. */
async function telling(ctx: Context, template: 'factorAdded' | 'factorRemoved'): Promise<Write[]> {
  const user = await ctx.store.get(userTable, { userId: ctx.me })
  if (!user || user.email === null) return []
  const { email, name, language, timeZone } = user
  const params = { name, what: 'otherService', device: ctx.caller.device ?? '', at: ctx.now() } as const
  ctx.after(() => ctx.services.mails.wake())
  return [postMail({ to: email, template, params, language, timeZone, now: ctx.now() })]
}
