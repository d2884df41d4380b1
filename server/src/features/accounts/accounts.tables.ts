import { Person } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

const User = z.extend(Person, {
  /** The name folded for finding: case and accents make no difference. */
  nameKey: z.string(),
  /** `$argon2id$…`, or null for who cannot sign in with a password. */
  passwordHash: z.nullable(z.string()),
})

export const userTable = defineTable('users', User, { key: ['userId'], unique: [['username']], indexes: [['nameKey']] })
export type UserRow = NonNullable<typeof userTable.row>
