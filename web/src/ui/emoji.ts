const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const emoji = /^\p{RGI_Emoji}$/v

/** Whether a text is one to three emoji and nothing else: they are shown large. */
export function isJumbo(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed.length === 0 || trimmed.length > 60) return false
  const parts = [...graphemes.segment(trimmed)].map((part) => part.segment)
  return parts.length <= 3 && parts.every((part) => emoji.test(part))
}
