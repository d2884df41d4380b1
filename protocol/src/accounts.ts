import * as z from 'zod/mini'
import { accountKinds, anyone, defineEvent, defineMethod, members, only, signedIn, steppedUp } from './define.ts'
import { SessionId, Time, UserId } from './ids.ts'
import {
  AboutText,
  DisplayName,
  MailAddress,
  MAX_PASSWORD_LENGTH,
  Password,
  SearchText,
  SignedText,
  Username,
} from './text.ts'

/** A person as others see them. */
export const Person = z.object({
  userId: UserId,
  username: z.string(),
  name: z.string(),
  kind: z.enum(accountKinds),
  createdAt: Time,
})
export type Person = z.infer<typeof Person>

/** A person's own page, as somebody sees it who looks them up. For a bot, `about` says what it is there for. */
export const Profile = z.object({
  person: Person,
  about: z.string(),
  /** As `Europe/Berlin`; empty where they do not say. */
  timeZone: z.string(),
})
export type Profile = z.infer<typeof Profile>

/** A time zone as `Europe/Berlin`, or nothing. */
export const TimeZone = z
  .string()
  .check(z.maxLength(64, 'is too long'), z.regex(/^(?:[A-Za-z][A-Za-z0-9_+/-]*)?$/, 'is not a time zone'))
/** A language as `pt-BR`, or nothing for the device's own. */
export const Language = z
  .string()
  .check(z.maxLength(35, 'is too long'), z.regex(/^(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})?$/, 'is not a language'))

/** Who sees whether I am here: everyone I share a room with, those I have a chat of two with, or nobody. */
export const presenceAudiences = ['everyone', 'contacts', 'nobody'] as const

/** What others are shown of me. Who hides their presence or read marks does not see those of others. */
export const Privacy = z.object({
  presence: z.enum(presenceAudiences),
  receipts: z.boolean(),
  typing: z.boolean(),
})
export type Privacy = z.infer<typeof Privacy>
export const openPrivacy: Privacy = { presence: 'everyone', receipts: true, typing: true }

export const addressClasses = ['machine', 'network', 'internet'] as const
export type AddressClass = (typeof addressClasses)[number]

/** One of my sessions: a browser, a phone, a bot's token. */
export const SessionInfo = z.object({
  sessionId: SessionId,
  /** What it says it is, as `Firefox on Linux`; empty when unknown. */
  device: z.string(),
  /** Where it came from, no closer than this: the server's own machine, its own network, or elsewhere. */
  from: z.enum(addressClasses),
  createdAt: Time,
  lastUsedAt: Time,
  isThis: z.boolean(),
})
export type SessionInfo = z.infer<typeof SessionInfo>

/** What can stand for the second step of signing in. */
export const secondSteps = ['totp', 'recovery', 'passkey'] as const
export type SecondStep = (typeof secondSteps)[number]

/** Signed in, or half way: then `second` says what is wanted next, and `ticket` is to be given with it within ten minutes. */
export const SignedIn = z.object({
  person: z.nullable(Person),
  second: z.nullable(z.object({ ticket: SignedText, offers: z.array(z.enum(secondSteps)) })),
})
export type SignedIn = z.infer<typeof SignedIn>

/** What only I am told of my account. */
export const OwnAccount = z.object({
  person: Person,
  isAdmin: z.boolean(),
  hasPassword: z.boolean(),
  passwordChangedAt: z.nullable(Time),
  /** From when on my username can be changed; in the past where it can be now. */
  renameFrom: Time,
  hasSecondStep: z.boolean(),
  termsVersion: z.nullable(z.string()),
})
export type OwnAccount = z.infer<typeof OwnAccount>

/** What answers a human check: a solved sum, or the token of a service. */
export const CaptchaAnswer = z.string().check(z.maxLength(8000, 'is too long'))

export const signUp = defineMethod('accounts.signUp', {
  means: 'Makes an account and signs in.',
  access: anyone(),
  limit: 'signUp',
  door: 'http',
  input: z.object({
    username: Username,
    password: Password,
    name: z.optional(DisplayName),
    /** Where to write to; it counts once it is confirmed. */
    email: z.optional(MailAddress),
    /** The version of the terms that were accepted. */
    terms: z.string().check(z.maxLength(32)),
    invitation: z.optional(SignedText),
    captcha: z.optional(CaptchaAnswer),
  }),
  output: Person,
  refusals: [
    'UsernameTaken',
    'PasswordTooCommon',
    'TermsChanged',
    'LinkSpent',
    'RegistrationClosed',
    'InvitationNeeded',
    'CaptchaWrong',
  ],
})

