import { Person, Privacy, Time } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

const User = z.extend(Person, {
  /** The name folded for finding: case and accents make no difference. */
  nameKey: z.string(),
  /** `$argon2id$…`, or null for who cannot sign in with a password. */
  passwordHash: z.nullable(z.string()),
  /** What they say about themselves; a bot, what it is there for. */
  about: z.string(),
  /** What they show of themselves; null is everything. */
  privacy: z.nullable(Privacy),
  /** When their last connection went, in ms; null for who never had one. */
  lastSeenAt: z.nullable(Time),
})

export const userTable = defineTable('users', User, { key: ['userId'], unique: [['username']], indexes: [['nameKey']] })
export type UserRow = NonNullable<typeof userTable.row>
