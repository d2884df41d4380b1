import { sha256 } from '@noble/hashes/sha2.js'

/** How many sums are done between two looks at the clock. */
const BATCH = 2000

/** Whether a hash begins with so many zero bits. */
export function hasZeroBits(hash: Uint8Array, bits: number): boolean {
  const whole = bits >> 3
  for (let at = 0; at < whole; at += 1) if (hash[at] !== 0) return false
  return bits % 8 === 0 || (hash[whole] ?? 0) >> (8 - (bits % 8)) === 0
}

/**
 * The first number whose SHA-256 behind the salt begins with so many zero bits.
 * @param tried is told after every couple of thousand how many there were
 */
export function solve(salt: string, bits: number, tried: (count: number) => void = () => undefined): number {
  const text = new TextEncoder()
  const begun = sha256.create().update(text.encode(salt))
  for (let n = 0; ; n += 1) {
    if (n % BATCH === 0) tried(n)
    if (
      hasZeroBits(
        begun
          .clone()
          .update(text.encode(String(n)))
          .digest(),
        bits,
      )
    )
      return n
  }
}
