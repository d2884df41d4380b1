import { foldText, TERMS_VERSION, type Person } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { refuse } from '../../kernel/refuse.ts'
import { mustNot } from '../../store/store.ts'
import { heldNameTable, userTable, type UserRow } from './accounts.tables.ts'

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
  passwordChangedAt: null,
  renamedAt: null,
  timeZone: '',
  language: '',
  terms: { version: TERMS_VERSION, at: ctx.now() },
})

/** Refuses `UsernameTaken` for a name that somebody has, or gave up lately; leaves a guard. */
export async function requireFreeName(ctx: Context, username: string): Promise<void> {
  const held = await ctx.store.get(heldNameTable, { username })
  const isHeld = held !== undefined && held.until > ctx.now() && held.userId !== ctx.caller.session?.userId
  if (isHeld || (await ctx.store.count(userTable, { username }, 1)) > 0) refuse('UsernameTaken')
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
