import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * Passwords that are tried first. Those of twelve characters and more are put together: a common word with digits or signs
 * around it, two of them, a run on the keyboard, the account's own name. So what is held against a password is not a list of
 * them but what it costs to guess, in bits, by whoever knows the words of common-words.txt and what stands on the account.
 */

/** What is cheaper than this is refused: three common words are not, two with a year are. */
const CHEAP = 30
const COST = { word: 10, known: 3, run: 5, year: 6, letter: 4, digit: 3, sign: 1 } as const
/** The smallest piece of a run that counts as one. */
const MIN_RUN = 4
const MIN_KNOWN = 3

const rows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  'йцукенгшщзхъфывапролджэячсмитьбю',
  'zyxwvutsrqponm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'qazwsxedcrfvtgbyhnujmikolp',
  '147258369147258369',
  '112233445566778899',
  '123123123123',
  '321321321321',
]
const runs = [...rows, ...rows.map((row) => Array.from(row).toReversed().join(''))]

const leet: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

let words: ReadonlySet<string> | undefined
let longest = 0

/**
 * Whether a password is among those that are tried first.
 * @param known what whoever guesses may know: username, name, mail address, the name of the site
 */
export function isCommonPassword(password: string, ...known: readonly string[]): boolean {
  const plain = password.normalize('NFKC').toLowerCase()
  const own = known.map(lettersOf).filter((each) => each.length >= MIN_KNOWN)
  const once = plain.slice(0, periodOf(plain))
  if (once.length < 12 && once.length < plain.length) return true
  if (new Set(plain).size <= 3) return true
  const plainer = plain.replace(/[013457@$!]/g, (char) => leet[char] ?? char)
  const digits = plain.replace(/\D/g, '').length * COST.digit
  return (
    costOf(plain, own) < CHEAP ||
    costOf(plainer, own) < CHEAP ||
    costOf(lettersOf(plain), own) + digits + 2 * COST.sign < CHEAP
  )
}

/** What it costs to guess a text, in bits: the cheapest way to put it together, the same piece again for nothing. */
function costOf(text: string, known: readonly string[]): number {
  const best: { cost: number; pieces: readonly string[] }[] = [{ cost: 0, pieces: [] }]
  for (let end = 1; end <= text.length; end++) {
    const before = best[end - 1] ?? { cost: 0, pieces: [] }
    let here = { cost: before.cost + costOfChar(text, end - 1), pieces: before.pieces }
    for (let from = Math.max(0, end - longestPiece()); from <= end - MIN_KNOWN; from++) {
      const piece = text.slice(from, end)
      const cost = costOfPiece(piece, known)
      const until = best[from]
      if (cost === undefined || !until) continue
      const total = until.cost + (until.pieces.includes(piece) ? 0 : cost)
      if (total < here.cost) here = { cost: total, pieces: [...until.pieces, piece] }
    }
    best.push(here)
  }
  return best.at(-1)?.cost ?? 0
}

/** A letter said again adds nothing. */
function costOfChar(text: string, at: number): number {
  const char = text.charAt(at)
  if (char === text.charAt(at - 1)) return 0
  if (/\d/.test(char)) return COST.digit
  return /[\p{L}\p{M}]/u.test(char) || char > '\u007f' ? COST.letter : COST.sign
}

function costOfPiece(piece: string, known: readonly string[]): number | undefined {
  if (known.includes(piece)) return COST.known
  if (piece.length >= MIN_RUN && runs.some((run) => run.includes(piece))) return COST.run
  if (/^(?:19|20)\d\d$/.test(piece)) return COST.year
  return commonWords().has(piece) ? COST.word : undefined
}

/** After how many characters a text begins anew, again and again to its end; its whole length where it does not. */
function periodOf(text: string): number {
  for (let length = 1; length <= text.length / 2; length++) if (text.startsWith(text.slice(length))) return length
  return text.length
}

const lettersOf = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}]+/gu, '')
/** Runs may be longer than words. */
const longestPiece = (): number => (commonWords(), Math.max(longest, 36))

/** Read when the first password is looked at. */
function commonWords(): ReadonlySet<string> {
  if (words) return words
  const text = readFileSync(join(import.meta.dirname, 'common-words.txt'), 'utf8')
  words = new Set(text.split(/\s+/).filter((word) => word.length >= MIN_KNOWN))
  longest = Math.max(...[...words].map((word) => word.length))
  return words
}
