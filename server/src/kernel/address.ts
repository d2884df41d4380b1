import { isIP } from 'node:net'

/**
 * An address as it is written once: small letters, without the port that some proxies add and without a zone, and IPv4
 * as itself where it came in IPv6's clothes. Nothing where it is no address.
 */
export function plainAddress(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text
  const address = bare.replace(/%.*$/, '').toLowerCase()
  const kind = isIP(address)
  if (kind === 0) return undefined
  return kind === 6 ? (mappedOf(address) ?? address) : address
}

/**
 * What limits count an address as: IPv4 as itself, IPv6 as its /64, since whoever has one of a /64 has them all.
 * @returns what was given, where that is no address
 */
export function limitKeyOf(address: string): string {
  const plain = plainAddress(address)
  if (plain === undefined) return address
  if (isIP(plain) === 4) return plain
  const network = groupsOf(plain).slice(0, 4)
  return `${network.map((group) => group.toString(16)).join(':')}::/64`
}

/** The IPv4 address that an IPv6 one stands for, in either spelling: ::ffff:203.0.113.1 or ::ffff:cb00:7101. */
function mappedOf(address: string): string | undefined {
  const groups = groupsOf(address)
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [left = '', right] = hex.split('::')
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  if (right === undefined) return read(left)
  const [before, after] = [read(left), read(right)]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}
