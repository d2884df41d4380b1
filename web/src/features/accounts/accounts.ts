import type { Person } from '@connectly/protocol'
import { defineSlice } from '../../kernel/slice.ts'

/** Who I am. */
export type Myself = { me: Person | null }

export const accountSlice = defineSlice<Myself>({
  name: 'accounts',
  place: 'user',
  fromHead: (head) => ({ me: (head as { me?: Person } | undefined)?.me ?? null }),
  events: {},
})
