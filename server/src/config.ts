import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { registrationModes } from '@connectly/protocol'
import { captchaSettings, readCaptcha, type CaptchaSettings } from './captcha/settings.ts'
import type { LogSettings } from './kernel/log-files.ts'
import { mailSettings, readMailServer, type MailServer } from './mail/settings.ts'
import { operatorSettings, readOperator } from './operator.ts'
import { providerSettings, readProviders, type ProviderSettings } from './sign-in/settings.ts'
import { isHopCount, isProxyName } from './transport/client-address.ts'
import { isExactOrigin } from './transport/origin.ts'
import type { Operator } from './transport/pages/operator.ts'

/** Who may come in. */
export type EntrySettings = { registration: (typeof registrationModes)[number]; guests: boolean }

export type Config = {
  port: number
  host: string
  dataDir: string
  publicUrl: URL | null
  /** Peers whose `X-Forwarded-…` is believed: addresses, networks with a prefix, `loopback`; or a number of hops alone. */
  trustedProxies: readonly string[]
  /** Absent, everybody. */
  entry?: EntrySettings
  /** Origins of pages elsewhere that may ask, besides our own. */
  corsOrigins: readonly string[]
  logLevel: string
  /** Log files; null writes everything to standard error. */
  logs: LogSettings | null
  /** What `/metrics` asks for; null shows them to whoever asks directly from this machine or its private network. */
  metricsToken: string | null
  /** Null where it is to be made and kept in the store, for all processes that share it. */
  secretKey: string | null
  production: boolean
  /** Where the store is; the embedded database in the data folder without any. */
  databaseUrl: string | null
  mongodbUri: string | null
  /** What carries messages between processes. */
  redisUrl: string | null
  /** Where mail is handed to; an outbox folder in the data folder where absent. */
  mail?: MailServer | null
  /** How programs are kept out; not at all where absent. */
  captcha?: CaptchaSettings
  /** Services one can sign in with. */
  providers?: readonly ProviderSettings[]
  /** What is said of whoever runs this; nothing where absent. */
  operator?: Operator
}

type Setting = { doc: string; default: string | null; example: string }

/** Every setting, its meaning and default: `.env.example` and the documents are made from this table. */
export const settings: Record<
  | 'PORT'
  | 'HOST'
  | 'DATA_DIR'
  | 'DATABASE_URL'
  | 'MONGODB_URI'
  | 'REDIS_URL'
  | 'PUBLIC_URL'
  | 'TRUSTED_PROXIES'
  | 'CORS_ORIGINS'
  | 'REGISTRATION'
  | 'GUESTS'
  | 'LOG_LEVEL'
  | 'LOG_DIR'
  | 'LOG_MAX_SIZE'
  | 'LOG_KEEP'
  | 'METRICS_TOKEN'
  | 'SECRET_KEY'
  | 'NODE_ENV'
  | keyof typeof mailSettings
  | keyof typeof captchaSettings
  | keyof typeof providerSettings
  | keyof typeof operatorSettings,
  Setting
