import type { EntryRules, WorkToDo } from '@connectly/protocol'
import type { Penalties } from './penalties.ts'
import type { Seals } from './seals.ts'
import type { Tallies } from './tallies.ts'
import type { Tries } from './tries.ts'

/** What a page may load from elsewhere, by the kind of thing: what a Content-Security-Policy lists. */
export type PageSources = Record<'script' | 'frame' | 'style' | 'connect', readonly string[]>

/** A human check. */
export type Captcha = {
  kind: EntryRules['captcha']['kind']
  siteKey: string
  /** What its own scripts need of the page; absent where there are none. */
  sources?: PageSources
  /** A sum to do, where the check is our own; null otherwise. */
  give(): WorkToDo | null
  /** Whether this answers it, once. A service that cannot be reached counts as no. */
  holds(answer: string, address: string): Promise<boolean>
}

/** Who somebody is at another service. */
export type OtherIdentity = {
  subject: string
  email: string | null
  isEmailVerified: boolean
  username: string
  name: string
}

/** A service one can sign in with, by OpenID Connect. */
export type SignInProvider = {
  provider: string
  name: string
  /** Where to send the browser, and what is to be kept until it is back. */
  begin(): Promise<{ url: string; kept: Record<string, string> }>
  /** Who came back, once; refuses `LinkSpent` for another journey or a second time, `ProviderFailed` or `ProviderDenied`. */
  finish(
    kept: Record<string, string>,
    returned: { state: string; code?: string | undefined; issuer?: string | undefined; error?: string | undefined },
  ): Promise<OtherIdentity>
}

/** What the house offers to features besides its store: each chosen by the settings, none known to a feature by name. */
export type Services = {
  seals: Seals
  tries: Tries
  penalties: Penalties
  tallies: Tallies
  captcha: Captcha
  providers: readonly SignInProvider[]
  mails: {
    /** Whether mail leaves this server. */
    isOn: boolean
    /** Looks for mails to send now. */
    wake(): void
  }
  entry: { registration: EntryRules['registration']; guests: boolean }
  /** Where this server is, as people type it, without a slash at the end. */
  url(): string
}
