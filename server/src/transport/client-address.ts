import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { plainAddress } from '../kernel/address.ts'
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
 * the right of it, who wrote it down, is trusted. Whatever a client put there itself stands further left. Where only the
 * number of proxies is known, as many entries are believed, and whoever reaches the port past them says what they like.
 */
export function createClientAddresses(trustedProxies: readonly string[], logger: Logger): ClientAddresses {
  const hops = isHopCount(trustedProxies) ? Number(trustedProxies[0]) : null
  const trusted = listOf(hops === null ? trustedProxies : [])
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
      if (hops !== null) return byHops(hops, peer, String(forwarded))
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
      if (peer === undefined || (hops === null ? !holds(trusted, peer) : hops === 0)) return undefined
      const scheme = String(headers['x-forwarded-proto'] ?? '')
        .split(',')
        .at(-1)
        ?.trim()
      return scheme === 'http' || scheme === 'https' ? scheme : undefined
    },
  }
}

/** The n-th entry from the right: each proxy on the way has written down who came to it. With fewer, the first there is. */
function byHops(hops: number, peer: string, forwarded: string): string {
  let client = peer
  for (const entry of forwarded.split(',').toReversed().slice(0, hops)) {
    const address = plainAddress(entry.trim())
    if (address === undefined) break
    client = address
  }
  return client
}

/** Whether TRUSTED_PROXIES says how many there are instead of which: one number from 0 to 10, and nothing else. */
export const isHopCount = (entries: readonly string[]): boolean =>
  entries.length === 1 && /^(?:\d|10)$/.test(entries[0] ?? '')

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
