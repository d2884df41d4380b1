import { randomBytes } from 'node:crypto'
import type { UserId } from '@connectly/protocol'
import type { Seals } from '../../kernel/seals.ts'

/** How many recovery codes there are in a set. */
export const CODES_IN_A_SET = 10
/** 32 letters and digits that are not taken for one another. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** A set of codes of 60 bits each, as they are shown: `k7wq-31pd-x04m`. */
export const newCodes = (): string[] => Array.from({ length: CODES_IN_A_SET }, newCode)

function newCode(): string {
  const letters = [...randomBytes(12)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** What is kept of a code. Dashes, spaces and case make no difference, nor do letters that look like digits. */
export function codeHash(seals: Seals, userId: UserId, code: string): string {
  const letters = code.toLowerCase().replace(/[^0-9a-z]/g, '')
  return seals.hash('recovery', `${userId} ${letters.replace(/[il]/g, '1').replace(/o/g, '0')}`)
}
