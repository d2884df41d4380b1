import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Seals } from '../kernel/seals.ts'
import type { Captcha } from '../kernel/services.ts'
import type { Spent } from '../kernel/spent.ts'

/** How long a sum may take, in ms. */
const LIFE = 10 * 60 * 1000
/** Salt and number stay below the 55 bytes that SHA-256 takes in one go. */
const ANSWER = /^((([0-9a-z]{1,11})\.(\d{1,2})\.[\w-]{8})\.([\w-]{16}))\.(\d{1,15})$/

type Parts = { seals: Seals; spent: Spent; clock: Clock; bits: number }

/**
 * A human check of our own: a sum that costs a program what it costs a browser, each time. Nobody else takes part, nothing is
 * kept of who did it, and there is nothing to see, to hear or to solve. An answer is `<salt>.<n>`.
 */
export function createWork({ seals, spent, clock, bits }: Parts): Captcha {
  const sealOf = (head: string) => seals.hash('work', head).slice(0, 16)

  return {
    kind: 'work',
    siteKey: '',
    give: () => {
      const until = clock() + LIFE
      const head = `${until.toString(36)}.${bits}.${randomBytes(6).toString('base64url')}`
      return { salt: `${head}.${sealOf(head)}`, bits, until }
    },
    holds: async (answer) => {
      const [, salt = '', head = '', time = '', wanted = '', seal = '', n = ''] = ANSWER.exec(answer) ?? []
      if (salt === '' || !timingSafeEqual(Buffer.from(sealOf(head)), Buffer.from(seal))) return false
      const until = Number.parseInt(time, 36)
      if (until <= clock() || zeroBits(hash('sha256', salt + n, 'buffer')) < Number(wanted)) return false
      return spent.first('work', salt, until)
    },
  }
}

/** How many bits these bytes begin with that are zero. */
function zeroBits(bytes: Uint8Array): number {
  const full = bytes.findIndex((byte) => byte !== 0)
  return full < 0 ? bytes.length * 8 : full * 8 + Math.clz32(bytes[full] ?? 0) - 24
}
