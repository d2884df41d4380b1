import { acceptTerms, changePassword, changeUsername, ownAccount } from '@connectly/protocol'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { userTable } from './accounts.tables.ts'
import { personOf } from './newcomers.ts'

const DAY = 24 * 60 * 60 * 1000
/** How long one keeps a username at least, and nobody else gets the one before, in ms. */
export const NAME_KEPT = 30 * DAY

export const ownHandles = [
  handle(ownAccount, async (ctx) => {
    const user = (await ctx.store.get(userTable, { userId: ctx.me })) ?? refuse('NotFound')
    return {
      person: personOf(user),
      isAdmin: user.isAdmin ?? false,
      hasPassword: user.passwordHash !== null,
      passwordChangedAt: user.passwordChangedAt,
      renameFrom: user.renamedAt === null ? 0 : user.renamedAt + NAME_KEPT,
      hasSecondStep: user.secondSteps !== null,
      termsVersion: user.terms?.version ?? null,
    }
  }),

  handle(changePassword, () => refuse('NotFound')),
  handle(changeUsername, () => refuse('NotFound')),
  handle(acceptTerms, () => refuse('NotFound')),
]
