import type { Letter, Part } from './letters.ts'

/** Lines no longer than this are drawn as they are by everything that draws mail. */
const WIDTH = 66

/** A letter in plain words: the same as its HTML says, with addresses in place of buttons. */
export function asText(letter: Letter, from: string): string {
  const body = [letter.heading, ...letter.parts.map(partAsText)].join('\n\n')
  return `${body}\n\n--\n${[...letter.why, from].map(wrapped).join('\n')}\n`
}

function partAsText(part: Part): string {
  switch (part.is) {
    case 'text':
      return wrapped(part.plain ?? part.text)
    case 'small':
      return part.link ? `${wrapped(`${part.text} ${part.link.label}:`)}\n${part.link.url}` : wrapped(part.text)
    case 'code':
      return `    ${part.code}`
    case 'button':
      return `${part.plain}\n${part.url}`
    case 'facts': {
      const width = Math.max(...part.rows.map(([label]) => label.length)) + 3
      return part.rows.map(([label, value]) => `    ${label.padEnd(width)}${value}`).join('\n')
    }
  }
}

/** Broken between words. */
function wrapped(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
