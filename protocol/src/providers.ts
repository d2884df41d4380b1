import * as z from 'zod/mini'
import { SignedIn } from './accounts.ts'
import { anyone, defineMethod, only, signedIn, steppedUp } from './define.ts'
import { Time } from './ids.ts'
import { DisplayName, SignedText, Username } from './text.ts'

/** What links and settings call a service: `google`, or a name of the operator's. */
export const ProviderName = z.string().check(z.regex(/^[a-z0-9-]{1,32}$/, 'is not a service'))

/** An account of another service that signs me in here. */
export const LinkedAccount = z.object({
  provider: z.string(),
  /** What the service calls itself to people. */
  name: z.string(),
  /** Which account it is there: an address, or a name. */
  account: z.string(),
  linkedAt: Time,
})
export type LinkedAccount = z.infer<typeof LinkedAccount>

/** Where to send the browser, and the ticket to keep in it until it comes back. */
export const ProviderJourney = z.object({ url: z.string(), ticket: SignedText })

/** What the other service sent the browser back with. */
const Returned = {
  ticket: SignedText,
  state: z.string().check(z.maxLength(500)),
  code: z.optional(z.string().check(z.maxLength(4000))),
  issuer: z.optional(z.string().check(z.maxLength(500))),
  error: z.optional(z.string().check(z.maxLength(200))),
}

/**
 * Back from the other service. Signed in, or half way; or nobody here belongs to that account yet: then `newcomer` holds a
 * ticket to make an account with, and what it could be called.
 */
export const Returning = z.object({
  signedIn: z.nullable(SignedIn),
  newcomer: z.nullable(z.object({ ticket: SignedText, username: z.string(), name: z.string() })),
})
export type Returning = z.infer<typeof Returning>

export const goToProvider = defineMethod('providers.go', {
  means: 'Where to send the browser to sign in with another service.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  input: z.object({ provider: ProviderName }),
  output: ProviderJourney,
  refusals: ['ProviderFailed'],
})

export const returnFromProvider = defineMethod('providers.return', {
  means: 'The browser is back from another service.',
  access: anyone(),
  limit: 'second',
  door: 'http',
  /** An invitation lets somebody new in where the house is not open. */
  input: z.object({ ...Returned, invitation: z.optional(SignedText) }),
  output: Returning,
  refusals: [
    'LinkSpent',
    'ProviderFailed',
    'ProviderDenied',
    'AddressUnproven',
    'RegistrationClosed',
    'InvitationNeeded',
  ],
})

export const signUpWithProvider = defineMethod('providers.signUp', {
  means: 'Makes an account for whoever came from another service, and signs in.',
  access: anyone(),
  limit: 'signUp',
  door: 'http',
  input: z.object({
    ticket: SignedText,
    username: Username,
    name: z.optional(DisplayName),
    terms: z.string().check(z.maxLength(32)),
    invitation: z.optional(SignedText),
  }),
  output: SignedIn,
  refusals: ['LinkSpent', 'UsernameTaken', 'TermsChanged', 'AlreadyLinked', 'RegistrationClosed', 'InvitationNeeded'],
})

export const linkedAccounts = defineMethod('providers.mine', {
  means: 'Accounts of other services that sign me in here.',
  access: signedIn(),
  limit: 'read',
  input: z.object({}),
  output: z.array(LinkedAccount),
})

export const goToLink = defineMethod('providers.goToLink', {
  means: 'Where to send the browser to link another service to my account.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  door: 'http',
  input: z.object({ stepUp: SignedText, provider: ProviderName }),
  output: ProviderJourney,
  refusals: ['ProviderFailed'],
})

export const linkProvider = defineMethod('providers.link', {
  means: 'Back from another service: links its account to mine.',
  access: only(signedIn(), ['person']),
  limit: 'account',
  door: 'http',
  input: z.object(Returned),
  output: z.array(LinkedAccount),
  refusals: ['LinkSpent', 'ProviderFailed', 'ProviderDenied', 'AlreadyLinked'],
})

export const unlinkProvider = defineMethod('providers.unlink', {
  means: 'Takes a link to another service away.',
  access: steppedUp(only(signedIn(), ['person'])),
  limit: 'account',
  input: z.object({ stepUp: SignedText, provider: ProviderName }),
  output: z.array(LinkedAccount),
  refusals: ['LastWayIn'],
})
