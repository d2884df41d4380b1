import { personBlocked, personUnblocked, type Block, type DataOf } from '@connectly/protocol'
import { defineSlice } from '../../kernel/slice.ts'

/** People I blocked, the newest first. */
export type BlocksState = { blocked: readonly Block[] }

export const blockSlice = defineSlice<BlocksState>({
  name: 'blocks',
  place: 'user',
  fromHead: (head) => ({ blocked: (head as Partial<BlocksState> | undefined)?.blocked ?? [] }),
  events: {
    [personBlocked.name]: (state, event) => {
      const { block } = event.data as DataOf<typeof personBlocked>
      return { blocked: [block, ...without(state.blocked, block.person.userId)].toSorted(newestFirst) }
    },
    [personUnblocked.name]: (state, event) => {
      const { userId } = event.data as DataOf<typeof personUnblocked>
      return { blocked: without(state.blocked, userId) }
    },
  },
})

const without = (blocked: readonly Block[], userId: string) => blocked.filter(({ person }) => person.userId !== userId)

/** Of two of the same moment, as the server orders them. */
const newestFirst = (a: Block, b: Block) => b.at - a.at || (a.person.userId < b.person.userId ? 1 : -1)
