import { BlockList, isIP } from 'node:net'
import { PubSubUnusable } from './pubsub.ts'

/** Where Redis is, and as whom it is asked. */
export type RedisAddress = {
  host: string
  port: number
  db: number
  username: string | undefined
  password: string | undefined
  /** Options of TLS where it is used. */
  tls: { servername?: string; rejectUnauthorized: true } | undefined
}

/**
 * Reads REDIS_URL. Nothing is resolved: a host is judged by its name, an address by its range. Throws `PubSubUnusable`
 * with one line that never shows the address, which may hold a password.
 */
export function readRedisAddress(text: string): RedisAddress {
  const url = URL.parse(text)
  const db = /^\/?(\d{0,5})$/.exec(url?.pathname ?? '-')
  if (!url || !/^rediss?:$/.test(url.protocol) || !url.hostname || !db || url.search || url.hash)
    throw unusable(
      'it takes redis://user:password@host:6379 or rediss://… with TLS, at most a database number after a slash, and signs like @ : / ? # % in a password written as %40 %3A %2F %3F %23 %25',
    )
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const isTls = url.protocol === 'rediss:'
  if (!isTls && !isPrivateHost(host))
    throw unusable(
      `${host} is a public host, where everyone on the way could read what people write; use TLS (rediss://), or a private address or name`,
    )
  return {
    host,
    port: Number(url.port || 6379),
    db: Number(db[1]),
    username: decoded(url.username),
    password: decoded(url.password),
    tls: isTls ? { ...(isIP(host) ? {} : { servername: host }), rejectUnauthorized: true } : undefined,
  }
}

/** Whether a host is on this machine or in a private network, as far as its name or address says. */
export function isPrivateHost(host: string): boolean {
  const version = isIP(host)
  if (version) return privateRanges.check(host, version === 6 ? 'ipv6' : 'ipv4')
  const name = host.replace(/\.$/, '')
  // A name of digits alone is an address in an old notation, and may be any.
  if (/^(0x[\da-f]*|\d+)$/.test(name.slice(name.lastIndexOf('.') + 1))) return false
  return !name.includes('.') || /\.(internal|local|localhost)$/.test(name)
}

const privateRanges = new BlockList()
for (const [net, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  privateRanges.addSubnet(net, prefix, 'ipv4')
privateRanges.addAddress('::1', 'ipv6')
privateRanges.addSubnet('fc00::', 7, 'ipv6')
privateRanges.addSubnet('fe80::', 10, 'ipv6')

const unusable = (why: string) => new PubSubUnusable(`REDIS_URL cannot be used: ${why}.`)

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part) || undefined
  } catch {
    throw unusable('a % in its user name or password that stands for itself is written as %25')
  }
}
