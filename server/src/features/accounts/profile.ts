import {
  editProfile,
  foldText,
  openPrivacy,
  privacySet,
  profileEdited,
  profileOf,
  setPrivacy,
  userPlace,
  type DataOf,
  type Privacy,
  type Profile,
  type UserId,
} from '@connectly/protocol'
import { happened, type Context } from '../../kernel/context.ts'
import { handle, type Snapshots } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { must, patch, type Reader } from '../../store/store.ts'
import { userTable, type UserRow } from './accounts.tables.ts'
import { personOf } from './newcomers.ts'

export const profileHandles = [
  handle(profileOf, async (ctx, { userId }) => {
    const user = await requireUser(ctx.store, userId)
    return profileAs(user)
  }),

  handle(editProfile, async (ctx, given) => {
    const user = await requireUser(ctx.store, ctx.me)
    const { name = user.name, about = user.about } = given
    const timeZone = given.timeZone === undefined ? user.timeZone : zoneNamed(given.timeZone)
    const language = given.language === undefined ? user.language : languageNamed(given.language)
    const after = { ...user, name, nameKey: foldText(name), about, timeZone, language }
    if (editable.every((key) => after[key] === user[key])) return profileAs(user)
    const before = Object.fromEntries(editable.map((key) => [key, user[key]]))
    const set = Object.fromEntries([...editable, 'nameKey' as const].map((key) => [key, after[key]]))
    ctx.guard(must(userTable, { userId: ctx.me }, before))
    return ctx.record([userPlace(ctx.me)], (next) => ({
      writes: [patch(userTable, { userId: ctx.me }, { set })],
      events: [happened(profileEdited, next(userPlace(ctx.me)), editedOf(after))],
      result: profileAs(after),
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
    return user && { ...editedOf(user), privacy: user.privacy ?? openPrivacy }
  },
}

/** What people show of themselves; who does not exist shows nothing, and is left out. */
export async function privacyOf(store: Reader, userIds: Iterable<UserId>): Promise<Map<UserId, Privacy>> {
  const wanted = [...new Set(userIds)]
  if (wanted.length === 0) return new Map()
  const users = await store.find(userTable, { where: { userId: { in: wanted } }, limit: wanted.length })
  return new Map(users.map((user) => [user.userId, user.privacy ?? openPrivacy]))
}

/** A profile as others see it. */
const profileAs = (user: UserRow): Profile => ({ person: personOf(user), about: user.about, timeZone: user.timeZone })

/** What the event of an edited profile says, and a person's own head. */
export const editedOf = (user: UserRow): DataOf<typeof profileEdited> => ({
  me: personOf(user),
  about: user.about,
  timeZone: user.timeZone,
  language: user.language,
})

/** A time zone as this machine writes it; refuses what is none. */
function zoneNamed(given: string): string {
  if (given === '') return ''
  try {
    return new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone
  } catch {
    return refuse('InvalidInput', { field: 'timeZone', reason: 'is not a time zone' })
  }
}

/** A language as it is written, `pt-BR`; refuses what cannot be one. */
function languageNamed(given: string): string {
  if (given === '') return ''
  try {
    return Intl.getCanonicalLocales(given)[0] ?? ''
  } catch {
    return refuse('InvalidInput', { field: 'language', reason: 'is not a language' })
  }
}

const editable = ['name', 'about', 'timeZone', 'language'] as const
const parts = ['presence', 'receipts', 'typing'] as const

async function requireUser(store: Context['store'], userId: UserId): Promise<UserRow> {
  return (await store.get(userTable, { userId })) ?? refuse('NotFound')
}
