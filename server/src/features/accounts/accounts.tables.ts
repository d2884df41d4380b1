import { Person, Privacy, secondSteps, Time, UserId } from '@connectly/protocol'
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
  /** Whether they run this server; null is no. */
  isAdmin: z.nullable(z.boolean()),
  /** The confirmed mail address as it was typed, and folded; whose it is stands in `emails` too, where it can be once only. */
  email: z.nullable(z.string()),
  emailKey: z.nullable(z.string()),
  /** What stands for the second step of signing in; null where there is none. */
  secondSteps: z.nullable(z.array(z.enum(secondSteps))),
  /** How often their second factors changed, so that two changes at once are made one after the other. */
  factorsRev: z.int(),
  passwordChangedAt: z.nullable(Time),
  /** When they last took another username. */
  renamedAt: z.nullable(Time),
  timeZone: z.string(),
  language: z.string(),
  /** Which version of the terms they accepted, and when. */
  terms: z.nullable(z.object({ version: z.string(), at: Time })),
  /** How often a session of theirs was begun: who ends them all sees by it that none was begun meanwhile. */
  entries: z.int(),
})

export const userTable = defineTable('users', User, {
  key: ['userId'],
  unique: [['username']],
  indexes: [['nameKey'], ['emailKey'], ['isAdmin']],
})
export type UserRow = NonNullable<typeof userTable.row>

/** Browsers that somebody has signed in from, so that a new one is noticed, and one they trust asks for no second step. */
export const deviceTable = defineTable(
  'devices',
  z.object({
    userId: UserId,
    /** Of the browser's own token. */
    deviceHash: z.string(),
    firstAt: Time,
    lastAt: Time,
    trustedUntil: z.nullable(Time),
  }),
  { key: ['userId', 'deviceHash'], indexes: [['lastAt']], refs: { userId: 'users' } },
)

/** Usernames that were given up lately: nobody else takes them yet. */
export const heldNameTable = defineTable('heldNames', z.object({ username: z.string(), userId: UserId, until: Time }), {
  key: ['username'],
  indexes: [['until']],
})
