import type { Starting } from '../../kernel/feature.ts'
import { must, patch, remove } from '../../store/store.ts'
import { userTable } from '../accounts/index.ts'
import { mailed } from './mydata.ts'
import { copyTable } from './mydata.tables.ts'

const MINUTE = 60 * 1000
const AT_ONCE = 100

/** Tells people by mail that their copy is ready, once each, and forgets those that have run out. */
export function tellOfCopies({ store, clock, record, services, every }: Starting): void {
  every('copies', MINUTE, async () => {
    const ready = await store.find(copyTable, { where: { readyAt: { lte: clock() }, toldAt: null }, limit: AT_ONCE })
    for (const copy of ready) {
      const user = await store.get(userTable, { userId: copy.userId })
      const key = { copyId: copy.copyId }
      const outcome = await record([], [must(copyTable, key, { toldAt: null })], () => ({
        writes: [
          patch(copyTable, key, { set: { toldAt: clock() } }),
          ...(user ? mailed(user, copy, 'copyReady', copy.readyAt) : []),
        ],
        events: [],
        result: null,
      }))
      if (outcome.kind === 'done') services.mails.wake()
    }
    const over = await store.find(copyTable, { where: { expiresAt: { lte: clock() } }, limit: AT_ONCE })
    for (const { copyId } of over)
      await record([], [], () => ({ writes: [remove(copyTable, { copyId })], events: [], result: null }))
  })
}
