import type { Feature } from '../../kernel/feature.ts'
import { requestFills, requestHandles, requestSnapshots } from './requests.ts'
import { requestTable } from './requests.tables.ts'

/** Asking to talk: nobody writes to a stranger who has not said yes. */
export const requests: Feature = {
  name: 'requests',
  tables: [requestTable],
  handles: requestHandles,
  snapshots: requestSnapshots,
  fills: requestFills,
  objects: { requestId: requestTable },
}
