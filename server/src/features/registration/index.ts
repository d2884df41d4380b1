import {
  entryRules,
  giveWork,
  isNameFree,
  stayForGood,
  TERMS_VERSION,
  USERNAME,
  signUp,
  type EntryRules,
} from '@connectly/protocol'
import type { Feature } from '../../kernel/feature.ts'
import { before, handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { isFreeName, requireNewcomer } from '../accounts/index.ts'
import { requireEntry, requireHuman, requireOpenFirst } from './entry.ts'
import { invitationHandles } from './invitations.ts'

export { requireEntry, requireHuman, requireOpenFirst } from './entry.ts'
export { inviteFirstAdministrator, inviteByOperator } from './operators.ts'

/** Who may come in, and how: open, by invitation, or not at all; with a human check, unless somebody invited them. */
export const registration: Feature = {
  name: 'registration',
  handles: [
    handle(entryRules, async ({ services }): Promise<EntryRules> => {
      const { captcha, entry, mails, providers } = services
      return {
        ...entry,
        captcha: { kind: captcha.kind, siteKey: captcha.siteKey },
        terms: TERMS_VERSION,
        providers: providers.map(({ provider, name }) => ({ provider, name })),
        mail: mails.isOn,
      }
    }),

    handle(giveWork, async (ctx) => ctx.services.captcha.give() ?? refuse('NotFound')),

    handle(isNameFree, async (ctx, { username }) => {
      const wanted = username.trim().toLowerCase()
      return { isFree: USERNAME.test(wanted) && (await isFreeName(ctx, wanted)) }
    }),

    ...invitationHandles,
  ],
  before: [
    before(signUp, async (ctx, given) => {
      await requireEntry(ctx, given.invitation)
      if (given.invitation !== undefined) return requireOpenFirst(ctx, given.invitation)
      // What it would be refused for anyway comes first: an answer to the human check is good once.
      await requireNewcomer(ctx, given)
      await requireHuman(ctx, given.captcha)
    }),
    before(stayForGood, async (ctx, { invitation }) => {
      await requireEntry(ctx, invitation)
      if (invitation !== undefined) await requireOpenFirst(ctx, invitation)
    }),
  ],
}