> = {
  PORT: { doc: 'TCP port to listen on; 0 takes a free one.', default: '3000', example: '3000' },
  HOST: {
    doc: 'Address to listen on. 127.0.0.1 admits this machine only, 0.0.0.0 every network it is in.',
    default: '127.0.0.1',
    example: '127.0.0.1',
  },
  DATA_DIR: {
    doc: 'Folder for the database and the secret key; made when missing.',
    default: './data',
    example: './data',
  },
  DATABASE_URL: {
    doc: 'A PostgreSQL database (15 or newer) to keep everything in, instead of the embedded one; several processes may share it. Options: sslmode=disable, verify-full (with sslrootcert) or no-verify.',
    default: null,
    example: 'postgres://connectly:password@db.example.org:5432/connectly',
  },
  MONGODB_URI: {
    doc: 'A MongoDB replica set (one node will do) to keep everything in, instead. Set this or DATABASE_URL, not both.',
    default: null,
    example: 'mongodb://connectly:password@db.example.org:27017/connectly?replicaSet=rs0',
  },
  REDIS_URL: {
    doc: 'A Redis that carries messages between processes which share a database. It keeps nothing that may not be lost. On a public host only with TLS (rediss:).',
    default: null,
    example: 'rediss://connectly:password@redis.example.org:6379',
  },
  PUBLIC_URL: {
    doc: 'Address that people type, with scheme and no path. With https, cookies are Secure and HSTS is sent. Without it, requests must come from the address they were sent to.',
    default: null,
    example: 'https://chat.example.org',
  },
  TRUSTED_PROXIES: {
    doc: 'The reverse proxies in front, with commas between: addresses, networks like 10.0.0.0/24, or loopback for one on this machine. Limits and logs then take the address of the client from their X-Forwarded-For. Name proxies that set or append that header, and no network with clients in it: whoever is named may say where they come from. Or, where their addresses change, how many of them there are, as a number alone: 1 takes the last entry of the header; then nobody may reach the port but through them. Without it, or with 0, such headers are ignored.',
    default: null,
    example: 'loopback, 10.0.0.5',
  },
  CORS_ORIGINS: {
    doc: 'Origins of pages elsewhere that may ask, besides our own, with commas between: each exactly as a browser names it, without a path. Whoever runs such a page can do what its visitors may. Cookies reach us only from addresses of the same site, as app.example.org is to chat.example.org.',
    default: null,
    example: 'https://app.example.org',
  },
  REGISTRATION: {
    doc: 'Who may make an account: open for everybody, invitation for whoever has a link of an administrator (or of npm run invite), closed for nobody. An invitation counts in every case.',
    default: 'open',
    example: 'invitation',
  },
  GUESTS: {
    doc: 'Whether people may look in as guests, without a password: on or off. Guests write where they are taken along, and find and ask nobody.',
    default: 'on',
    example: 'off',
  },
  LOG_LEVEL: { doc: 'debug, info, warn, error or fatal.', default: 'info', example: 'info' },
  LOG_DIR: {
    doc: 'Folder for log files that are rotated: access.log (who came and went), error.log (warnings and worse), app.log (the rest). One folder a process. Without it, everything goes to standard error.',
    default: null,
    example: '/var/log/connectly',
  },
  LOG_MAX_SIZE: {
    doc: 'How large a log file grows before it is rotated, in kB or MB; 100kB at least.',
    default: '10MB',
    example: '10MB',
  },
  LOG_KEEP: {
    doc: 'How many files of each log are kept, from 2 to 1000, the present one included; the oldest is deleted.',
    default: '10',
    example: '10',
  },
  METRICS_TOKEN: {
    doc: 'At least 16 characters, which /metrics then asks for as Authorization: Bearer. Without it, only who asks directly, from this machine or its private network and through no proxy, gets an answer.',
    default: null,
    example: 'make one with: openssl rand -hex 32',
  },
  SECRET_KEY: {
    doc: 'At least 32 characters; signs what is handed out, and seals the keys of authenticator apps: with another one they and recovery codes open nothing. Made and kept in the data folder, or in a database that is shared, when absent; required when NODE_ENV is production.',
    default: null,
    example: 'make one with: openssl rand -base64 32',
  },
  NODE_ENV: {
    doc: 'development, staging or production. The last two demand SECRET_KEY and PUBLIC_URL.',
    default: 'development',
    example: 'production',
  },
  ...mailSettings,
  ...captchaSettings,
  ...providerSettings,
  ...operatorSettings,
}

/** The environment cannot be started with; `problems` says why, one line each. */
export class ConfigUnusable extends Error {
  problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(
      `Connectly cannot start with these settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nEvery setting is described in .env.example.`,
    )
    this.problems = problems
  }
}

