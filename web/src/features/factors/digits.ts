/** The digits of what was typed or pasted, in whichever script, as 0 to 9. */
export function digitsOf(text: string): string {
  return Array.from(text.normalize('NFKC'), (letter) => digitOf(letter) ?? '').join('')
}

/** Digits of a script stand in a row of ten: the zero is where no digit stands before. */
function digitOf(letter: string): string | undefined {
  if (!/^\p{Nd}$/u.test(letter)) return undefined
  const code = letter.codePointAt(0) ?? 0
  for (let back = 0; back < 10; back += 1)
    if (!/^\p{Nd}$/u.test(String.fromCodePoint(code - back - 1))) return String(back)
  return String((code - 0x30) % 10)
}
