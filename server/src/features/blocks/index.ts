import type { Feature } from '../../kernel/feature.ts'
import { blockHandles, blockSnapshots } from './blocks.ts'
import { blockTable } from './blocks.tables.ts'

export { blocksOf, hasBlocked, isBlockedEitherWay } from './blocks.ts'
export { blockTable } from './blocks.tables.ts'

/** Who does not want to hear from whom. The other is not told, here or anywhere. */
export const blocks: Feature = {
  name: 'blocks',
  tables: [blockTable],
  handles: blockHandles,
  snapshots: blockSnapshots,
  exports: async (store, userId) => {
    const mine = await store.find(blockTable, { where: { userId, isMine: true }, limit: 10_000 })
    return { 'blocked.json': mine.map(({ otherId, at }) => ({ userId: otherId, at })) }
  },
}
