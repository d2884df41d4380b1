import type { LocalId } from '@connectly/protocol'

/**
 * A new UUIDv7, also on a page without TLS, where `crypto.randomUUID` is missing. It begins with the time, since keys
 * made one after another are kept side by side; nothing reads that time.
 */
export function newLocalId(): LocalId {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const now = Date.now()
  for (let index = 0; index < 6; index++) bytes[index] = Math.floor(now / 2 ** (8 * (5 - index)))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-') as LocalId
}
