import type { Message, MessageId, RoomId, UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import type { SeatRow } from '../../kernel/seats.ts'
import { refuse } from '../../kernel/refuse.ts'
import { seenAfter } from '../../kernel/sync.ts'
import { must, type Reader } from '../../store/store.ts'
import { hiddenTable, messageTable, type MessageRow } from './messages.tables.ts'

/** What one needs to know of a seat to tell what it sees. */
export type Viewer = Pick<SeatRow, 'roomId' | 'userId' | 'fromSeq' | 'clearedSeq'>

/** Rows read on when some of those before were not to be seen. */
const READ_ON = 200

/**
 * The one rule of who sees what: a seat sees what was said in its room after it came (or last emptied the room), not
 * under a block between the two, and not deleted by this person for themselves. The order stays.
 */
export async function visibleTo(store: Reader, seat: Viewer, rows: readonly MessageRow[]): Promise<MessageRow[]> {
  const { roomId, userId } = seat
  const floor = seenAfter(seat)
  const said = rows.filter((row) => row.roomId === roomId && row.seq > floor && !isHiddenFrom(row, userId))
  if (said.length === 0) return said
  const seqs = said.map((row) => row.seq)
  const hidden = await store.find(hiddenTable, { where: { userId, roomId, seq: { in: seqs } }, limit: seqs.length })
  if (hidden.length === 0) return said
  const gone = new Set(hidden.map((row) => row.seq))
  return said.filter((row) => !gone.has(row.seq))
}

/** Whether it was said under a block between its author and this person. */
export const isHiddenFrom = (row: MessageRow, userId: UserId): boolean => row.hiddenFrom?.includes(userId) ?? false

/** A message that the asking person sees, which stays as it is until the commit; else there is none. */
export async function requireMessage(ctx: Context, roomId: RoomId, messageId: MessageId): Promise<MessageRow> {
  const found = await ctx.store.find(messageTable, { where: { messageId, roomId }, limit: 1 })
  const [row] = await visibleTo(ctx.store, ctx.seat, found)
  if (!row) return refuse('NotFound')
  ctx.guard(must(messageTable, { roomId, seq: row.seq }, { rev: row.rev }))
  return row
}

/**
 * Messages by id, in the order of their numbers; what is not there is left out. They are looked up by nothing but their
 * ids: with a room named too, an engine may read the whole room for them. Whose they are is for `visibleTo` to say.
 */
export async function rowsById(store: Reader, messageIds: Iterable<MessageId>): Promise<MessageRow[]> {
  const wanted = [...new Set(messageIds)]
  const rows = await store.find(messageTable, { where: { messageId: { in: wanted } }, limit: wanted.length })
  return rows.toSorted((a, b) => a.seq - b.seq)
}

/** From where a walk through a room goes, and which way: after a number, or back from before one, or from the end. */
export type Way = { after: number } | { before: number | null }

/** The first messages on this way that a seat sees, in the order of walking: fewer than wanted only where the room ends. */
export async function walk(store: Reader, seat: Viewer, way: Way, wanted: number): Promise<MessageRow[]> {
  const floor = seenAfter(seat)
  const forward = 'after' in way
  let edge = forward ? Math.max(floor, way.after) : way.before
  const found: MessageRow[] = []
  for (let limit = wanted; ; limit = READ_ON) {
    const rows = await store.find(messageTable, {
      where: {
        roomId: seat.roomId,
        seq: forward ? { gt: edge ?? floor } : { gt: floor, ...(edge !== null && { lt: edge }) },
      },
      order: [['seq', forward ? 'asc' : 'desc']],
      limit,
    })
    found.push(...(await visibleTo(store, seat, rows)))
    const last = rows.at(-1)
    if (found.length >= wanted || rows.length < limit || !last) return found.slice(0, wanted)
    edge = last.seq
  }
}

/** A message as it travels: without who may not see it. */
export function shownMessage({ hiddenFrom: _hidden, ...message }: MessageRow): Message {
  return message
}
