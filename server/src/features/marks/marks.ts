import {
  markDelivered,
  markRead,
  MARKS_SHOWN_UP_TO,
  markUnread,
  readMoved,
  roomPlace,
  sendMessage,
  userPlace,
  type Message,
  type RoomId,
} from '@connectly/protocol'
import { happened, type Context } from '../../kernel/context.ts'
import { before, fill, handle } from '../../kernel/feature.ts'
import { placeTable } from '../../store/log-tables.ts'
import { must, mustNot, patch, type Write } from '../../store/store.ts'
import { hiddenTable, messageTable, walk } from '../messages/index.ts'
import { roomTable, seatTable, type SeatRow } from '../rooms/index.ts'
import { tellOthers } from './theirs.ts'
import { unreadOf } from './unread.ts'

/** Moves of a mark that a seat remembers, so that a message can say when it was read. */
export const TIMES_KEPT = 32
/** In large rooms marks wait for each other this long, in ms: thousands that read share a few commits. */
const BEAT = 400

type MarkTimes = NonNullable<SeatRow['markTimes']>

export const markHandles = [
  handle(markRead, async (ctx, { roomId, seq }) => {
    const seat = seatOf(ctx)
    const room = await ctx.store.get(roomTable, { roomId })
    if (room && room.members > MARKS_SHOWN_UP_TO) await beat()
    const readSeq = Math.max(seat.readSeq, Math.min(seq, await newestFor(ctx, seat)))
    if (readSeq === seat.readSeq && seat.unreadFrom === null) return { readSeq }
    // What one says meanwhile moves the same mark; that is no reason to begin anew while this goes further.
    const isFurther = readSeq > seat.readSeq
    const deliveredSeq = Math.max(seat.deliveredSeq, readSeq)
    const times = isFurther ? remembered(seat, { read: readSeq }, ctx.now()) : seat.markTimes
    const mine = userPlace(ctx.me)
    await ctx.record([mine], (next) => ({
      writes: [
        patch(
          seatTable,
          { roomId, userId: ctx.me },
          {
            set: { readSeq, deliveredSeq, unreadFrom: null, markedAt: ctx.now(), markTimes: times },
            only: { readSeq: isFurther ? { lt: readSeq } : readSeq, deliveredSeq: seat.deliveredSeq },
          },
        ),
      ],
      events: [happened(readMoved, next(mine), { roomId, readSeq, unreadFrom: null, unread: [], mentions: [] })],
      result: null,
    }))
    if (isFurther) await tellOthers(ctx, roomId, { readSeq, deliveredSeq })
    return { readSeq }
  }),

  handle(markUnread, async (ctx, { roomId, seq }) => {
    const seat = seatOf(ctx)
    const unreadFrom = Math.max(1, Math.min(seq, await newestOf(ctx, roomId)))
    if (seat.unreadFrom === unreadFrom) return {}
    const { unread, mentions } = await unreadOf(ctx.store, { ...seat, unreadFrom })
    await stayAsRead(ctx, roomId, unread)
    const mine = userPlace(ctx.me)
    return ctx.record([mine], (next) => ({
      writes: [
        patch(
          seatTable,
          { roomId, userId: ctx.me },
          { set: { unreadFrom }, only: { readSeq: seat.readSeq, clearedSeq: seat.clearedSeq } },
        ),
      ],
      events: [happened(readMoved, next(mine), { roomId, readSeq: seat.readSeq, unreadFrom, unread, mentions })],
      result: {},
    }))
  }),

  handle(markDelivered, async (ctx, { marks }) => {
    const moved = await advancing(ctx, new Map(marks.map(({ roomId, seq }) => [roomId, seq])))
    if (moved.length === 0) return {}
    await ctx.record([], () => ({
      writes: moved.map(({ seat, seq }): Write => {
        const key = { roomId: seat.roomId, userId: ctx.me }
        const set = {
          deliveredSeq: seq,
          markedAt: ctx.now(),
          markTimes: remembered(seat, { delivered: seq }, ctx.now()),
        }
        return patch(seatTable, key, { set, only: { deliveredSeq: seat.deliveredSeq } })
      }),
      events: [],
      result: null,
    }))
    for (const { seat, seq } of moved) await tellOthers(ctx, seat.roomId, { readSeq: seat.readSeq, deliveredSeq: seq })
    return {}
  }),
]

