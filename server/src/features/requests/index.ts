import type { Feature } from '../../kernel/feature.ts'
import { requestFills, requestSnapshots } from './lists.ts'
import { mutes, requestHandles } from './requests.ts'
import { requestTable } from './requests.tables.ts'

export { requestTable } from './requests.tables.ts'

/** Asking to talk: nobody writes to a stranger who has not said yes. */
export const requests: Feature = {
  name: 'requests',
  tables: [requestTable],
  handles: requestHandles,
  before: [mutes],
  snapshots: requestSnapshots,
  fills: requestFills,
  objects: { requestId: requestTable },
}
