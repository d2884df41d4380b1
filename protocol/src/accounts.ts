import * as z from 'zod/mini'
import { accountKinds, anyone, defineEvent, defineMethod, only, signedIn } from './define.ts'
import { SessionId, Time, UserId } from './ids.ts'
import { AboutText, DisplayName, MAX_PASSWORD_LENGTH, Password, SearchText, Username } from './text.ts'

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
export const Profile = z.object({ person: Person, about: z.string() })
export type Profile = z.infer<typeof Profile>

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

/** One of my sessions: a browser, a phone, a bot's token. */
export const SessionInfo = z.object({
  sessionId: SessionId,
  /** What it says it is, as `Firefox on Linux`; empty when unknown. */
  device: z.string(),
  createdAt: Time,
  lastUsedAt: Time,
  isThis: z.boolean(),
})
export type SessionInfo = z.infer<typeof SessionInfo>

export const signUp = defineMethod('accounts.signUp', {
  means: 'Makes an account and signs in.',
  access: anyone(),
  limit: 'signUp',
  door: 'http',
  input: z.object({ username: Username, password: Password, name: z.optional(DisplayName) }),
  output: Person,
  refusals: ['UsernameTaken', 'PasswordTooCommon'],
})

export const signIn = defineMethod('accounts.signIn', {
  means: 'Signs in. An unknown name and a wrong password are answered alike, in words and in time.',
  access: anyone(),
  limit: 'signIn',
  door: 'http',
  input: z.object({
    username: z.string().check(z.maxLength(64)),
    password: z.string().check(z.maxLength(MAX_PASSWORD_LENGTH)),
  }),
  output: Person,
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

export const findPeople = defineMethod('accounts.find', {
  means: 'People whose name or username begins with these words, at most 20, the asking person left out.',
  access: signedIn(),
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
  means: 'Changes my name or what I say about myself; what is left out stays.',
  access: only(signedIn(), ['person', 'bot', 'ai']),
  limit: 'membership',
  input: z.object({ name: z.optional(DisplayName), about: z.optional(AboutText) }),
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
  means: 'My name, or what I say about myself, is another.',
  place: 'user',
  data: z.object({ me: Person, about: z.string() }),
})
export const privacySet = defineEvent('accounts.privacySet', {
  means: 'I show others more, or less, of myself.',
  place: 'user',
  data: Privacy,
})
