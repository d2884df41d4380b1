import { UNREAD_KEPT, type UserId } from '@connectly/protocol'
import type { Reader } from '../../store/store.ts'
import { messageTable, visibleTo, type MessageRow } from '../messages/index.ts'
import type { SeatRow } from '../rooms/index.ts'

/** Rows read at once: most rooms have a few unread messages, and some very many. */
const FIRST = 24
const READ_ON = 150

export type Unread = { unread: number[]; mentions: number[] }

/** What a seat counts as read up to: what it read, or less where its person marked the room as unread. */
export const readUpTo = ({ readSeq, unreadFrom }: Pick<SeatRow, 'readSeq' | 'unreadFrom'>): number =>
  unreadFrom === null ? readSeq : Math.min(readSeq, unreadFrom - 1)

/**
 * The numbers of what others said above what a seat has read, the newest first, no more than a line keeps; and those of
 * them that mean its person. What the room itself says, and what was deleted, is no news.
 */
export async function unreadOf(store: Reader, seat: SeatRow): Promise<Unread> {
  const found: MessageRow[] = []
  const from = readUpTo(seat)
  let edge: number | null = null
  for (let limit = FIRST; ; limit = READ_ON) {
    const rows: MessageRow[] = await store.find(messageTable, {
      where: { roomId: seat.roomId, seq: { gt: from, ...(edge !== null && { lt: edge }) } },
      order: [['seq', 'desc']],
      limit,
    })
    const news = rows.filter((row) => row.authorId !== seat.userId && isSaid(row))
    found.push(...(await visibleTo(store, seat, news)))
    const last = rows.at(-1)
    if (!last || rows.length < limit || found.length >= UNREAD_KEPT) break
    edge = last.seq
  }
  const kept = found.slice(0, UNREAD_KEPT)
  return {
    unread: kept.map((row) => row.seq),
    mentions: kept.filter((row) => isMeant(row, seat.userId)).map((row) => row.seq),
  }
}

const isSaid = ({ body }: MessageRow): boolean => body.kind !== 'system' && body.kind !== 'deleted'

function isMeant({ body }: MessageRow, me: UserId): boolean {
  if (!('mentions' in body) || !body.mentions) return false
  return body.mentions.some(({ who }) => who === 'all' || who === me)
}
