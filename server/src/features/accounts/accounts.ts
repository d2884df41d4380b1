import {
  findPeople,
  foldText,
  getPeople,
  signIn,
  signOut,
  signUp,
  whoAmI,
  type Person,
  type UserId,
} from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { requireLink, spend } from '../../kernel/links.ts'
import { endSession } from '../../kernel/sessions.ts'
import { insert, must, patch, type Reader } from '../../store/store.ts'
import { userTable, type UserRow } from './accounts.tables.ts'
import { beginSession, enter, findAccount } from './entering.ts'
import { takeGuess } from './guessing.ts'
import { newUser, personOf, requireNewcomer } from './newcomers.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'

const MAX_FOUND = 20

export const accountHandles = [
  handle(signUp, async (ctx, given) => {
    const { username, password, name = username, invitation } = given
    await requireNewcomer(ctx, given)
    const invited = invitation === undefined ? null : await requireLink(ctx, 'invitation', invitation)

    const user: UserRow = {
      ...newUser(ctx, username, name),
      passwordHash: await hashPassword(password),
      passwordChangedAt: ctx.now(),
      isAdmin: invited?.data['isAdmin'] === true || null,
    }
    const person = personOf(user)
    const entered = beginSession(ctx, user)
    ctx.audit('accounts.signUp', {
      actor: user.userId,
      subject: user.userId,
      details: { isAdmin: user.isAdmin ?? false, ...(invited && { invitation: invited.linkId }) },
    })
    await ctx.record([], () => ({
      writes: [insert(userTable, user), ...entered.writes, ...(invited ? [spend(invited)] : [])],
      events: [],
      result: person,
    }))
    entered.done()
    return person
  }),

  handle(signIn, async (ctx, { username, password }) => {
    const user = await findAccount(ctx, username)
    const guess = await takeGuess(ctx, username, user)
    const kept = guess.isVoid ? null : (user?.passwordHash ?? null)
    if (!(await verifyPassword(password, kept)) || !user || kept === null) {
      if (guess.wait > 0) await noteHeld(ctx, user, guess.wait)
      return refuse('WrongCredentials')
    }

    await guess.wasRight()
    ctx.guard(must(userTable, { userId: user.userId }, { passwordHash: kept }))
    if (!isOutdated(kept)) return enter(ctx, user, { isSecondDone: false })
    const passwordHash = await hashPassword(password)
    const anew = patch(userTable, { userId: user.userId }, { set: { passwordHash } })
    return enter(ctx, { ...user, passwordHash }, { isSecondDone: false, writes: [anew] })
  }),

  handle(signOut, async (ctx) => {
    const { session } = ctx.caller
    if (session) await ctx.record([], () => ({ writes: [endSession(session.tokenHash)], events: [], result: null }))
    ctx.caller.newToken = null
    return {}
  }),

  handle(whoAmI, async (ctx) => (await findPerson(ctx.store, ctx.me)) ?? refuse('NotFound')),

  handle(findPeople, async (ctx, { text }) => {
    const found = await peopleNamed(ctx.store, text, MAX_FOUND + 1)
    return found.filter((person) => person.userId !== ctx.me).slice(0, MAX_FOUND)
  }),

  handle(getPeople, async (ctx, { userIds }) => peopleOf(ctx.store, userIds)),
]

/** Puts on record that guesses at a password have to wait from now on; of a name that nobody has, not which. */
async function noteHeld(ctx: Context, user: UserRow | undefined, wait: number): Promise<void> {
  ctx.audit('accounts.signInHeld', { ...(user && { subject: user.userId }), details: { seconds: wait / 1000 } })
  await ctx.record([], () => ({ writes: [], events: [], result: null }))
}

/** A person by id, or undefined. */
export async function findPerson(store: Reader, userId: UserId): Promise<Person | undefined> {
  const user = await store.get(userTable, { userId })
  return user && personOf(user)
}

/** People by id, each once; unknown ids are left out. */
export async function peopleOf(store: Reader, userIds: Iterable<UserId>): Promise<Person[]> {
  const wanted = [...new Set(userIds)]
  if (wanted.length === 0) return []
  return (await store.find(userTable, { where: { userId: { in: wanted } }, limit: wanted.length })).map(personOf)
}

/**
 * People whose name or username begins with these words, case and accents aside, usernames first; only those `among`
 * these where it is given. Where there are fewer than `limit`, these are all.
 */
export async function peopleNamed(
  store: Reader,
  text: string,
  limit: number,
  among?: readonly UserId[],
): Promise<Person[]> {
  const wanted = foldText(text.trim().replace(/^@/, ''))
  if (wanted === '') return []
  const only = among && { userId: { in: among } }
  const [byName, byUsername] = await Promise.all([
    store.find(userTable, {
      where: { nameKey: { startsWith: wanted }, ...only },
      order: [['nameKey', 'asc']],
      limit,
    }),
    store.find(userTable, {
      where: { username: { startsWith: wanted }, ...only },
      order: [['username', 'asc']],
      limit,
    }),
  ])
  const found = new Map([...byUsername, ...byName].map((user) => [user.userId, personOf(user)]))
  return [...found.values()].slice(0, limit)
}
