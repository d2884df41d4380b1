import { goToProvider, returnFromProvider, signUpWithProvider } from '@connectly/protocol'
import { handle } from '../../kernel/feature.ts'
import { requireLink, spend } from '../../kernel/links.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, mustNot } from '../../store/store.ts'
import {
  beginSession,
  enter,
  newUser,
  personOf,
  requireFreeName,
  requireTerms,
  userTable,
  type UserRow,
} from '../accounts/index.ts'
import { requireEntry, requireOpenFirst } from '../registration/index.ts'
import { requireNobodysAddress, withAddress } from './addresses.ts'
import { accountOf, begin, finish, openNewcomer, sealNewcomer } from './journeys.ts'
import { keyOf } from './links.ts'
import { identityTable } from './providers.tables.ts'
import { suggestName, suggestUsername } from './suggesting.ts'

export const returningHandles = [
  handle(goToProvider, (ctx, { provider }) => begin(ctx, provider, { to: 'signIn' })),

  handle(returnFromProvider, async (ctx, { invitation, ...returned }) => {
    const { provider, them } = await finish(ctx, { to: 'signIn' }, returned)
    const identity = await ctx.store.get(identityTable, { provider, subject: them.subject })
    const user = identity && (await ctx.store.get(userTable, { userId: identity.userId }))
    if (identity && user) {
      ctx.guard(must(identityTable, keyOf(identity), { userId: identity.userId }))
      return { signedIn: await enter(ctx, user, { isSecondDone: false }), newcomer: null }
    }

    const email = await requireNobodysAddress(ctx, them)
    await requireEntry(ctx, invitation)
    const name = suggestName(them)
    const newcomer = { provider, subject: them.subject, account: accountOf(them), email, name }
    return {
      signedIn: null,
      newcomer: { ticket: await sealNewcomer(ctx, newcomer), username: await suggestUsername(ctx, them), name },
    }
  }),

  handle(signUpWithProvider, async (ctx, { ticket, username, name, terms, invitation }) => {
    const newcomer = await openNewcomer(ctx, ticket)
    requireTerms(terms)
    await requireEntry(ctx, invitation)
    if (invitation !== undefined) await requireOpenFirst(ctx, invitation)
    const invited = invitation === undefined ? null : await requireLink(ctx, 'invitation', invitation)
    const key = { provider: newcomer.provider, subject: newcomer.subject }
    if (await ctx.store.get(identityTable, key)) refuse('AlreadyLinked')
    ctx.guard(mustNot(identityTable, key))
    await requireFreeName(ctx, username)

    const isAdmin = invited?.data['isAdmin'] === true || null
    const made: UserRow = { ...newUser(ctx, username, name ?? (newcomer.name || username)), isAdmin }
    const { user, writes } = await withAddress(ctx, made, newcomer.email)
    const person = personOf(user)
    const entered = beginSession(ctx, user)
    const link = { ...key, userId: user.userId, account: newcomer.account, linkedAt: ctx.now() }
    ctx.audit('providers.signUp', {
      actor: user.userId,
      subject: user.userId,
      details: {
        provider: key.provider,
        isAdmin: user.isAdmin ?? false,
        ...(invited && { invitation: invited.linkId }),
      },
    })
    await ctx.record([], () => ({
      writes: [
        insert(userTable, user),
        insert(identityTable, link),
        ...writes,
        ...entered.writes,
        ...(invited ? [spend(invited)] : []),
      ],
      events: [],
      result: person,
    }))
    entered.done()
    return { person, second: null }
  }),
]
