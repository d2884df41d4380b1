/**
 * How many of four bars a password lights. Length decides; what repeats itself stays weak. A hint for whoever types it:
 * what is refused, the server decides.
 */
export function strengthOf(password: string, min: number): 0 | 1 | 2 | 3 | 4 {
  if (!password) return 0
  if (password.length < min || new Set(password).size < 5) return 1
  if (password.length < min + 3) return 2
  return password.length < min + 8 ? 3 : 4
}
