/** A stretch of a text beside its earlier version. */
export type Difference = { kind: 'same' | 'added' | 'removed'; text: string }

/** Above this many pairs of words, two versions count as altogether different in their middle. */
const MAX_PAIRS = 250_000

/** What was added and removed between two versions, word by word. */
export function differences(before: string, after: string): Difference[] {
  const [a, b] = [wordsOf(before), wordsOf(after)]
  const most = Math.min(a.length, b.length)
  let head = 0
  while (head < most && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  const found: Difference[] = [
    { kind: 'same', text: a.slice(0, head).join('') },
    ...between(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    { kind: 'same', text: a.slice(a.length - tail).join('') },
  ]
  return merged(found)
}

const words = new Intl.Segmenter(undefined, { granularity: 'word' })
const wordsOf = (text: string) =>
  text
    .split(/(\s+)/)
    .flatMap((part) => (unspaced.test(part) ? [...words.segment(part)].map(({ segment }) => segment) : [part]))
/** Scripts that put no space between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/** The longest words in common stay; the rest went or came. */
function between(a: readonly string[], b: readonly string[]): Difference[] {
  if (a.length * b.length > MAX_PAIRS)
    return [
      { kind: 'removed', text: a.join('') },
      { kind: 'added', text: b.join('') },
    ]
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const found: Difference[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]]
    if (left !== undefined && left === right) {
      found.push({ kind: 'same', text: left })
      i += 1
      j += 1
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      found.push({ kind: 'removed', text: left })
      i += 1
    } else if (right !== undefined) {
      found.push({ kind: 'added', text: right })
      j += 1
    }
  }
  return found
}

/** Neighbours of a kind as one. A space between two changes belongs to both. */
function merged(list: readonly Difference[]): Difference[] {
  const found: Difference[] = []
  for (const { kind, text } of list) {
    if (text === '') continue
    const last = found.at(-1)
    if (last?.kind === kind) last.text += text
    else found.push({ kind, text })
  }
  return found
}
