/**
 * Every message's text begins with `~ssss.nnnnnnnn~`: who said it, and the how-manieth of theirs it is. So a client
 * can tell each delivery apart, and find it in any server's bytes, without parsing them.
 */
const LENGTH = 15
const TILDE = 0x7e
const FILLER = ' the quick brown fox jumps over the lazy dog while we count what arrives, and in which order it does so'

/** A text of about 118 characters. */
export function markedText(sender: number, n: number): string {
  return `~${String(sender).padStart(4, '0')}.${String(n).padStart(8, '0')}~${FILLER}`
}

export type Heard = (sender: number, n: number) => void

/** Reports the marks that begin in `bytes[from..to)`; answers where an unfinished one begins, or `to`. */
export function scanMarks(bytes: Buffer, from: number, to: number, heard: Heard): number {
  let at = bytes.indexOf(TILDE, from)
  while (at >= 0 && at < to) {
    if (at + LENGTH > to) return at
    if (bytes[at + LENGTH - 1] === TILDE && bytes[at + 5] === 0x2e) {
      heard(digits(bytes, at + 1, 4), digits(bytes, at + 6, 8))
      at += LENGTH - 1
    }
    at = bytes.indexOf(TILDE, at + 1)
  }
  return to
}

function digits(bytes: Buffer, from: number, length: number): number {
  let value = 0
  for (let i = from; i < from + length; i++) value = value * 10 + (bytes[i] ?? 0) - 48
  return value
}

/** What a page of messages held: how many, and the numbers at its two ends. */
export type Page = { count: number; first: number; last: number }

export function emptyPage(): Page {
  return { count: 0, first: Infinity, last: -Infinity }
}

export function addToPage(page: Page, n: number): void {
  page.count++
  page.first = Math.min(page.first, n)
  page.last = Math.max(page.last, n)
}

export function scanPage(bytes: Buffer, from: number, to: number): Page {
  const page = emptyPage()
  scanMarks(bytes, from, to, (_, n) => addToPage(page, n))
  return page
}