export const signIn = defineMethod('accounts.signIn', {
  means:
    'Signs in by username or confirmed mail address. An unknown name and a wrong password are answered alike, in words and in time.',
  access: anyone(),
  limit: 'signIn',
  door: 'http',
  input: z.object({
    username: z.string().check(z.maxLength(254)),
    password: z.string().check(z.maxLength(MAX_PASSWORD_LENGTH)),
  }),
  output: SignedIn,
  refusals: ['WrongCredentials'],
})

export const signOut = defineMethod('accounts.signOut', {
  means: 'Ends this session; its sockets fall at once.',
  access: signedIn(),
  limit: 'write',
  door: 'http',
  input: z.object({}),
  output: z.object({}),
})

export const whoAmI = defineMethod('accounts.me', {
  means: 'Who is asking.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: Person,
})

export const ownAccount = defineMethod('accounts.own', {
  means: 'What only I am told of my account.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: OwnAccount,
})

export const changePassword = defineMethod('accounts.changePassword', {
  means: 'Sets another password, or a first one. All other sessions end, and this one gets a new token.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  door: 'http',
  input: z.object({
    stepUp: SignedText,
    /** The password so far; left out where there is none. */
    current: z.optional(z.string().check(z.maxLength(MAX_PASSWORD_LENGTH))),
    password: Password,
  }),
  output: z.object({ ended: z.int() }),
  refusals: ['WrongProof', 'PasswordTooCommon', 'SamePassword'],
})

export const changeUsername = defineMethod('accounts.rename', {
  means: 'Takes another username, at most once in 30 days; the old one is kept free for as long.',
  access: only(signedIn(), ['person']),
  limit: 'account',
  input: z.object({ username: Username }),
  output: Person,
  refusals: ['UsernameTaken', 'TooSoon'],
})

export const acceptTerms = defineMethod('accounts.acceptTerms', {
  means: 'Accepts this version of the terms.',
  access: signedIn(),
  limit: 'account',
  input: z.object({ terms: z.string().check(z.maxLength(32)) }),
  output: z.object({}),
  refusals: ['TermsChanged'],
})

export const findPeople = defineMethod('accounts.find', {
  means: 'People whose name or username begins with these words, at most 20, the asking person left out.',
  access: only(signedIn(), members),
  limit: 'search',
  input: z.object({ text: SearchText }),
  output: z.array(Person),
})

export const getPeople = defineMethod('accounts.get', {
  means: 'People by id, at most 100; unknown ids are left out.',
  access: signedIn(),
  limit: 'read',
  input: z.object({ userIds: z.array(UserId).check(z.maxLength(100)) }),
  output: z.array(Person),
})

export const profileOf = defineMethod('accounts.profile', {
  means: 'A person and what they say about themselves.',
  access: signedIn(),
  limit: 'read',
  input: z.object({ userId: UserId }),
  output: Profile,
})

export const editProfile = defineMethod('accounts.edit', {
  means: 'Changes my name, what I say about myself, my time zone or my language; what is left out stays.',
  access: only(signedIn(), members),
  limit: 'membership',
  input: z.object({
    name: z.optional(DisplayName),
    about: z.optional(AboutText),
    timeZone: z.optional(TimeZone),
    language: z.optional(Language),
  }),
  output: Profile,
})

export const setPrivacy = defineMethod('accounts.setPrivacy', {
  means: 'Says who sees my presence, and whether I give read marks and typing; what is left out stays.',
  access: signedIn(),
  limit: 'write',
  input: z.object({
    presence: z.optional(z.enum(presenceAudiences)),
    receipts: z.optional(z.boolean()),
    typing: z.optional(z.boolean()),
  }),
  output: Privacy,
})

export const listSessions = defineMethod('accounts.sessions', {
  means: 'My sessions, the one last used first, at most 100.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: z.array(SessionInfo),
})

export const endSessionById = defineMethod('accounts.endSession', {
  means: 'Ends one of my sessions; its sockets fall at once.',
  access: signedIn(),
  limit: 'write',
  input: z.object({ sessionId: SessionId }),
  output: z.object({}),
})

export const endOtherSessions = defineMethod('accounts.endOtherSessions', {
  means: 'Ends all my sessions but the one that asks.',
  access: signedIn(),
  limit: 'write',
  input: z.object({}),
  output: z.object({ ended: z.int() }),
})

export const profileEdited = defineEvent('accounts.edited', {
  means: 'My name, my username, what I say about myself, my time zone or my language is another.',
  place: 'user',
  data: z.object({ me: Person, about: z.string(), timeZone: z.string(), language: z.string() }),
})
export const privacySet = defineEvent('accounts.privacySet', {
  means: 'I show others more, or less, of myself.',
  place: 'user',
  data: Privacy,
})
