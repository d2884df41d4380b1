import { MailAddress } from '@connectly/protocol'
import * as oidc from 'openid-client'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import { refuse } from '../kernel/refuse.ts'
import type { OtherIdentity, SignInProvider } from '../kernel/services.ts'
import type { Spent } from '../kernel/spent.ts'
import { isLoopback, type ProviderSettings } from './settings.ts'
import { reasonOf } from './reasons.ts'

/** How long the other service may take for each answer, in ms. */
const PATIENCE = 10_000
/** What it says of itself is asked for again after this long, in ms. */
const KNOWN_FOR = 60 * 60 * 1000
/** A way back is remembered as used for as long as its ticket could be shown, in ms. */
const JOURNEY_LIFE = 10 * 60 * 1000
/** The page that the other service sends the browser back to. */
const BACK = '/back'

type Parts = { url: () => string; spent: Spent; clock: Clock; logger: Logger; patience?: number }

/**
 * Signing in with another service by OpenID Connect: the code flow with PKCE, state and nonce, the ID token's signature
 * checked against the keys of the service. Nothing is asked of it before somebody wants to sign in.
 */
export function createProvider(settings: ProviderSettings, parts: Parts): SignInProvider {
  const { provider, name } = settings
  const { url, spent, clock, logger, patience = PATIENCE } = parts
  let known: { configuration: oidc.Configuration; at: number } | undefined
  let asked: Promise<oidc.Configuration> | undefined

  /** What the service says of itself: asked once, however many wait for it; while it is away, what it said last. */
  function discovered(): Promise<oidc.Configuration> {
    if (known && clock() - known.at < KNOWN_FOR) return Promise.resolve(known.configuration)
    asked ??= discover(settings, patience)
      .then(
        (configuration) => (known = { configuration, at: clock() }).configuration,
        (error: unknown) => {
          if (known) return known.configuration
          throw error
        },
      )
      .finally(() => (asked = undefined))
    return asked
  }

  /** What went wrong, told to whoever runs the server; to whoever signs in, as much as helps. */
  function fail(error: unknown): never {
    const { reason, code, advice } = reasonOf(error)
    if (reason === 'denied') return refuse('ProviderDenied')
    logger.warn({ provider, reason, code, ...(advice && { advice }) }, 'signing in with another service failed')
    return refuse('ProviderFailed', { reason })
  }

  return {
    provider,
    name,

    begin: async () => {
      const configuration = await discovered().catch(fail)
      const back = `${url()}${BACK}`
      const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()]
      const to = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: back,
        scope: 'openid email profile',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url: to.href, kept: { state, nonce, verifier, back } }
    },

    finish: async (kept, returned) => {
      const { state = '', nonce = '', verifier = '', back = '' } = kept
      if (state === '' || returned.state !== state) refuse('LinkSpent')
      if (!(await spent.first('journey', state, clock() + JOURNEY_LIFE))) refuse('LinkSpent')
      const here = new URL(back)
      here.searchParams.set('state', returned.state)
      for (const [name, value] of [
        ['code', returned.code],
        ['iss', returned.issuer],
        ['error', returned.error],
      ] as const)
        if (value !== undefined) here.searchParams.set(name, value)
      try {
        const configuration = await discovered()
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
        const tokens = await oidc.authorizationCodeGrant(configuration, here, checks)
        const claims = tokens.claims() ?? {}
        return identityOf(claims, await moreOf(configuration, tokens.access_token, claims))
      } catch (error) {
        return fail(error)
      }
    },
  }
}

/** Asks the service what it says of itself. */
function discover(settings: ProviderSettings, patience: number): Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret } = settings
  const [byBody, byHeader] = [oidc.ClientSecretPost(clientSecret), oidc.ClientSecretBasic(clientSecret)]
  const shown: oidc.ClientAuth = (server, ...rest) =>
    (server.token_endpoint_auth_methods_supported?.includes('client_secret_post') ? byBody : byHeader)(server, ...rest)
  return oidc.discovery(issuer, clientId, undefined, shown, {
    timeout: patience / 1000,
    execute: [oidc.enableNonRepudiationChecks, ...(isLoopback(issuer) ? [oidc.allowInsecureRequests] : [])],
  })
}

type Claims = Record<string, unknown>

/** What the ID token left out of address and name, asked for separately where the service offers it. */
async function moreOf(configuration: oidc.Configuration, accessToken: string, claims: Claims): Promise<Claims> {
  const isWhole = claims['email'] !== undefined && (claims['name'] ?? claims['preferred_username']) !== undefined
  if (isWhole || !configuration.serverMetadata().userinfo_endpoint) return {}
  return oidc.fetchUserInfo(configuration, accessToken, String(claims['sub']))
}

/** Who that is. What a service says is text of somebody else's: shortened, and without what no store can keep. */
function identityOf(claims: Claims, more: Claims): OtherIdentity {
  // Whether an address is verified is said beside it, and nowhere else.
  const mail = claims['email'] === undefined ? more : claims
  const email = MailAddress.safeParse(mail['email'])
  const address = email.success ? email.data : null
  const all = { ...more, ...claims }
  const names = [all['name'], `${said(all['given_name'])} ${said(all['family_name'])}`]
  const usernames = [all['preferred_username'], address?.split('@')[0], all['nickname'], ...names]
  return {
    subject: String(claims['sub']),
    email: address,
    isEmailVerified: address !== null && (mail['email_verified'] === true || mail['email_verified'] === 'true'),
    username: usernames.map(said).find(Boolean) ?? '',
    name: [...names, all['preferred_username']].map(said).find(Boolean) ?? '',
  }
}

/** Text that any store can keep; what is no text is none. */
function said(value: unknown): string {
  if (typeof value !== 'string') return ''
  return value
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 200)
    .toWellFormed()
}
