/** A service one can sign in with, as the settings name it. */
export type ProviderSettings = {
  /** What links call it. */
  provider: string
  /** What people see. */
  name: string
  issuer: URL
  clientId: string
  clientSecret: string
}

export const providerSettings = {
  GOOGLE_CLIENT_ID: {
    doc: 'Lets people sign in with Google. From a web client of a Google Cloud project, with <PUBLIC_URL>/back as its redirect URI.',
    default: null,
    example: '1234567890-abc.apps.googleusercontent.com',
  },
  GOOGLE_CLIENT_SECRET: {
    doc: 'The secret that belongs to GOOGLE_CLIENT_ID.',
    default: null,
    example: 'the client secret from the same page',
  },
  OIDC_ISSUER: {
    doc: 'Lets people sign in with a service of yours that speaks OpenID Connect: the address that it names as its issuer, to the letter. Give it <PUBLIC_URL>/back as redirect URI.',
    default: null,
    example: 'https://id.example.org/realms/people',
  },
  OIDC_CLIENT_ID: { doc: 'What that service knows Connectly by.', default: null, example: 'connectly' },
  OIDC_CLIENT_SECRET: {
    doc: 'The secret that belongs to OIDC_CLIENT_ID.',
    default: null,
    example: 'the client secret from that service',
  },
  OIDC_NAME: {
    doc: 'What its button says, up to 40 characters.',
    default: 'Single sign-on',
    example: 'The Example account',
  },
} as const

const GOOGLE = new URL('https://accounts.google.com')

/** Reads and checks them; what is wrong is told as one line each, without a secret. */
export function readProviders(
  read: (name: keyof typeof providerSettings) => string | null,
  problems: string[],
): ProviderSettings[] {
  const found: ProviderSettings[] = []
  const google = { id: read('GOOGLE_CLIENT_ID'), secret: read('GOOGLE_CLIENT_SECRET') }
  const own = { issuer: read('OIDC_ISSUER'), id: read('OIDC_CLIENT_ID'), secret: read('OIDC_CLIENT_SECRET') }

  if (google.id || google.secret) {
    if (!google.id || !google.secret)
      problems.push(
        `GOOGLE_CLIENT_${google.id ? 'SECRET' : 'ID'} is missing; signing in with Google needs both, or neither of them.`,
      )
    else
      found.push({
        provider: 'google',
        name: 'Google',
        issuer: GOOGLE,
        clientId: google.id,
        clientSecret: google.secret,
      })
  }

  if (own.issuer || own.id || own.secret) {
    const missing = [!own.issuer && 'OIDC_ISSUER', !own.id && 'OIDC_CLIENT_ID', !own.secret && 'OIDC_CLIENT_SECRET']
    for (const name of missing.filter((each) => each !== false))
      problems.push(`${name} is missing; OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together.`)
    const issuer = own.issuer ? URL.parse(own.issuer) : null
    if (own.issuer && (!issuer || !isIssuer(issuer)))
      problems.push(
        'OIDC_ISSUER takes the address that the service names as its issuer: with https:// (http:// for this machine alone), without ? or #, and without /.well-known/.',
      )
    const name = read('OIDC_NAME') ?? ''
    if (name.length > 40) problems.push('OIDC_NAME takes up to 40 characters.')
    if (issuer && own.id && own.secret)
      found.push({ provider: 'oidc', name, issuer, clientId: own.id, clientSecret: own.secret })
  }
  return found
}

const isIssuer = (url: URL): boolean =>
  (url.protocol === 'https:' || isLoopback(url)) && /^[^?#@]+$/.test(url.href) && !url.href.includes('/.well-known/')

/** Whether this is plain HTTP to this machine, where nobody can listen in. */
export const isLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
