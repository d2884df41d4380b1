import { goToLink, linkedAccounts, linkProvider, unlinkProvider } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, mustNot, remove } from '../../store/store.ts'
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
    ctx.audit('providers.link', { subject: ctx.me, details: { provider } })
    return ctx.record([], () => ({ writes: [insert(identityTable, link)], events: [], result }))
  }),

  handle(unlinkProvider, async (ctx, { provider }) => {
    const mine = await linksOf(ctx.store, ctx.me)
    const [gone] = mine.filter((link) => link.provider === provider)
    if (!gone) return shownOf(ctx, mine)
    const others = mine.filter((link) => link !== gone)
    await requireOtherWay(ctx, others)

    const result = shownOf(ctx, others)
    ctx.audit('providers.unlink', { subject: ctx.me, details: { provider } })
    return ctx.record([], () => ({ writes: [remove(identityTable, keyOf(gone))], events: [], result }))
  }),
]

/** A link begun in one session is finished in it: whoever began it had stepped up there. */
const toLink = (ctx: Context): Purpose => ({
  to: 'link',
  userId: ctx.me,
  session: ctx.caller.session?.tokenHash ?? '',
})
