import { signUp, stayForGood, type Person } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { before } from '../../kernel/feature.ts'
import { userTable } from '../accounts/index.ts'
import { confirmationMail, confirmLink, takeMail, type Asked } from './confirming.ts'

/** An address that is given on the way in gets its mail in the commit that makes the account. */
export const emailBefores = [
  before(signUp, async (ctx, { username, name = username, email }) => {
    if (email !== undefined) await askToConfirm(ctx, { email, name })
  }),
  before(stayForGood, async (ctx, { username, email }) => {
    if (email === undefined) return
    const me = await ctx.store.get(userTable, { userId: ctx.me })
    const { name = username, language = '', timeZone = '' } = me ?? {}
    await askToConfirm(ctx, { email, name, language, timeZone })
  }),
]

/** Both methods answer with the person whose address it is to be. */
async function askToConfirm(ctx: Context, asked: Asked): Promise<void> {
  await takeMail(ctx, asked.email)
  const [now, linkId] = [ctx.now(), ctx.newId<string>()]
  const mail = await confirmationMail(ctx, linkId, null, asked)
  ctx.also((_next, result) => ({
    writes: [confirmLink(linkId, (result as Person).userId, asked.email, now), mail],
    events: [],
  }))
}
