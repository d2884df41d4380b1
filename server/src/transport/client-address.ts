import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Logger } from '../kernel/logger.ts'

/** Who asks, and how they came: the same for both doors, behind a proxy or not. */
export type ClientAddresses = {
  /** The address for limits and logs. `peer` is the other end of the connection. */
  addressOf(peer: string | undefined, headers: IncomingHttpHeaders): string
  /** How the client came, if a proxy that is trusted says so. For logs only: cookies go by PUBLIC_URL. */
  schemeOf(peer: string | undefined, headers: IncomingHttpHeaders): 'http' | 'https' | undefined
}

const loopback = ['127.0.0.0/8', '::1']

/**
 * Reads `X-Forwarded-For` and `X-Forwarded-Proto`, from trusted proxies alone: each entry is believed because the one to
 * the right of it, who wrote it down, is trusted. Whatever a client put there itself stands further left.
 */
export function createClientAddresses(trustedProxies: readonly string[], logger: Logger): ClientAddresses {
  const trusted = listOf(trustedProxies)
  const near = listOf(['loopback', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'])
  let told = trustedProxies.length > 0

  /** Without the setting everybody behind a proxy is one address to the limits; whoever runs it should hear of it. */
  function hint(peer: string): void {
    if (told || !holds(near, peer)) return
    told = true
    logger.warn(
      { address: peer },
      'requests come through a proxy that TRUSTED_PROXIES does not name: everybody behind it counts as one address',
    )
  }

  return {
    addressOf: (given, headers) => {
      const peer = given === undefined ? 'unknown' : (plainAddress(given) ?? 'unknown')
      const forwarded = headers['x-forwarded-for']
      if (forwarded === undefined) return peer
      if (!holds(trusted, peer)) {
        hint(peer)
        return peer
      }
      let client = peer
      for (const entry of String(forwarded).split(',').toReversed()) {
        const address = plainAddress(entry.trim())
        if (address === undefined) break
        client = address
        if (!holds(trusted, address)) break
      }
      return client
    },
    schemeOf: (given, headers) => {
      const peer = plainAddress(given ?? '')
      if (peer === undefined || !holds(trusted, peer)) return undefined
      const scheme = String(headers['x-forwarded-proto'] ?? '')
        .split(',')
        .at(-1)
        ?.trim()
      return scheme === 'http' || scheme === 'https' ? scheme : undefined
    },
  }
}

/** An entry of TRUSTED_PROXIES: an address, a network with its prefix, or `loopback`. */
export function isProxyName(entry: string): boolean {
  if (entry === 'loopback') return true
  const [address = '', prefix, ...more] = entry.split('/')
  const kind = isIP(address)
  if (kind === 0 || address.includes('%') || more.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= bitsOf(kind))
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries.flatMap((each) => (each === 'loopback' ? loopback : [each]))) {
    const [address = '', prefix] = entry.split('/')
    const kind = isIP(address)
    list.addSubnet(address, prefix === undefined ? bitsOf(kind) : Number(prefix), kind === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

const bitsOf = (kind: number): number => (kind === 4 ? 32 : 128)

const holds = (list: BlockList, address: string): boolean => {
  const kind = isIP(address)
  return kind !== 0 && list.check(address, kind === 4 ? 'ipv4' : 'ipv6')
}

/** The bare address: without the port that some proxies write, and IPv4 as itself where it came in IPv6's clothes. */
function plainAddress(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text
  const address = bare.replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '')
  return isIP(address) === 0 ? undefined : address.toLowerCase()
}
