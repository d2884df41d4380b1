import {
  MAX_MEMBERS,
  MAX_RECEIPTS,
  openPrivacy,
  receiptsOf,
  type Receipt,
  type Receipts,
  type UserId,
} from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { peopleOf, privacyOf, userTable } from '../accounts/index.ts'
import { messageTable, requireMessage, type MessageRow } from '../messages/index.ts'
import { TIMES_KEPT } from './marks.ts'
import { seatTable, type SeatRow } from '../rooms/index.ts'

/** Messages after one that are looked through for who answered. */
const ANSWERS_READ = 200

type Reached = { userId: UserId; at: number | null }

/** Where a message of mine has been: who read it, who has it, who neither. */
export const receiptHandles = [
  handle(receiptsOf, async (ctx, { roomId, messageId }) => {
    const message = await requireMessage(ctx, roomId, messageId)
    if (message.authorId !== ctx.me) refuse('NotAllowed')
    const seats = await ctx.store.find(seatTable, { where: { roomId }, limit: MAX_MEMBERS })
    const others = seats.filter(({ userId }) => userId !== ctx.me && !message.hiddenFrom?.includes(userId))
    // Who came later does not count: it was not said to them.
    const addressed = others.filter((seat) => seat.fromSeq < message.seq)
    const hidden = seats.filter(({ userId }) => message.hiddenFrom?.includes(userId))
    const parts = await sorted(ctx, message, addressed)
    parts.waiting.push(...hidden.map(({ userId }) => ({ userId, at: null })))
    return named(ctx, parts)
  }),
]

async function sorted(ctx: Context, message: MessageRow, seats: readonly SeatRow[]) {
  const parts: Record<'read' | 'delivered' | 'waiting', Reached[]> = { read: [], delivered: [], waiting: [] }
  const ids = seats.map((seat) => seat.userId)
  const [privacy, users] = await Promise.all([
    privacyOf(ctx.store, [ctx.me, ...ids]),
    ctx.store.find(userTable, { where: { userId: { in: ids } }, limit: ids.length }),
  ])
  const seenAt = new Map(users.map((user) => [user.userId, user.lastSeenAt ?? 0]))
  const gives = (userId: UserId) => (privacy.get(userId) ?? openPrivacy).receipts
  const isShown = gives(ctx.me)
  const answered = await answeredAt(ctx, message)
  for (const seat of seats) {
    const { userId, markTimes } = seat
    // Large rooms keep no marks of delivery: who is here, or was since, has it.
    const has = Math.max(seat.deliveredSeq, seat.readSeq) >= message.seq
    const wasHere = ctx.live.isHere(userId) || (seenAt.get(userId) ?? 0) >= message.at
    if (seat.readSeq >= message.seq && isShown && gives(userId))
      parts.read.push({ userId, at: earliest(firstAt(markTimes?.read, message.seq), answered.get(userId)) })
    else if (has || wasHere) parts.delivered.push({ userId, at: firstAt(markTimes?.delivered, message.seq) })
    else parts.waiting.push({ userId, at: null })
  }
  return parts
}

/** Who said something soon after a message, and when: they had read it by then, and their mark moved without a note. */
async function answeredAt(ctx: Context, { roomId, seq }: MessageRow): Promise<Map<UserId, number>> {
  const next = await ctx.store.find(messageTable, {
    where: { roomId, seq: { gt: seq } },
    order: [['seq', 'asc']],
    limit: ANSWERS_READ,
  })
  const first = new Map<UserId, number>()
  for (const { authorId, at, localId } of next) if (localId && !first.has(authorId)) first.set(authorId, at)
  return first
}

const earliest = (a: number | null, b: number | undefined): number | null =>
  a === null ? (b ?? null) : Math.min(a, b ?? Infinity)

/** When a mark first came to a number; unknown where that was too long ago. */
function firstAt(times: readonly (readonly [number, number])[] | undefined, seq: number): number | null {
  const [oldest] = times ?? []
  if (!times || !oldest || (times.length >= TIMES_KEPT && oldest[0] >= seq)) return null
  const first = times.find(([reached]) => reached >= seq)
  return first ? first[1] : null
}

async function named(ctx: Context, parts: Record<'read' | 'delivered' | 'waiting', Reached[]>): Promise<Receipts> {
  const first = (list: Reached[]) =>
    list.toSorted((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0).slice(0, MAX_RECEIPTS)
  const { read, delivered, waiting } = parts
  const shown = { read: first(read), delivered: first(delivered), waiting: first(waiting) }
  const ids = Object.values(shown).flatMap((list) => list.map(({ userId }) => userId))
  const people = new Map((await peopleOf(ctx.store, ids)).map((person) => [person.userId, person]))
  const withNames = (list: Reached[]): Receipt[] =>
    list.flatMap(({ userId, at }) => {
      const person = people.get(userId)
      return person ? [{ person, at }] : []
    })
  return {
    read: withNames(shown.read),
    delivered: withNames(shown.delivered),
    waiting: withNames(shown.waiting),
    counts: { read: read.length, delivered: delivered.length, waiting: waiting.length },
  }
}
