import { Time, UserId } from '@connectly/protocol'
import * as z from 'zod/mini'
import { defineTable } from '../../store/table.ts'

/** Two rows a block: one for who blocked (`isMine`), one for whom, so that either finds theirs by one look. */
export const blockTable = defineTable(
  'blocks',
  z.object({ userId: UserId, otherId: UserId, isMine: z.boolean(), at: Time }),
  { key: ['userId', 'otherId', 'isMine'], refs: { userId: 'users', otherId: 'users' } },
)
export type BlockRow = NonNullable<typeof blockTable.row>
