import { comeAsGuest, profileEdited, stayForGood, userPlace } from '@connectly/protocol'
import { randomInt } from 'node:crypto'
import { happened, type Context } from '../../kernel/context.ts'
import { handle, type Feature } from '../../kernel/feature.ts'
import { requireLink, spend } from '../../kernel/links.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, patch } from '../../store/store.ts'
import {
  beginSession,
  deviceOf,
  editedOf,
  endSessionsOf,
  hashPassword,
  isFreeName,
  newUser,
  personOf,
  requireFreeName,
  requireGoodPassword,
  requireTerms,
  userTable,
  type UserRow,
} from '../accounts/index.ts'
import { requireHuman } from '../registration/index.ts'

/** Letters that are not taken for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Who looks in without an account of their own, and stays if they like it. */
export const guests: Feature = {
  name: 'guests',
  handles: [
    handle(comeAsGuest, async (ctx, { name, terms, captcha }) => {
      if (!ctx.services.entry.guests) refuse('GuestsOff')
      requireTerms(terms)
      await requireHuman(ctx, captcha)

      const guest: UserRow = { ...newUser(ctx, await unusedName(ctx), name), kind: 'guest' }
      await requireFreeName(ctx, guest.username)
      const entered = beginSession(ctx, guest)
      ctx.audit('guests.come', { actor: guest.userId, subject: guest.userId })
      const person = await ctx.record([], () => ({
        writes: [insert(userTable, guest), ...entered.writes],
        events: [],
        result: personOf(guest),
      }))
      entered.done()
      return person
    }),

    handle(stayForGood, async (ctx, { username, password, invitation, email = '' }) => {
      const guest = (await ctx.store.get(userTable, { userId: ctx.me })) ?? refuse('NotFound')
      requireGoodPassword(ctx, password, [username, guest.name, email])
      const invited = invitation === undefined ? null : await requireLink(ctx, 'invitation', invitation)
      await requireFreeName(ctx, username)

      const set = {
        username,
        kind: 'person',
        passwordHash: await hashPassword(password),
        passwordChangedAt: ctx.now(),
      } as const
      const isAdmin = invited?.data['isAdmin'] === true || null
      const after: UserRow = { ...guest, ...set, isAdmin }
      const others = await endSessionsOf(ctx, ctx.me, ctx.caller.session?.tokenHash)
      const entered = beginSession(ctx, after, { known: (await deviceOf(ctx, guest)) !== undefined })
      ctx.guard(must(userTable, { userId: ctx.me }, { kind: 'guest', username: guest.username }))
      ctx.audit('guests.stay', {
        subject: ctx.me,
        details: { isAdmin: isAdmin ?? false, ...(invited && { invitation: invited.linkId }) },
      })
      const person = await ctx.record([userPlace(ctx.me)], (next) => ({
        writes: [
          patch(userTable, { userId: ctx.me }, { set: { ...set, isAdmin } }),
          ...others.writes,
          ...entered.writes,
          ...(invited ? [spend(invited)] : []),
        ],
        events: [happened(profileEdited, next(userPlace(ctx.me)), editedOf(after))],
        result: personOf(after),
      }))
      entered.done()
      return person
    }),
  ],
}

/** A username like `guest-k4m7xz` that nobody has. */
async function unusedName(ctx: Context): Promise<string> {
  for (;;) {
    const letters = Array.from({ length: 6 }, () => LETTERS.charAt(randomInt(LETTERS.length)))
    const name = `guest-${letters.join('')}`
    if (await isFreeName(ctx, name)) return name
  }
}
