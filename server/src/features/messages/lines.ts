import type { LastWords } from '@connectly/protocol'
import type { LineParts } from '../../kernel/feature.ts'
import { seenAfter } from '../../kernel/sync.ts'
import type { Reader } from '../../store/store.ts'
import { hiddenTable, messageTable, type MessageRow } from './messages.tables.ts'
import { isHiddenFrom, walk, type Viewer } from './visible.ts'

/** The last message of each line that its seat may see. */
export const messageLines: LineParts = async (store, seats) => {
  const [first] = seats
  const hidesSome = first !== undefined && (await store.count(hiddenTable, { userId: first.userId }, 1)) > 0
  const lasts = await Promise.all(seats.map((seat) => lastOf(store, seat, hidesSome)))
  return new Map(lasts.flatMap((row) => (row ? [[row.roomId, { last: wordsOf(row) }] as const] : [])))
}

/** What a seat sees as said last. */
export async function lastWordsOf(store: Reader, seat: Viewer): Promise<LastWords | null> {
  const [last] = await walk(store, seat, { before: null }, 1)
  return last ? wordsOf(last) : null
}

/** The last message that a seat sees, these numbers left out. */
export async function lastBut(
  store: Reader,
  seat: Viewer,
  without: ReadonlySet<number>,
): Promise<MessageRow | undefined> {
  const rows = await walk(store, seat, { before: null }, without.size + 1)
  return rows.find((row) => !without.has(row.seq))
}

/** Of hundreds of rooms, one look each: nearly always the last message is one that is seen. */
async function lastOf(store: Reader, seat: Viewer, hidesSome: boolean): Promise<MessageRow | undefined> {
  const [newest] = await store.find(messageTable, {
    where: { roomId: seat.roomId, seq: { gt: seenAfter(seat) } },
    order: [['seq', 'desc']],
    limit: 1,
  })
  if (!newest || (!hidesSome && !isHiddenFrom(newest, seat.userId))) return newest
  return (await walk(store, seat, { before: null }, 1))[0]
}

/** A message as a line shows it. */
export function wordsOf({ messageId, authorId, body, at, seq }: MessageRow): LastWords {
  return { messageId, authorId, body, at, seq }
}
