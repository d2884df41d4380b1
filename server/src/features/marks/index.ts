import { MARKS_SHOWN_UP_TO, othersMoved, type RoomId, type RoomLine } from '@connectly/protocol'
import type { Feature, LineParts } from '../../kernel/feature.ts'
import { placeTable } from '../../store/log-tables.ts'
import { roomTable, seatTable, type SeatRow } from '../rooms/index.ts'
import { markBefore, markFills, markHandles } from './marks.ts'
import { receiptHandles } from './receipts.ts'
import { listen, othersInDirect, showing, shownMarks } from './theirs.ts'
import { readUpTo, unreadOf } from './unread.ts'

const MAX_ROOMS = 5000

/** What is new of each line, and how far the other of a direct room has come. */
const markLines: LineParts = async (store, wanted) => {
  const seats = wanted as readonly SeatRow[]
  const places = seats.map(({ roomId }) => `room:${roomId}` as const)
  const numbers = await store.find(placeTable, { where: { place: { in: places } }, limit: places.length })
  const newest = new Map(numbers.map((row) => [row.place, row.seq]))
  const [first] = seats
  const theirs = first ? await showing(store, first.userId, await othersInDirect(store, seats)) : []
  const others = new Map(theirs.map((seat) => [seat.roomId, shownMarks(seat)]))
  const parts = new Map<RoomId, Partial<RoomLine>>()
  for (const seat of seats) {
    const hasNews = (newest.get(`room:${seat.roomId}`) ?? 0) > readUpTo(seat)
    const news = hasNews ? await unreadOf(store, seat) : { unread: [], mentions: [] }
    const marks = others.get(seat.roomId)
    const shown = marks ? { readSeq: marks.readSeq, deliveredSeq: marks.deliveredSeq } : null
    parts.set(seat.roomId, { ...news, theirs: shown })
  }
  return parts
}

/** How far everybody has read. Unread is never stored: it is counted from the marks. */
export const marks: Feature = {
  name: 'marks',
  handles: [...markHandles, ...receiptHandles],
  before: markBefore,
  fills: markFills,
  lines: markLines,
  starts: listen,
  snapshots: {
    room: async (store, { roomId, userId }) => {
      const seats = await store.find(seatTable, { where: { roomId }, limit: MARKS_SHOWN_UP_TO + 1 })
      if (seats.length > MARKS_SHOWN_UP_TO) return { theirs: [] }
      const room = await store.get(roomTable, { roomId })
      const apart = room?.kind === 'group' ? (seats.find((seat) => seat.userId === userId)?.hides ?? []) : []
      const theirs = seats.filter((seat) => seat.userId !== userId && !apart.includes(seat.userId))
      return { theirs: (await showing(store, userId, theirs)).map(shownMarks) }
    },
  },
  moved: async (store, userId, since) => {
    const mine = await store.find(seatTable, { where: { userId }, limit: MAX_ROOMS })
    const theirs = await othersInDirect(store, mine, { markedAt: { gte: since } })
    return { signal: othersMoved.name, all: (await showing(store, userId, theirs)).map(shownMarks) }
  },
}
