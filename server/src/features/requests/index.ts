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
  exports: async (store, userId) => {
    const [sent, received] = await Promise.all([
      store.find(requestTable, { where: { fromId: userId }, limit: 10_000 }),
      store.find(requestTable, {
        where: { toId: userId, state: { in: ['pending', 'declined', 'accepted'] } },
        limit: 10_000,
      }),
    ])
    return {
      // What somebody who was blocked or turned down is shown of it, and no more.
      'requests-sent.json': sent.map(({ toId, state, text, askedAt }) => ({
        toId,
        state: state === 'declined' || state === 'muted' ? 'pending' : state,
        text,
        askedAt,
      })),
      'requests-received.json': received.map(({ fromId, state, text, askedAt }) => ({ fromId, state, text, askedAt })),
    }
  },
}
