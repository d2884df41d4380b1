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
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { endSession, startSession } from '../../kernel/sessions.ts'
import { insert, must, mustNot, type Reader } from '../../store/store.ts'
import { userTable, type UserRow } from './accounts.tables.ts'
import { isCommonPassword } from './common-passwords.ts'
import { hashPassword, verifyPassword } from './password.ts'

const MAX_FOUND = 20

export const accountHandles = [
  handle(signUp, async (ctx, { username, password, name = username }) => {
    if (isCommonPassword(password, username)) refuse('PasswordTooCommon')
    if (await usernameTaken(ctx.store, username)) refuse('UsernameTaken')

    const passwordHash = await hashPassword(password)
    const user: UserRow = {
      userId: ctx.newId(),
      username,
      name,
      nameKey: foldText(name),
      kind: 'person',
      createdAt: ctx.now(),
      passwordHash,
      about: '',
      privacy: null,
      lastSeenAt: null,
    }
    const session = startSession(user.userId, user.kind, ctx.now(), ctx.caller.device)
    ctx.guard(mustNot(userTable, { username }))
    await ctx.record([], () => ({ writes: [insert(userTable, user), session.write], events: [], result: null }))
    ctx.caller.newToken = session.token
    return personOf(user)
  }),

  handle(signIn, async (ctx, { username, password }) => {
    const [user] = await ctx.store.find(userTable, { where: { username: username.trim().toLowerCase() }, limit: 1 })
    const right = await verifyPassword(password, user?.passwordHash ?? null)
    if (!user || !right) return refuse('WrongCredentials')

    const session = startSession(user.userId, user.kind, ctx.now(), ctx.caller.device)
    ctx.guard(must(userTable, { userId: user.userId }, { passwordHash: user.passwordHash }))
    const old = ctx.caller.session ? [endSession(ctx.caller.session.tokenHash)] : []
    await ctx.record([], () => ({ writes: [session.write, ...old], events: [], result: null }))
    ctx.caller.newToken = session.token
    return personOf(user)
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

/** A person as others see them. */
export const personOf = ({ userId, username, name, kind, createdAt }: UserRow): Person => ({
  userId,
  username,
  name,
  kind,
  createdAt,
})

async function usernameTaken(store: Reader, username: string): Promise<boolean> {
  return (await store.count(userTable, { username }, 1)) > 0
}
