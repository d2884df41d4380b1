import { foldText, TERMS_VERSION, type Person } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { refuse } from '../../kernel/refuse.ts'
import { must, mustNot } from '../../store/store.ts'
import { heldNameTable, userTable, type UserRow } from './accounts.tables.ts'
import { isCommonPassword } from './common-passwords.ts'

/** The row of a new account that has accepted the terms of today; nobody can sign in to it yet. */
export const newUser = (ctx: Context, username: string, name: string): UserRow => ({
  userId: ctx.newId(),
  username,
  name,
  nameKey: foldText(name),
  kind: 'person',
  createdAt: ctx.now(),
  passwordHash: null,
  about: '',
  privacy: null,
  lastSeenAt: null,
  isAdmin: null,
  email: null,
  emailKey: null,
  secondSteps: null,
  factorsRev: 0,
  passwordChangedAt: null,
  renamedAt: null,
  timeZone: '',
  language: '',
  terms: { version: TERMS_VERSION, at: ctx.now() },
  entries: 0,
})

/** What a new account is refused for before anything is made; leaves guards. */
export async function requireNewcomer(
  ctx: Context,
  { username, password, name = '', email = '', terms }: Newcomer,
): Promise<void> {
  requireTerms(terms)
  requireGoodPassword(ctx, password, [username, name, email])
  await requireFreeName(ctx, username)
}
type Newcomer = {
  username: string
  password: string
  terms: string
  name?: string | undefined
  email?: string | undefined
}

/** Refuses `TermsChanged` for terms that are not those of today. */
export function requireTerms(terms: string): void {
  if (terms !== TERMS_VERSION) refuse('TermsChanged', { version: TERMS_VERSION })
}

/** Refuses `PasswordTooCommon` for what is tried first, anywhere, here, or at somebody whom one knows this much of. */
export function requireGoodPassword(ctx: Context, password: string, known: readonly string[]): void {
  const host = URL.parse(ctx.services.url())?.hostname.split('.') ?? []
  if (isCommonPassword(password, ...known.flatMap((each) => [each, ...each.split(/[\s@.]+/)]), ...host))
    refuse('PasswordTooCommon')
}

/** Whether somebody else may take this username: nobody has it, or gave it up lately. */
export async function isFreeName(ctx: Context, username: string): Promise<boolean> {
  const held = await ctx.store.get(heldNameTable, { username })
  const isHeld = held !== undefined && held.until > ctx.now() && held.userId !== ctx.caller.session?.userId
  ctx.guard(held ? must(heldNameTable, { username }, { until: held.until }) : mustNot(heldNameTable, { username }))
  return !isHeld && (await ctx.store.count(userTable, { username }, 1)) === 0
}

/** Refuses `UsernameTaken` for a name that somebody has, or gave up lately; leaves a guard. */
export async function requireFreeName(ctx: Context, username: string): Promise<void> {
  if (!(await isFreeName(ctx, username))) refuse('UsernameTaken')
  ctx.guard(mustNot(userTable, { username }))
}

/** A person as others see them. */
export const personOf = ({ userId, username, name, kind, createdAt }: UserRow): Person => ({
  userId,
  username,
  name,
  kind,
  createdAt,
})
