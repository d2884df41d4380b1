import { randomInt } from 'node:crypto'
import { DisplayName, foldText, Username } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import type { OtherIdentity } from '../../kernel/services.ts'
import { isFreeName } from '../accounts/index.ts'

const TRIES = 8
const LONGEST = 28

/** What somebody could be called here, after what they are called there: free now, and theirs to change. */
export async function suggestUsername(ctx: Context, { username }: OtherIdentity): Promise<string> {
  const base = folded(username)
  for (let n = 1; n <= TRIES; n++) {
    const candidate = n === 1 ? base : `${base}${n}`
    if (await isFreeName(ctx, candidate)) return candidate
  }
  return `${base.slice(0, LONGEST - 6)}${randomInt(100_000, 1_000_000)}`
}

/** A name that may be shown, or nothing. */
export function suggestName({ name }: OtherIdentity): string {
  const shown = DisplayName.safeParse(name.slice(0, 64))
  return shown.success ? shown.data : ''
}

/** Letters, digits and dots of it: of an address, what stands before the at sign. */
function folded(text: string): string {
  const plain = foldText(text.split('@')[0] ?? '')
    .replaceAll(/[^a-z0-9._-]+/g, '.')
    .slice(0, LONGEST)
    .replaceAll(/^[._-]+|[._-]+$/g, '')
  return Username.safeParse(plain).success ? plain : 'newcomer'
}
