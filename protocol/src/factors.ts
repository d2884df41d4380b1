import * as z from 'zod/mini'
import { SignedIn } from './accounts.ts'
import { anyone, defineMethod, only, signedIn, steppedUp } from './define.ts'
import { PasskeyId, Time } from './ids.ts'
import { Bytes, DisplayName, MAX_PASSWORD_LENGTH, SignedText } from './text.ts'

/** Six digits of an authenticator app. */
export const TotpCode = z.string().check(z.regex(/^[0-9]{6}$/, 'takes six digits'))
/** A recovery code as it was shown, dashes and case aside. */
export const RecoveryCode = z.string().check(z.maxLength(32, 'is too long'))

/** A passkey of mine. */
export const Passkey = z.object({
  passkeyId: PasskeyId,
  name: z.string(),
  createdAt: Time,
  lastUsedAt: z.nullable(Time),
  /** Kept by a service on several devices of mine. */
  isSynced: z.boolean(),
})
export type Passkey = z.infer<typeof Passkey>

/** How I show that it is me, besides a password. */
export const Factors = z.object({
  totpSince: z.nullable(Time),
  recoveryLeft: z.int(),
  passkeys: z.array(Passkey),
})
export type Factors = z.infer<typeof Factors>

/** What the browser's passkey dialog is opened with: WebAuthn's own JSON, and the ticket to hand back with its answer. */
export const PasskeyDialog = z.object({ ticket: SignedText, options: z.record(z.string(), z.unknown()) })

/** What the browser's dialog answered about a passkey that is there. */
export const PasskeyAnswer = z.object({
  ticket: SignedText,
  credential: Bytes,
  clientData: Bytes,
  authenticatorData: Bytes,
  signature: Bytes,
  user: z.optional(Bytes),
})
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>

/** What the browser's dialog answered about a new passkey. */
export const NewPasskey = z.object({
  ticket: SignedText,
  credential: Bytes,
  clientData: Bytes,
  attestation: Bytes,
  transports: z.array(z.string().check(z.maxLength(32))).check(z.maxLength(10)),
})
export type NewPasskey = z.infer<typeof NewPasskey>

/** One of these shows that it is me. */
export const Proof = z.object({
  password: z.optional(z.string().check(z.maxLength(MAX_PASSWORD_LENGTH))),
  totp: z.optional(TotpCode),
  recovery: z.optional(RecoveryCode),
  passkey: z.optional(PasskeyAnswer),
})
export type Proof = z.infer<typeof Proof>

/** A step-up, and until when it holds. */
export const StepUp = z.object({ stepUp: SignedText, until: Time })
export type StepUp = z.infer<typeof StepUp>

export const myFactors = defineMethod('factors.mine', {
  means: 'My authenticator app, recovery codes that are left, and passkeys.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: Factors,
})

export const stepUp = defineMethod('factors.stepUp', {
  means:
    'Shows that it is me, for 15 minutes: by a second factor where I have one, else by my password; without either, by having signed in within the last ten minutes.',
  access: signedIn(),
  limit: 'second',
  input: Proof,
  output: StepUp,
  refusals: ['WrongProof'],
})

export const secondStep = defineMethod('factors.signIn', {
  means: 'The second step of signing in. `trust` spares this browser it for 30 days.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({
    ticket: SignedText,
    totp: z.optional(TotpCode),
    recovery: z.optional(RecoveryCode),
    passkey: z.optional(PasskeyAnswer),
    trust: z.optional(z.boolean()),
  }),
  output: SignedIn,
  refusals: ['WrongProof', 'LinkSpent'],
})

export const openPasskeyDialog = defineMethod('factors.passkeyDialog', {
  means:
    'Opens the browser’s passkey dialog: for signing in, with no name asked for, or for a second step or step-up of whoever asks.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({ ticket: z.optional(SignedText) }),
  output: PasskeyDialog,
  refusals: ['LinkSpent'],
})

export const signInByPasskey = defineMethod('factors.signInByPasskey', {
  means: 'Signs in by a passkey alone; it stands for both steps.',
  access: anyone(),
  limit: 'signIn',
  door: 'http',
  input: PasskeyAnswer,
  output: SignedIn,
  refusals: ['WrongProof', 'LinkSpent'],
})

export const beginTotp = defineMethod('factors.beginTotp', {
  means: 'A new key for an authenticator app; it counts once a code of it came back with the ticket.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText }),
  output: z.object({ ticket: SignedText, key: z.string(), uri: z.string() }),
})

export const confirmTotp = defineMethod('factors.confirmTotp', {
  means:
    'Turns on two-step sign-in, or puts another app in place. Ten recovery codes come with it where there were none.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'second',
  input: z.object({ stepUp: SignedText, ticket: SignedText, code: TotpCode }),
  output: z.object({ factors: Factors, recoveryCodes: z.array(z.string()) }),
  refusals: ['WrongProof', 'LinkSpent'],
})

export const removeTotp = defineMethod('factors.removeTotp', {
  means:
    'Takes the authenticator app away; with no passkey left, the recovery codes too. Whoever runs the server keeps one of the two.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText }),
  output: Factors,
  refusals: ['SecondStepMissing'],
})

export const newRecoveryCodes = defineMethod('factors.newRecoveryCodes', {
  means: 'Ten new recovery codes, shown this once; the old ones open nothing from now on.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText }),
  output: z.object({ recoveryCodes: z.array(z.string()) }),
  refusals: ['SecondStepMissing'],
})

export const beginPasskey = defineMethod('factors.beginPasskey', {
  means: 'Opens the browser’s dialog for a new passkey.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText }),
  output: PasskeyDialog,
  refusals: ['TooManyPasskeys'],
})

export const addPasskey = defineMethod('factors.addPasskey', {
  means: 'Keeps a new passkey. With the first second factor, ten recovery codes come along.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText, name: DisplayName, passkey: NewPasskey }),
  output: z.object({ factors: Factors, recoveryCodes: z.array(z.string()) }),
  refusals: ['PasskeyUnusable', 'TooManyPasskeys', 'LinkSpent'],
})

export const renamePasskey = defineMethod('factors.renamePasskey', {
  means: 'Gives one of my passkeys another name.',
  access: only(signedIn(), ['person']),
  limit: 'account',
  input: z.object({ passkeyId: PasskeyId, name: DisplayName }),
  output: Factors,
})

export const removePasskey = defineMethod('factors.removePasskey', {
  means: 'Forgets one of my passkeys. Whoever runs the server keeps a second factor.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText, passkeyId: PasskeyId }),
  output: Factors,
  refusals: ['LastWayIn', 'SecondStepMissing'],
})