/** Sending reads up to one's own message: the mark moves in the same commit. */
export const markBefore = [
  before(sendMessage, async (ctx, { roomId }) => {
    ctx.also((_next, said) => {
      const { seq } = said as Message
      const set = { readSeq: seq, unreadFrom: null }
      return { writes: [patch(seatTable, { roomId, userId: ctx.me }, { set })], events: [] }
    })
  }),
]

export const markFills = [
  fill(readMoved, async (store, userId, entries) =>
    Promise.all(
      entries.map(async ({ data: { roomId, readSeq, unreadFrom } }) => {
        const seat = unreadFrom === null ? undefined : await store.get(seatTable, { roomId, userId })
        const back = seat ? await unreadOf(store, { ...seat, unreadFrom }) : { unread: [], mentions: [] }
        return { roomId, readSeq, unreadFrom, ...back }
      }),
    ),
  ),
]

/** My seats that these numbers move on, in rooms small enough to show it; a number beyond the room's newest is its newest. */
async function advancing(ctx: Context, wanted: Map<RoomId, number>): Promise<{ seat: SeatRow; seq: number }[]> {
  const roomIds = [...wanted.keys()]
  if (roomIds.length === 0) return []
  const limit = roomIds.length
  const [seats, rooms, places] = await Promise.all([
    ctx.store.find(seatTable, { where: { userId: ctx.me, roomId: { in: roomIds } }, limit }),
    ctx.store.find(roomTable, { where: { roomId: { in: roomIds } }, limit }),
    ctx.store.find(placeTable, { where: { place: { in: roomIds.map(roomPlace) } }, limit }),
  ])
  const small = new Set(rooms.filter((room) => room.members <= MARKS_SHOWN_UP_TO).map((room) => room.roomId))
  const newest = new Map(places.map((row) => [row.place, row.seq]))
  const moved: { seat: SeatRow; seq: number }[] = []
  for (const seat of seats.filter(({ roomId }) => small.has(roomId))) {
    const upTo = seat.hides ? await newestFor(ctx, seat) : (newest.get(roomPlace(seat.roomId)) ?? 0)
    const seq = Math.min(wanted.get(seat.roomId) ?? 0, upTo)
    if (seq > Math.max(seat.deliveredSeq, seat.readSeq)) moved.push({ seat, seq })
  }
  return moved
}

/** Guards that these messages are as they were read: none is deleted, edited or hidden before they are told as unread. */
async function stayAsRead(ctx: Context, roomId: RoomId, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return
  const where = { roomId, seq: { in: seqs } }
  for (const { seq, rev } of await ctx.store.find(messageTable, { where, limit: seqs.length })) {
    ctx.guard(must(messageTable, { roomId, seq }, { rev }))
    ctx.guard(mustNot(hiddenTable, { userId: ctx.me, roomId, seq }))
  }
}

let nextBeat: Promise<void> | undefined

/** Resolves for all who wait in the same turn of the event loop, so that what they do then is one commit. */
function beat(): Promise<void> {
  nextBeat ??= new Promise((done) =>
    setTimeout(() => {
      nextBeat = undefined
      done()
    }, BEAT),
  )
  return nextBeat
}

/** The asking person's seat, whole. */
const seatOf = (ctx: Context): SeatRow => ctx.seat as SeatRow

/** How far a seat can have read: up to the newest there is, or, under a block, up to the newest it sees. */
async function newestFor(ctx: Context, seat: SeatRow): Promise<number> {
  if (!seat.hides) return newestOf(ctx, seat.roomId)
  const [last] = await walk(ctx.store, seat, { before: null }, 1)
  return last?.seq ?? 0
}

async function newestOf(ctx: Context, roomId: RoomId): Promise<number> {
  return (await ctx.store.get(placeTable, { place: roomPlace(roomId) }))?.seq ?? 0
}

function remembered(seat: SeatRow, moved: { read?: number; delivered?: number }, at: number): MarkTimes {
  const { read, delivered } = seat.markTimes ?? { read: [], delivered: [] }
  const with1 = (list: MarkTimes['read'], seq: number | undefined): MarkTimes['read'] =>
    seq === undefined ? list : [...list, [seq, at] as [number, number]].slice(-TIMES_KEPT)
  return { read: with1(read, moved.read), delivered: with1(delivered, moved.delivered) }
}
