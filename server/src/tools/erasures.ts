import { erasureTable, messageTable, tombstoneOf, versionTable } from '../features/messages/index.ts'
import { requestTable } from '../features/requests/index.ts'
import { insert, patch, remove, type Reader, type Store, type Write } from '../store/store.ts'
import { pagesOf } from '../store/walk.ts'

/* What was deleted for everyone stays deleted, also when an older copy of the database comes back. */

export type Erasure = NonNullable<typeof erasureTable.row>

const PAGE = 500
/** More versions than anybody makes of one message. */
const ALL = 1_000_000

/** All that a store says was deleted for everyone. */
export async function erasedIn(store: Reader): Promise<Erasure[]> {
  const erased: Erasure[] = []
  for await (const page of pagesOf(store, erasureTable)) erased.push(...page)
  return erased
}

/** Deletes in a store what it does not know to be deleted yet. Answers how many of its messages that were. */
export async function eraseAgain(store: Store, erased: readonly Erasure[]): Promise<number> {
  let again = 0
  for (let from = 0; from < erased.length; from += PAGE) {
    const writes: Write[] = []
    for (const erasure of erased.slice(from, from + PAGE)) {
      if (await store.get(erasureTable, { messageId: erasure.messageId })) continue
      const forgetting = await forget(store, erasure)
      if (forgetting.length > 0) again++
      writes.push(insert(erasureTable, erasure), ...forgetting)
    }
    if (writes.length === 0) continue
    const make = () => ({ writes, events: [], result: null })
    const [outcome] = await store.commit([{ places: [], given: [], make }], Date.now())
    if (outcome?.kind !== 'done') throw new Error(`the store did not take the deletions: ${outcome?.kind}`)
  }
  return again
}

/** What a copy holds of a message, as the deleting left it: the line that it was there, and not its words. */
async function forget(store: Reader, { messageId, at }: Erasure): Promise<Write[]> {
  const [row] = await store.find(messageTable, { where: { messageId }, limit: 1 })
  const [asked] = await store.find(requestTable, { where: { messageId }, limit: 1 })
  const versions = await store.find(versionTable, { where: { messageId }, limit: ALL })
  return [
    ...(row
      ? [
          patch(
            messageTable,
            { roomId: row.roomId, seq: row.seq },
            { set: { ...tombstoneOf(row, row.authorId), deletedAt: at } },
          ),
        ]
      : []),
    // It may still have been asked for then: the words stood in the request.
    ...(asked
      ? [
          patch(
            requestTable,
            { fromId: asked.fromId, toId: asked.toId },
            { set: { text: '', ...(asked.state !== 'accepted' && { state: 'cancelled' as const }) } },
          ),
        ]
      : []),
    ...versions.map(({ nth }) => remove(versionTable, { messageId, nth })),
  ]
}
