import { accountKinds, addressClasses, AuditId, Place, Seq, SessionId, Time, UserId } from '@connectly/protocol'
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
    from: z.enum(addressClasses),
    /** Whether it is of somebody who runs this server; null is no. Who gains or loses that signs in anew. */
    isAdmin: z.nullable(z.boolean()),
  }),
  { key: ['tokenHash'], indexes: [['userId'], ['expiresAt']], refs: { userId: 'users' } },
)

/**
 * What a link in a mail, a code, an invitation or a ticket for a download stands for: good once. Its token is made of the
 * id and a signature, so nothing here opens anything.
 */
export const linkTable = defineTable(
  'links',
  z.object({
    linkId: z.string(),
    purpose: z.string(),
    userId: z.nullable(UserId),
    data: z.record(z.string(), z.unknown()),
    /** Wrong codes that were given for it. */
    tries: z.int(),
    createdAt: Time,
    expiresAt: Time,
  }),
  {
    key: ['linkId'],
    indexes: [['userId', 'purpose'], ['purpose', 'createdAt'], ['expiresAt']],
  },
)
export type LinkRow = NonNullable<typeof linkTable.row>

/** Mails on their way: written in the commit of what they tell of, removed when they are sent. */
export const mailTable = defineTable(
  'mails',
  z.object({
    mailId: z.string(),
    to: z.string(),
    template: z.string(),
    params: z.record(z.string(), z.unknown()),
    /** The link that it carries, whose token is made when it is sent. */
    linkId: z.nullable(z.string()),
    language: z.string(),
    timeZone: z.string(),
    tries: z.int(),
    createdAt: Time,
    nextAt: Time,
  }),
  { key: ['mailId'], indexes: [['nextAt']] },
)
export type MailRow = NonNullable<typeof mailTable.row>

/** Guesses at a secret, by what is guessed at or who guesses. */
export const tryTable = defineTable(
  'tries',
  z.object({ subject: z.string(), failures: z.int(), at: Time, until: Time }),
  { key: ['subject'], indexes: [['at']] },
)

/** What abuse has led to; it outlives restarts. */
export const penaltyTable = defineTable(
  'penalties',
  z.object({
    subject: z.string(),
    userId: z.nullable(UserId),
    kind: z.string(),
    strikes: z.int(),
    reason: z.string(),
    since: Time,
    until: Time,
    at: Time,
  }),
  { key: ['subject'], indexes: [['until'], ['at']] },
)
export type PenaltyRow = NonNullable<typeof penaltyTable.row>

/** The record of sensitive acts; rows are only ever added. */
export const auditTable = defineTable(
  'audits',
  z.object({
    auditId: AuditId,
    at: Time,
    actor: z.nullable(UserId),
    act: z.string(),
    subject: z.nullable(UserId),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    requestId: z.string(),
  }),
  { key: ['auditId'], indexes: [['at'], ['subject', 'at']], appended: true },
)
