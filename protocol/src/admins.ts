import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { administrators, defineMethod } from './define.ts'
import { AuditId, Time, UserId } from './ids.ts'
import { SignedText } from './text.ts'

/** Somebody who runs this server. */
export const Administrator = z.object({ person: Person, hasSecondStep: z.boolean() })
export type Administrator = z.infer<typeof Administrator>

/** One line of the record of what was done that matters: who, what, when; never a secret, never words of a message. */
export const AuditLine = z.object({
  auditId: AuditId,
  at: Time,
  /** Who did it; null for the server itself, or whoever was not signed in. */
  actor: z.nullable(UserId),
  act: z.string(),
  /** Whose account it was done to. */
  subject: z.nullable(UserId),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
export type AuditLine = z.infer<typeof AuditLine>

export const listAdministrators = defineMethod('admins.list', {
  means: 'Those who run this server.',
  access: administrators(),
  limit: 'read',
  input: z.object({ stepUp: SignedText }),
  output: z.array(Administrator),
})

export const makeAdministrator = defineMethod('admins.make', {
  means: 'Lets a person run this server too. Their sessions end; they sign in again with their second factor.',
  access: administrators(),
  limit: 'account',
  input: z.object({ stepUp: SignedText, userId: UserId }),
  output: z.array(Administrator),
  refusals: ['SecondStepMissing'],
})

export const unmakeAdministrator = defineMethod('admins.unmake', {
  means: 'Takes that from somebody again. Their sessions end.',
  access: administrators(),
  limit: 'account',
  input: z.object({ stepUp: SignedText, userId: UserId }),
  output: z.array(Administrator),
  refusals: ['LastAdministrator'],
})

export const readAudit = defineMethod('admins.audit', {
  means: 'The record of sensitive acts, the newest first, at most 100, before a time.',
  access: administrators(),
  limit: 'read',
  input: z.object({ stepUp: SignedText, before: z.optional(Time) }),
  output: z.array(AuditLine),
})
