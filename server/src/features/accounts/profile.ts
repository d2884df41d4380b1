import {
  editProfile,
  foldText,
  openPrivacy,
  privacySet,
  profileEdited,
  profileOf,
  setPrivacy,
  userPlace,
  type Privacy,
  type UserId,
} from '@connectly/protocol'
import { happened, type Context } from '../../kernel/context.ts'
import { handle, type Snapshots } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { must, patch, type Reader } from '../../store/store.ts'
import { personOf } from './accounts.ts'
import { userTable, type UserRow } from './accounts.tables.ts'

export const profileHandles = [
  handle(profileOf, async (ctx, { userId }) => {
    const user = await requireUser(ctx.store, userId)
    return { person: personOf(user), about: user.about }
  }),

  handle(editProfile, async (ctx, given) => {
    const user = await requireUser(ctx.store, ctx.me)
    const { name = user.name, about = user.about } = given
    const person = { ...personOf(user), name }
    if (name === user.name && about === user.about) return { person, about }
    ctx.guard(must(userTable, { userId: ctx.me }, { name: user.name, about: user.about }))
    return ctx.record([userPlace(ctx.me)], (next) => ({
      writes: [patch(userTable, { userId: ctx.me }, { set: { name, nameKey: foldText(name), about } })],
      events: [happened(profileEdited, next(userPlace(ctx.me)), { me: person, about })],
      result: { person, about },
    }))
  }),

  handle(setPrivacy, async (ctx, given) => {
    const user = await requireUser(ctx.store, ctx.me)
    const before = user.privacy ?? openPrivacy
    const privacy: Privacy = {
      presence: given.presence ?? before.presence,
      receipts: given.receipts ?? before.receipts,
      typing: given.typing ?? before.typing,
    }
    if (parts.every((key) => privacy[key] === before[key])) return privacy
    ctx.guard(must(userTable, { userId: ctx.me }, { privacy: user.privacy }))
    return ctx.record([userPlace(ctx.me)], (next) => ({
      writes: [patch(userTable, { userId: ctx.me }, { set: { privacy } })],
      events: [happened(privacySet, next(userPlace(ctx.me)), privacy)],
      result: privacy,
    }))
  }),
]

export const accountSnapshots: Snapshots = {
  user: async (store, userId) => {
    const user = await store.get(userTable, { userId })
    return user && { me: personOf(user), about: user.about, privacy: user.privacy ?? openPrivacy }
  },
}

/** What people show of themselves; who does not exist shows nothing, and is left out. */
export async function privacyOf(store: Reader, userIds: Iterable<UserId>): Promise<Map<UserId, Privacy>> {
  const wanted = [...new Set(userIds)]
  if (wanted.length === 0) return new Map()
  const users = await store.find(userTable, { where: { userId: { in: wanted } }, limit: wanted.length })
  return new Map(users.map((user) => [user.userId, user.privacy ?? openPrivacy]))
}

const parts = ['presence', 'receipts', 'typing'] as const

async function requireUser(store: Context['store'], userId: UserId): Promise<UserRow> {
  return (await store.get(userTable, { userId })) ?? refuse('NotFound')
}