/** Adds what stands in this folder's `.env`, if there is one, to the environment. What is set there already wins. */
export function loadEnvFile(folder: string): void {
  const file = join(folder, '.env')
  if (!existsSync(file)) return
  try {
    process.loadEnvFile(file)
  } catch (error) {
    throw new ConfigUnusable([`The file ${file} cannot be read: ${(error as Error).message}.`])
  }
}

/** Reads and checks the whole environment at once, so that all mistakes are told together. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = []
  const read = (name: keyof typeof settings): string | null => env[name]?.trim() || settings[name].default
  const check = (name: keyof typeof settings, fine: boolean, wants: string) => {
    if (!fine) problems.push(`${name} ${wants}${name === 'SECRET_KEY' ? '' : `, not "${read(name) ?? ''}"`}.`)
  }

  const port = Number(read('PORT'))
  check(
    'PORT',
    Number.isInteger(port) && port >= 0 && port <= 65_535 && /^\d+$/.test(read('PORT') ?? ''),
    'takes a number from 0 to 65535',
  )
  const host = read('HOST') ?? ''
  check('HOST', /^[A-Za-z0-9.:_-]+$/.test(host), 'takes an address or a host name')
  const level = read('LOG_LEVEL') ?? ''
  check(
    'LOG_LEVEL',
    ['debug', 'info', 'warn', 'error', 'fatal'].includes(level),
    'takes debug, info, warn, error or fatal',
  )
  const maxSize = bytesOf(read('LOG_MAX_SIZE') ?? '')
  check(
    'LOG_MAX_SIZE',
    maxSize >= 100_000 && maxSize <= 10_000_000_000,
    'takes a size like 500kB or 10MB, from 100kB on',
  )
  const keep = /^\d{1,4}$/.test(read('LOG_KEEP') ?? '') ? Number(read('LOG_KEEP')) : 0
  check('LOG_KEEP', keep >= 2 && keep <= 1000, 'takes a number from 2 to 1000')
  const logDir = read('LOG_DIR')
  const metricsToken = read('METRICS_TOKEN')
  if (metricsToken && !/^[\x21-\x7e]{16,500}$/.test(metricsToken))
    problems.push('METRICS_TOKEN takes at least 16 characters, without spaces. Make one with: openssl rand -hex 32')
  const mode = read('NODE_ENV') ?? ''
  check(
    'NODE_ENV',
    ['development', 'staging', 'production', 'test'].includes(mode),
    'takes development, staging or production',
  )
  const production = mode === 'production' || mode === 'staging'
  const given = read('PUBLIC_URL')
  const publicUrl = given ? URL.parse(given) : null
  check(
    'PUBLIC_URL',
    !given || (publicUrl !== null && /^https?:$/.test(publicUrl.protocol) && publicUrl.href === `${publicUrl.origin}/`),
    'takes an address like https://chat.example.org, without a path',
  )
  if (production && !given) problems.push('PUBLIC_URL is missing; production needs it.')
  const trustedProxies = (read('TRUSTED_PROXIES') ?? '').split(/[\s,]+/).filter(Boolean)
  check(
    'TRUSTED_PROXIES',
    isHopCount(trustedProxies) || trustedProxies.every(isProxyName),
    'takes addresses, networks like 10.0.0.0/24 and loopback, with commas between, or a number of proxies alone',
  )
  const registration = registrationModes.find((mode) => mode === read('REGISTRATION'))
  check('REGISTRATION', registration !== undefined, 'takes open, invitation or closed')
  const guests = read('GUESTS') ?? ''
  check('GUESTS', guests === 'on' || guests === 'off', 'takes on or off')
  const corsOrigins = (read('CORS_ORIGINS') ?? '').split(/[\s,]+/).filter(Boolean)
  check(
    'CORS_ORIGINS',
    corsOrigins.every((origin) => isExactOrigin(origin) && (!isHttps(publicUrl) || origin.startsWith('https:'))),
    'takes origins like https://app.example.org with commas between, in small letters, without a path or a usual port, and under an https PUBLIC_URL only https ones',
  )
  const secret = read('SECRET_KEY')
  check('SECRET_KEY', !secret || secret.length >= 32, 'takes at least 32 characters')
  if (production && !secret)
    problems.push('SECRET_KEY is missing; production needs it. Make one with: openssl rand -base64 32')
  const [databaseUrl, mongodbUri, redisUrl] = [read('DATABASE_URL'), read('MONGODB_URI'), read('REDIS_URL')]
  const hidden = (name: 'DATABASE_URL' | 'MONGODB_URI' | 'REDIS_URL', schemes: RegExp, wants: string) => {
    const value = read(name)
    if (value && !schemes.test(value)) problems.push(`${name} takes an address that begins with ${wants}.`)
  }
  hidden('DATABASE_URL', /^postgres(ql)?:\/\//, 'postgres://')
  hidden('MONGODB_URI', /^mongodb(\+srv)?:\/\//, 'mongodb:// or mongodb+srv://')
  hidden('REDIS_URL', /^rediss?:\/\//, 'redis:// or rediss://')
  if (databaseUrl && mongodbUri)
    problems.push('DATABASE_URL and MONGODB_URI are both set; everything is kept in one of them. Unset the other.')
  if (redisUrl && !databaseUrl && !mongodbUri)
    problems.push('REDIS_URL is for processes that share a database; it needs DATABASE_URL or MONGODB_URI.')
  const mail = readMailServer(read, problems)
  const captcha = readCaptcha(read, problems)
  const providers = readProviders(read, problems)
  const operator = readOperator(read, problems)
  if (problems.length > 0) throw new ConfigUnusable(problems)

  const dataDir = resolve(read('DATA_DIR') ?? './data')
  const isShared = databaseUrl !== null || mongodbUri !== null
  const secretKey = secret ?? (isShared ? null : keptSecret(dataDir))
  return {
    port,
    host,
    dataDir,
    publicUrl,
    trustedProxies,
    entry: { registration: registration ?? 'closed', guests: guests === 'on' },
    corsOrigins,
    logLevel: level,
    logs: logDir ? { dir: resolve(logDir), maxSize, keep } : null,
    metricsToken,
    secretKey,
    production,
    databaseUrl,
    mongodbUri,
    redisUrl,
    mail,
    captcha,
    providers,
    operator,
  }
}

/** The bytes of a size like 10MB; NaN where it is none. */
function bytesOf(size: string): number {
  const [, number, unit = ''] = /^(\d{1,9}) ?(kb|mb)$/i.exec(size) ?? []
  return Number(number) * (unit.toLowerCase() === 'kb' ? 1000 : 1_000_000)
}

const isHttps = (url: URL | null): boolean => url?.protocol === 'https:'

/** The key in the data folder, made on the first start. */
function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'secret-key')
  try {
    if (existsSync(file)) {
      const kept = readFileSync(file, 'utf8').trim()
      if (kept.length < 32) throw new Error('it is damaged; delete it to have a new one made')
      return kept
    }
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const made = randomBytes(32).toString('base64')
    writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
    return made
  } catch (error) {
    throw new ConfigUnusable([
      `DATA_DIR: the secret key ${file} cannot be read or written: ${(error as Error).message}.`,
    ])
  }
}

/** The text of `.env.example`. */
export function envExample(): string {
  return `# Connectly's settings. None is needed: \`npm start\` runs without any. Copy this file to .env and change what you like; what stands in the real environment wins.\n\n${Object.entries(
    settings,
  )
    .map(
      ([name, { doc, default: fallback, example }]) =>
        `# ${doc}\n# Default: ${fallback ?? 'none'}\n#${name}=${example}\n`,
    )
    .join('\n')}`
}
