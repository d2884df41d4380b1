import { existsSync } from 'node:fs'
import type { MessageId } from '@connectly/protocol'
import { erasureTable, messageTable, tombstoneOf, versionTable } from '../features/messages/index.ts'
import { requestTable } from '../features/requests/index.ts'
import { openReader } from '../store/sqlite-read.ts'
import { openSqlite } from '../store/sqlite.ts'
import { insert, patch, remove, StoreUnusable, type Reader, type Write } from '../store/store.ts'

/* What was deleted for everyone stays deleted, also when an older copy of the database comes back. */

type Erasure = NonNullable<typeof erasureTable.row>

const PAGE = 500
/** More versions than anybody makes of one message. */
const ALL = 1_000_000

/** All that a database says was deleted for everyone; nothing where there is none, or it cannot be read. */
export async function erasedIn(file: string): Promise<Erasure[]> {
  if (!existsSync(file)) return []
  try {
    const reader = openReader(file)
    try {
      const erased: Erasure[] = []
      for await (const page of pagesOf(reader)) erased.push(...page)
      return erased
    } finally {
      reader.close()
    }
  } catch (error) {
    // Restoring is what one does with a database that can no longer be read.
    if (error instanceof StoreUnusable || (error instanceof Error && 'errcode' in error)) return []
    throw error
  }
}

/** Deletes in a copy what it does not know to be deleted yet. Answers how many of its messages that were. */
export async function eraseAgain(copy: string, erased: readonly Erasure[]): Promise<number> {
  if (erased.length === 0) return 0
  const store = openSqlite(copy)
  let again = 0
  try {
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
      if (outcome?.kind !== 'done') throw new Error(`the copy did not take the deletions: ${outcome?.kind}`)
    }
  } finally {
    await store.close()
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

async function* pagesOf(reader: Reader): AsyncGenerator<Erasure[]> {
  for (let after: MessageId | undefined; ;) {
    const page = await reader.find(erasureTable, {
      ...(after && { where: { messageId: { gt: after } } }),
      order: [['messageId', 'asc']],
      limit: PAGE,
    })
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    after = page.at(-1)?.messageId
  }
}
