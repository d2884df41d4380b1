import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import type { ConnectionOptions } from 'node:tls'
import { StoreUnusable } from '../store.ts'

/** Where a PostgreSQL database is, as the driver wants it. `host` is a folder where the server is reached by a socket. */
export type PostgresAddress = {
  host: string
  port: number
  user: string
  password: string | undefined
  database: string
  ssl: false | ConnectionOptions
}

const DEFAULT_PORT = 5432
const here = new Set(['localhost', '127.0.0.1', '::1'])
const known = ['host', 'sslmode', 'sslrootcert']

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. The driver's own parser takes nearly anything and fails
 * later; this one refuses what it does not know. No word of the address is repeated that may be a part of a password.
 * Throws `StoreUnusable` with one line that names DATABASE_URL.
 */
export function readAddress(url: string): PostgresAddress {
  const scheme = /^postgres(ql)?:\/\//.exec(url.trim())?.[0]
  if (!scheme) throw wrong('takes an address that begins with postgres://')
  const rest = url.trim().slice(scheme.length)
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? ''
  const [, path = '', query = '', hash = ''] =
    /^(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/.exec(rest.slice(authority.length)) ?? []
  if (hash || rest.slice(authority.length).includes('@'))
    throw wrong('holds a / ? # or @ that must be percent-encoded, perhaps in the password (%2F %3F %23 %40)')

  const at = authority.lastIndexOf('@')
  const [, user = '', password] = /^([^:]*)(?::(.*))?$/s.exec(authority.slice(0, Math.max(at, 0))) ?? []
  const options = readOptions(query)
  const named = readHost(authority.slice(at + 1))
  const host = readSocket(options.get('host')) ?? (named.host || '/var/run/postgresql')
  const database = decode(path)
  if (!database || database.includes('/')) throw wrong('names no database; write it behind the host, as in …/connectly')

  return {
    host,
    port: named.port,
    user: decode(user) || userInfo().username,
    password: password === undefined || password === '' ? undefined : decode(password),
    database,
    ssl: readSsl(host, options),
  }
}

/** The server behind an address, in words: `db.example.org:5432`, or the folder of its socket. */
export function placeOf({ host, port }: PostgresAddress): string {
  if (host.startsWith('/')) return `the socket ${host}/.s.PGSQL.${port}`
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

function readHost(text: string): { host: string; port: number } {
  if (text.includes(',')) throw wrong('names several hosts; name one that follows the primary')
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]*)(?::(.*))?$/s.exec(text) ?? []
  const number = port === undefined || port === '' ? DEFAULT_PORT : Number(port)
  if (host === undefined || !Number.isInteger(number) || number < 1 || number > 65_535)
    throw wrong('has a port that is not a number from 1 to 65535; in a password, write : @ / ? # percent-encoded')
  const plain = decode(host).replace(/^\[(.*)\]$/, '$1')
  if (!plain.startsWith('/') && /[^A-Za-z0-9_.:-]/.test(plain)) throw wrong('has a host that cannot be one')
  return { host: plain, port: number }
}

function readSocket(folder: string | undefined): string | undefined {
  if (folder !== undefined && !folder.startsWith('/'))
    throw wrong('has an option host that is not the folder of a socket; write a host name before the database')
  return folder
}

function readOptions(query: string): Map<string, string> {
  const options = new Map<string, string>()
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = part.split('=')
    if (!known.includes(name)) throw wrong(`has an option ${shown(name)} that is not known; ${known.join(', ')} are`)
    if (options.has(name)) throw wrong(`has the option ${name} twice`)
    options.set(name, decode(value.join('=')))
  }
  return options
}

/** Encrypted and verified, unless the server is on this machine or the address says otherwise. */
function readSsl(host: string, options: Map<string, string>): false | ConnectionOptions {
  const isSocket = host.startsWith('/')
  const root = options.get('sslrootcert')
  const mode =
    options.get('sslmode') ?? (isSocket || (here.has(host) && root === undefined) ? 'disable' : 'verify-full')
  if (root !== undefined && mode !== 'verify-full')
    throw wrong('has sslrootcert, which goes with sslmode=verify-full only')
  if (mode === 'disable') return false
  if (isSocket) throw wrong('asks for TLS over a socket of this machine; leave sslmode out')
  if (mode === 'no-verify') return { rejectUnauthorized: false }
  if (mode === 'verify-full') return root === undefined ? {} : { ca: readCertificate(root) }
  throw wrong(`has an sslmode ${shown(mode)}; it is disable, verify-full (also with sslrootcert=FILE) or no-verify`)
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw wrong(`names a certificate ${file} (sslrootcert) that cannot be read: ${(error as Error).message}`)
  }
}

/** A word that may be shown: short and plain, so that a slip of the pen does not print half a password. */
const shown = (word: string) => (/^[A-Za-z][A-Za-z_-]{0,30}$/.test(word) ? word : 'of an odd name')

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('has a % that stands for nothing; a % of its own is written %25')
  }
}

const wrong = (what: string) => new StoreUnusable(`DATABASE_URL ${what}.`)
