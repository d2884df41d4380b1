import { accountKinds, Place, Seq, SessionId, Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../store/table.ts'

/** Facts about this store as a whole: its epoch. */
export const metaTable = defineTable('meta', z.object({ name: z.string(), value: z.string() }), { key: ['name'] })

/** What a repeated ask is answered with, for seven days. */
export const answerTable = defineTable(
  'answers',
  z.object({
    userId: UserId,
    method: z.string(),
    key: z.string(),
    inputHash: z.string(),
    value: z.unknown(),
    at: Time,
  }),
  { key: ['userId', 'method', 'key'], indexes: [['at']] },
)

/** Reactions that have had their effect: written in the same commit. */
export const reactionTable = defineTable('reactionsDone', z.object({ reaction: z.string(), place: Place, seq: Seq }), {
  key: ['reaction', 'place', 'seq'],
})

/** A way in: only the SHA-256 of its token is kept. `scopes` narrow what a bot's token may do; null is everything. */
export const sessionTable = defineTable(
  'sessions',
  z.object({
    tokenHash: z.string(),
    userId: UserId,
    createdAt: Time,
    lastUsedAt: Time,
    expiresAt: Time,
    kind: z.enum(accountKinds),
    scopes: z.nullable(z.array(z.string())),
    /** Its name to its owner; null for those from before there were names. */
    sessionId: z.nullable(SessionId),
    device: z.string(),
  }),
  { key: ['tokenHash'], indexes: [['userId'], ['expiresAt']], refs: { userId: 'users' } },
)
