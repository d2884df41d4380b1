import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { administrators, defineMethod } from './define.ts'
import { AuditId, Time, UserId } from './ids.ts'
import { SignedText } from './text.ts'

/** Somebody who runs this server. */
export const Administrator = z.object({ person: Person, hasSecondStep: z.boolean() })
export type Administrator = z.infer<typeof Administrator>

/** What the record tells of: mostly methods, and what comes of them. Clients have words for each. */
export const auditActs = [
  'accounts.acceptTerms',
  'accounts.changePassword',
  'accounts.endOtherSessions',
  'accounts.endSession',
  'accounts.rename',
  'accounts.signIn',
  'accounts.signInHeld',
  'accounts.signUp',
  'admins.make',
  'admins.unmake',
  'emails.confirm',
  'emails.notMe',
  'emails.remove',
  'emails.reset',
  'emails.set',
  'emails.wrongCode',
  'factors.addPasskey',
  'factors.confirmTotp',
  'factors.newRecoveryCodes',
  'factors.removePasskey',
  'factors.removeTotp',
  'factors.signIn',
  'factors.signInByPasskey',
  'factors.stepUp',
  'guests.come',
  'guests.stay',
  'moderation.impose',
  'moderation.lift',
  'mydata.askCopy',
  'mydata.cancelCopy',
  'mydata.download',
  'mydata.leave',
  'mydata.stay',
  'providers.link',
  'providers.signUp',
  'providers.unlink',
  'registration.invite',
  'registration.withdraw',
] as const
export type AuditAct = (typeof auditActs)[number]

/** One line of the record of what was done that matters: who, what, when; never a secret, never words of a message. */
export const AuditLine = z.object({
  auditId: AuditId,
  at: Time,
  /** Who did it; null for the server itself, or whoever was not signed in. */
  actor: z.nullable(UserId),
  /** One of `auditActs`; a newer server may know more. */
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
