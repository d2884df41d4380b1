import * as z from 'zod/mini'
import { administrators, defineMethod } from './define.ts'
import { Time, UserId } from './ids.ts'
import { SignedText } from './text.ts'

/** What follows from abuse, each harder than the one before: a warning, waiting, no sending, kept out for a time. */
export const penaltyKinds = ['warn', 'slow', 'mute', 'ban'] as const
export type PenaltyKind = (typeof penaltyKinds)[number]

/** A penalty that holds. */
export const Penalty = z.object({
  /** Whose it is; null for an address. */
  userId: z.nullable(UserId),
  /** What it is kept under: `user:…`, or `address:…` with a hash in place of the address. */
  subject: z.string(),
  kind: z.enum(penaltyKinds),
  strikes: z.int(),
  reason: z.string(),
  since: Time,
  until: Time,
})
export type Penalty = z.infer<typeof Penalty>

export const listPenalties = defineMethod('moderation.penalties', {
  means: 'Penalties that hold, those that end last first, at most 100.',
  access: administrators(),
  limit: 'read',
  input: z.object({ stepUp: SignedText }),
  output: z.array(Penalty),
})

export const imposePenalty = defineMethod('moderation.impose', {
  means: 'Mutes somebody, or keeps them out, until a time; their sockets fall within a second where they are kept out.',
  access: administrators(),
  limit: 'account',
  input: z.object({
    stepUp: SignedText,
    userId: UserId,
    kind: z.enum(['mute', 'ban']),
    until: Time,
    reason: z.string().check(z.maxLength(200)),
  }),
  output: Penalty,
})

export const liftPenalty = defineMethod('moderation.lift', {
  means: 'Lifts a penalty, and forgets what led to it.',
  access: administrators(),
  limit: 'account',
  input: z.object({ stepUp: SignedText, subject: z.string().check(z.maxLength(100)) }),
  output: z.object({}),
})
