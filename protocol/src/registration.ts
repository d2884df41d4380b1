import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { administrators, anyone, defineMethod } from './define.ts'
import { InvitationId, Time } from './ids.ts'
import { SignedText } from './text.ts'

/** The version of the terms and the privacy notice: the day from which they hold. */
export const TERMS_VERSION = '2026-11-21'

export const registrationModes = ['open', 'invitation', 'closed'] as const
export const captchaKinds = ['none', 'work', 'recaptcha', 'hcaptcha', 'turnstile'] as const

/** How one comes in here: what the sign-in and sign-up screens need to know before anybody is signed in. */
export const EntryRules = z.object({
  registration: z.enum(registrationModes),
  guests: z.boolean(),
  captcha: z.object({
    kind: z.enum(captchaKinds),
    /** What a service knows this site by; empty for our own. */
    siteKey: z.string(),
  }),
  /** The version of the terms that signing up accepts. */
  terms: z.string(),
  /** Services one can sign in with, by their name in links and their name to people. */
  providers: z.array(z.object({ provider: z.string(), name: z.string() })),
  /** Whether mail leaves this server; without, links are put into a folder for whoever runs it. */
  mail: z.boolean(),
})
export type EntryRules = z.infer<typeof EntryRules>

/** A sum that takes a computer a moment: find `n` so that SHA-256 of `salt + n` begins with `bits` zero bits. */
export const WorkToDo = z.object({
  salt: SignedText,
  bits: z.int(),
  until: Time,
})
export type WorkToDo = z.infer<typeof WorkToDo>

/** A link that lets one person, or some, make an account. */
export const Invitation = z.object({
  invitationId: InvitationId,
  createdBy: z.nullable(Person),
  createdAt: Time,
  expiresAt: Time,
  note: z.string(),
})
export type Invitation = z.infer<typeof Invitation>

export const entryRules = defineMethod('registration.rules', {
  means: 'How one comes in here.',
  access: anyone(),
  limit: 'read',
  door: 'http',
  input: z.object({}),
  output: EntryRules,
})

export const giveWork = defineMethod('registration.work', {
  means: 'A human check without anybody else: a sum for the computer, good once, for ten minutes.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({}),
  output: WorkToDo,
})

export const isNameFree = defineMethod('registration.isFree', {
  means: 'Whether this username is free to take.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({ username: z.string().check(z.maxLength(64)) }),
  output: z.object({ isFree: z.boolean() }),
})

export const invite = defineMethod('registration.invite', {
  means: 'Makes an invitation, good once, for seven days; `url` is the link to hand on.',
  access: administrators(),
  limit: 'account',
  input: z.object({ stepUp: SignedText, note: z.string().check(z.maxLength(200)) }),
  output: z.object({ invitation: Invitation, url: z.string() }),
})

export const listInvitations = defineMethod('registration.invitations', {
  means: 'Invitations that are open, the newest first, at most 100.',
  access: administrators(),
  limit: 'read',
  input: z.object({ stepUp: SignedText }),
  output: z.array(Invitation),
})

export const withdrawInvitation = defineMethod('registration.withdraw', {
  means: 'Withdraws an invitation; its link opens nothing from now on.',
  access: administrators(),
  limit: 'account',
  input: z.object({ stepUp: SignedText, invitationId: InvitationId }),
  output: z.object({}),
})
