/** Text that was made, not written. */
export const made = '<!-- Made by `npm run docs`. Change the code it comes from, not this file. -->'

/** A table; bars in its cells are escaped, and an empty cell stays empty. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const code = (text: string): string => `\`${text}\``

/** `1,234`. */
export const count = (value: number): string => value.toLocaleString('en')

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
