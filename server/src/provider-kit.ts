import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider'
import type { ProviderSettings } from './sign-in/settings.ts'

/*
 * Another service that one can sign in with: a real OpenID provider on a port of its own, somebody in front of a browser
 * there, and, where a test wants it, answers that no honest service gives.
 */

const CLIENT = 'connectly'
const SECRET = 'a secret of the other service'

/** What somebody's account there says of them. */
export type AccountThere = { sub: string } & Record<string, unknown>
/** What the browser comes back with. */
export type Returned = { state: string; code?: string; issuer?: string; error?: string }
export type OtherService = Awaited<ReturnType<typeof startOtherService>>

export async function startOtherService() {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const accounts = new Map<string, AccountThere>()
  const instead = new Map<string, RequestListener>()
  let atTheBrowser: AccountThere | null = null
  let honest: { provider: Provider; answer: RequestListener } | undefined

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://here')
    const other = instead.get(pathname)
    if (other) return other(request, response)
    if (!honest) return void response.writeHead(503).end()
    if (pathname.startsWith('/interaction/')) return void decide(honest.provider, request, response)
    return honest.answer(request, response)
  })
  const listen = (port: number) =>
    new Promise<number>((done) => server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port)))
  const port = await listen(0)
  const issuer = `http://127.0.0.1:${port}`

  /** Whoever is in front of the browser signs in there, or says no. */
  async function decide(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const result = atTheBrowser
      ? { login: { accountId: atTheBrowser.sub } }
      : { error: 'access_denied', error_description: 'said no' }
    await provider.interactionFinished(request, response, result)
  }

  const stop = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }

  return {
    issuer,
    /** As the server is told of it. */
    settings: {
      provider: 'oidc',
      name: 'The other place',
      issuer: new URL(issuer),
      clientId: CLIENT,
      clientSecret: SECRET,
    } satisfies ProviderSettings,
    /** Begins its work for a client that is sent back here. */
    admit: (back: string, more: Configuration = {}): void => {
      const provider = new Provider(issuer, configurationFor(back, keys.privateKey, accounts, more))
      honest = { provider, answer: provider.callback() }
    },
    /** Somebody with an account there is in front of the browser; nobody who agrees, with null. */
    sits: (account: AccountThere | null): void => {
      atTheBrowser = account
      if (account) accounts.set(account.sub, account)
    },
    /** Sends a browser of its own there, through all redirects, until it is sent back. */
    travel: (url: string): Promise<Returned> => travel(issuer, url),
    /** From now on this path is answered so; as before, without an answer. */
    answers: (path: string, answer?: RequestListener): void =>
      void (answer ? instead.set(path, answer) : instead.delete(path)),
    /** An ID token in its name: by its own key, or by another one. */
    sign: (claims: object, key: KeyObject = keys.privateKey): string => signed(claims, key),
    /** Goes away. */
    stop,
    /** Is back at the same address. */
    start: () => listen(port),
  }
}

function configurationFor(
  back: string,
  key: KeyObject,
  accounts: ReadonlyMap<string, AccountThere>,
  more: Configuration,
): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [back],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: {
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username', 'nickname'],
    },
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'kit' }] },
    cookies: { keys: ['a key for tests'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...accounts.get(sub), sub }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
    adapter: memory(),
    ...more,
  }
}

async function travel(issuer: string, url: string): Promise<Returned> {
  const cookies = new Map<string, string>()
  let at = url
  for (let hops = 0; hops < 10 && at.startsWith(issuer); hops++) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
      cookies.set(name, value)
    }
    const to = response.headers.get('location')
    if (!to) throw new Error(`the other service answered ${response.status}: ${await response.text()}`)
    at = new URL(to, at).href
  }
  const { searchParams } = new URL(at)
  const given = (name: string) => searchParams.get(name) ?? undefined
  return { state: given('state') ?? '', code: given('code'), issuer: given('iss'), error: given('error') }
}

function signed(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', kid: 'kit' })}.${part(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

/** Where it keeps what it handed out. */
function memory(): (model: string) => Adapter {
  const kept = new Map<string, AdapterPayload>()
  const find = (fits: (payload: AdapterPayload) => boolean) => [...kept.values()].find(fits)
  return (model) => ({
    upsert: async (id, payload) => void kept.set(`${model} ${id}`, payload),
    find: async (id) => kept.get(`${model} ${id}`),
    findByUid: async (uid) => find((payload) => payload.uid === uid && payload.kind === model),
    findByUserCode: async (userCode) => find((payload) => payload.userCode === userCode),
    consume: async (id) => {
      const payload = kept.get(`${model} ${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1000)
    },
    destroy: async (id) => void kept.delete(`${model} ${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [name, payload] of kept) if (payload.grantId === grantId) kept.delete(name)
    },
  })
}
