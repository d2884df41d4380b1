import type { Mention } from '@connectly/protocol'

/** Words being written, and who is meant in them. */
export type Words = { text: string; mentions: readonly Mention[] }

/**
 * The same mentions after the text was changed by hand. `caret` is where it stands after the change: it decides which of
 * several equal letters came or went. A mention that was touched is none any more.
 */
export function afterEdit(before: Words, text: string, caret = text.length): Words {
  if (before.mentions.length === 0) return { text, mentions: [] }
  const grown = text.length - before.text.length
  const most = Math.min(before.text.length, text.length)
  // Everything after the caret was there before.
  let tail = Math.max(0, Math.min(most, text.length - caret))
  if (before.text.slice(before.text.length - tail) !== text.slice(text.length - tail))
    tail = sameTail(before.text, text)
  let head = 0
  while (head < most - tail && before.text[head] === text[head]) head += 1
  const end = before.text.length - tail
  const mentions = before.mentions.flatMap((mention) => {
    if (mention.start + mention.length <= head) return mention
    if (mention.start >= end) return { ...mention, start: mention.start + grown }
    return []
  })
  return { text, mentions }
}

/** Puts somebody's name, and a space, in the place of what was typed to find them. */
export function withMention(words: Words, from: number, to: number, who: Mention['who'], name: string): Words {
  const said = `@${name}`
  const space = words.text[to] === ' ' ? '' : ' '
  const text = words.text.slice(0, from) + said + space + words.text.slice(to)
  const moved = afterEdit(words, text, from + said.length + space.length)
  const mention = { who, start: from, length: said.length }
  return { text, mentions: [...moved.mentions, mention].toSorted((a, b) => a.start - b.start) }
}

/** What is being looked for at the caret: an @ at the beginning of a word, and what follows it. */
export function mentionAt(words: Words, caret: number): { from: number; query: string } | null {
  const from = words.text.lastIndexOf('@', caret - 1)
  if (from < 0 || caret - from > 40) return null
  const query = words.text.slice(from + 1, caret)
  if (/[\s@]/u.test(query)) return null
  const before = words.text.slice(0, from)
  if (before !== '' && !/[\s(["'“‘*_~|>-]$/u.test(before)) return null
  const isTaken = words.mentions.some(({ start, length }) => start <= from && from < start + length)
  return isTaken ? null : { from, query }
}

/** What may be said: no more people than fit, and the text to the letter. */
export function asBody({ text, mentions }: Words, most: number): { text: string; mentions?: Mention[] } {
  return mentions.length === 0 ? { text } : { text, mentions: mentions.slice(0, most) }
}

/** Sets a mark around what is chosen, or takes it away where it stands already. */
export function wrapped(
  words: Words,
  start: number,
  end: number,
  mark: string,
): { words: Words; start: number; end: number } {
  const { text } = words
  const size = mark.length
  const isMarked = isMarkedBy(text.slice(0, start), mark) && text.startsWith(mark, end)
  const inner = text.slice(start, end)
  const [from, to] = isMarked ? [start - size, end + size] : [start, end]
  const put = isMarked ? inner : mark + inner + mark
  const by = isMarked ? -size : size
  const next = text.slice(0, from) + put + text.slice(to)
  const mentions = words.mentions.flatMap((mention) => {
    const last = mention.start + mention.length
    if (last <= start) return mention.start + mention.length <= from || !isMarked ? mention : []
    if (mention.start >= end) return { ...mention, start: mention.start + by * 2 }
    return mention.start >= start && last <= end ? { ...mention, start: mention.start + by } : []
  })
  return { words: { text: next, mentions }, start: start + by, end: end + by }
}

/** Whether this ends with a mark: of two stars none is a single one, of three there are both. */
function isMarkedBy(text: string, mark: string): boolean {
  if (!text.endsWith(mark)) return false
  const stars = text.length - text.replace(/\*+$/, '').length
  return mark !== '*' || stars % 2 === 1
}

function sameTail(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let same = 0
  while (same < most && a[a.length - 1 - same] === b[b.length - 1 - same]) same += 1
  return same
}
