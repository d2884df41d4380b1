import {
  findPeople,
  foldText,
  getPeople,
  signIn,
  signOut,
  signUp,
  TERMS_VERSION,
  whoAmI,
  type Person,
  type UserId,
} from '@connectly/protocol'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { requireLink, spend } from '../../kernel/links.ts'
import { endSession } from '../../kernel/sessions.ts'
import { insert, must, type Reader } from '../../store/store.ts'
import { userTable, type UserRow } from './accounts.tables.ts'
import { isCommonPassword } from './common-passwords.ts'
import { beginSession, enter, findAccount } from './entering.ts'
import { newUser, personOf, requireFreeName } from './newcomers.ts'
import { hashPassword, verifyPassword } from './password.ts'

const MAX_FOUND = 20

export const accountHandles = [
  handle(signUp, async (ctx, { username, password, name = username, terms, invitation }) => {
    if (terms !== TERMS_VERSION) refuse('TermsChanged', { version: TERMS_VERSION })
    if (isCommonPassword(password, username)) refuse('PasswordTooCommon')
    const invited = invitation === undefined ? null : await requireLink(ctx, 'invitation', invitation)
    await requireFreeName(ctx, username)

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
      details: { isAdmin: user.isAdmin ?? false },
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
    const subject = user?.userId ?? username.trim().toLowerCase()
    await ctx.services.tries.take('account', ctx.services.seals.hash('tries', subject))
    const right = await verifyPassword(password, user?.passwordHash ?? null)
    if (!user || !right) return refuse('WrongCredentials')

    await ctx.services.tries.clear('account', ctx.services.seals.hash('tries', subject))
    ctx.guard(must(userTable, { userId: user.userId }, { passwordHash: user.passwordHash }))
    return enter(ctx, user, { isSecondDone: false })
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
