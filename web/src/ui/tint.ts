const tints = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The class of a person's or a room's tint: the same for one id everywhere and always. */
export function tintOf(id: string): string {
  let hash = 0x811c9dc5
  for (const unit of id) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193)
  return `tint--${tints[((hash ^ (hash >>> 15)) >>> 0) % tints.length]}`
}

/** The first letters of the first and the last word, as people see letters: ÖY for Özge Yıldız. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{M}\p{N}\p{Emoji_Presentation}\u200D-]+/u).filter(Boolean)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  return ends
    .map((word) => firstLetter(word ?? ''))
    .join('')
    .toLocaleUpperCase()
}

function firstLetter(word: string): string {
  for (const { segment } of letters.segment(word)) return segment
  return ''
}
