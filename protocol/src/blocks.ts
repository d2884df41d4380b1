import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { defineEvent, defineMethod, signedIn } from './define.ts'
import { Time, UserId } from './ids.ts'

export const MAX_BLOCKS = 1000

/** Somebody I blocked. They are not told, here or anywhere. */
export const Block = z.object({ person: Person, at: Time })
export type Block = z.infer<typeof Block>

export const blockPerson = defineMethod('blocks.block', {
  means:
    'Blocks somebody: nothing they say from now on reaches me, nor mine them in groups, and neither sees whether the other is here. Blocking again changes nothing.',
  access: signedIn(),
  limit: 'membership',
  input: z.object({ userId: UserId }),
  output: Block,
  refusals: ['TooManyBlocks'],
})

export const unblockPerson = defineMethod('blocks.unblock', {
  means: 'Takes a block back. What was said under it stays unseen.',
  access: signedIn(),
  limit: 'membership',
  input: z.object({ userId: UserId }),
  output: z.object({}),
})

export const personBlocked = defineEvent('blocks.blocked', {
  means: 'I blocked somebody.',
  place: 'user',
  data: z.object({ block: Block }),
})
export const personUnblocked = defineEvent('blocks.unblocked', {
  means: 'I took a block back.',
  place: 'user',
  data: z.object({ userId: UserId }),
})
