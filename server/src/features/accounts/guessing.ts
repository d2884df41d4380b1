import type { Context } from '../../kernel/context.ts'
import { sha256 } from '../../kernel/ids.ts'
import { limitKeyOf } from '../../kernel/address.ts'
import { Refused } from '../../kernel/refuse.ts'
import { deviceTable, type UserRow } from './accounts.tables.ts'

/** A guess at a password, counted before the password is looked at. */
export type Guess = {
  /** It counts for nothing, whatever the password: too many were made at this account, under another of its names. */
  isVoid: boolean
  /** How long the next one has to wait, in ms; 0 while guesses are free. */
  wait: number
  /** It was right: what was counted is forgotten. */
  wasRight(): Promise<void>
}

/** Nobody's, for the same steps where there is no account. */
const NOBODY = '00000000-0000-7000-8000-000000000000'

/**
 * Counts a guess at an account's password, or refuses with `TooManyRequests`. What is seen of it depends on the name as it was
 * typed and on the address alone, so that nobody learns which names belong to an account, or to the same one. A browser
 * that has signed in to this account before has a count of its own: strangers cannot keep its owner out.
 */
export async function takeGuess(ctx: Context, typed: string, user: UserRow | undefined): Promise<Guess> {
  const { tries, seals } = ctx.services
  const counted = (what: string) => seals.hash('tries', what)
  if (ctx.caller.deviceToken !== undefined) {
    const deviceHash = sha256(ctx.caller.deviceToken)
    const known = await ctx.store.get(deviceTable, {
      userId: user?.userId ?? (NOBODY as UserRow['userId']),
      deviceHash,
    })
    if (known) {
      const own = counted(`device ${known.userId} ${deviceHash}`)
      const wait = await tries.take('account', own)
      return { isVoid: false, wait, wasRight: () => tries.clear('account', own) }
    }
  }

  const address = counted(`address ${limitKeyOf(ctx.caller.address)}`)
  const name = counted(nameOf(typed))
  const account = counted(`account ${user?.userId ?? name}`)
  await tries.take('address', address)
  const wait = await tries.take('account', name)
  const isVoid = await tries.take('account', account).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Refused && error.code === 'TooManyRequests') return true
      throw error
    },
  )
  return {
    isVoid,
    wait,
    wasRight: async () => {
      await tries.clear('account', name)
      await tries.clear('account', account)
      await tries.giveBack('address', address)
    },
  }
}

/** Who has shown otherwise that it is them, by the link of a mail, does not wait for guesses that others made. */
export async function forgetGuesses(ctx: Context, { userId, username, email }: UserRow): Promise<void> {
  const { tries, seals } = ctx.services
  const counted = [`account ${userId}`, nameOf(username), ...(email === null ? [] : [nameOf(email)])]
  for (const what of counted) await tries.clear('account', seals.hash('tries', what))
}

const nameOf = (typed: string): string => `name ${typed.trim().toLowerCase().normalize('NFC')}`
