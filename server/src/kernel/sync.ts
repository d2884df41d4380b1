import { catchUp, headOf, MAX_CATCH_UP, openSync, placeParts, roomPlace, userPlace } from '@connectly/protocol'
import type { CatchUp, Head, LoggedEvent, Place, RoomId, RoomLine, UserId } from '@connectly/protocol'
import { eventTable, placeTable, type EventRow } from '../store/log-tables.ts'
import type { Reader } from '../store/store.ts'
import { handle, type Feature, type Fill, type Lines } from './feature.ts'
import type { SeatRow, Seats } from './seats.ts'
import { refuse } from './refuse.ts'

/**
 * Opening and catching up: one path for a first start, a reconnect and a second device. The connection is seated first,
 * the numbers are read after; so what happens in between is heard, read, or both, and never missed.
 */
export function createSync(
  features: readonly Feature[],
  seats: Seats,
  epoch: () => string,
  serve: (place: Place, seq: number) => void,
): Feature & {
  /** The events of these rows as somebody may see them, with what the log left out. */
  filled(store: Reader, me: UserId, rows: readonly EventRow[]): Promise<LoggedEvent[]>
} {
  const fills = new Map<string, Fill>(
    features.flatMap((feature) => feature.fills ?? []).map((each) => [each.event.name, each]),
  )

  /** Lines as these seats see them: each feature that knows something of a line adds its part. */
  const lines: Lines = async (store, wanted) => {
    if (wanted.length === 0) return []
    const numbers = await placeNumbers(
      store,
      wanted.map((seat) => roomPlace(seat.roomId)),
    )
    // Seats are read after the numbers, like all that is in a line: what a line knows is never older than its number.
    const roomIds = wanted.map((seat) => seat.roomId)
    const where = { userId: wanted[0]?.userId as UserId, roomId: { in: roomIds } }
    const now = await store.find(seats.table, { where, limit: roomIds.length })
    const parts = await Promise.all(features.flatMap((feature) => (feature.lines ? [feature.lines(store, now)] : [])))
    return wanted.flatMap(({ roomId }) => {
      const line = Object.assign(
        { ...blankLine, seq: numbers.get(roomPlace(roomId)) ?? 0 },
        ...parts.map((part) => part.get(roomId)),
      )
      return line.room ? [line as RoomLine] : []
    })
  }

  return {
    name: 'sync',
    filled,
    handles: [
      handle(openSync, async (ctx, { epoch: theirs, cursors: sent, lines: sentLines, since }) => {
        const same = theirs === epoch()
        const openedAt = ctx.now()
        const held = Object.entries(sent) as [Place, number][]
        const cursors = new Map(held.map(([place, seq]) => [place, same ? seq : null]))
        const listed = new Map(same ? (Object.entries(sentLines) as [RoomId, number][]) : [])
        const seating = ctx.caller.connection?.begin()
        const mine = await seats.of(ctx.store, ctx.me)
        for (const seat of mine) seating?.join(roomPlace(seat.roomId))

        const me = userPlace(ctx.me)
        const all = [me, ...mine.map((seat) => roomPlace(seat.roomId))]
        const numbers = await placeNumbers(ctx.store, all)
        for (const place of all) serve(place, numbers.get(place) ?? 0)
        const places: CatchUp[] = []
        const own = await bringUp(ctx.store, ctx.me, me, cursors.get(me) ?? null, numbers.get(me) ?? 0, null)
        if (own) places.push(own)
        const reset = new Set<RoomId>()
        for (const seat of mine) {
          const place = roomPlace(seat.roomId)
          const cursor = cursors.get(place)
          if (cursor === undefined) continue
          const room = await bringUp(ctx.store, ctx.me, place, cursor, numbers.get(place) ?? 0, seat)
          if (room) places.push(room)
          if (room?.kind === 'reset') reset.add(seat.roomId)
        }
        const isStale = ({ roomId }: SeatRow) => {
          const [line, number] = [listed.get(roomId), numbers.get(roomPlace(roomId)) ?? 0]
          return reset.has(roomId) || (line === undefined ? !cursors.has(roomPlace(roomId)) : line !== number)
        }
        const stale = own?.kind === 'reset' ? [] : mine.filter(isStale)
        const seated = new Set<string>(mine.map((seat) => roomPlace(seat.roomId)))
        const gone = [...new Set([...cursors.keys(), ...[...listed.keys()].map(roomPlace)])].filter(
          (place) => place !== me && !seated.has(place),
        )
        const moved: Record<string, unknown> = {}
        if (since !== undefined && same)
          for (const { name, moved: read } of features) if (read) moved[name] = await read(ctx.store, ctx.me, since)
        return { epoch: epoch(), serverTime: openedAt, places, lines: await lines(ctx.store, stale), gone, moved }
      }),

      handle(headOf, async (ctx, { roomId }) => {
        const seat = await ctx.store.get(seats.table, { roomId, userId: ctx.me })
        return (await roomHead(ctx.store, seat ?? refuse('NotFound'))) ?? refuse('NotFound')
      }),

      handle(catchUp, async (ctx, { place, after }) => {
        const { kind, id } = placeParts(place)
        if (kind === 'user' && id !== ctx.me) refuse('NotFound')
        const seat =
          kind === 'room'
            ? ((await ctx.store.get(seats.table, { roomId: id as RoomId, userId: ctx.me })) ?? refuse('NotFound'))
            : null
        const numbers = await placeNumbers(ctx.store, [place])
        return (
          (await bringUp(ctx.store, ctx.me, place, after, numbers.get(place) ?? 0, seat)) ?? {
            kind: 'events' as const,
            place,
            events: [],
          }
        )
      }),
    ],
  }

  /** The events after a cursor, or a head where they are too many, gone, or before what the seat may see. */
  async function bringUp(
    store: Reader,
    me: UserId,
    place: Place,
    cursor: number | null,
    newest: number,
    seat: SeatRow | null,
  ): Promise<CatchUp | null> {
    if (cursor === newest) return null
    const reset = async (): Promise<CatchUp | null> => {
      const fresh = seat ? await roomHead(store, seat) : await userHead(store, me)
      return fresh && { kind: 'reset', head: fresh }
    }
    if (cursor === null || cursor > newest || newest - cursor > MAX_CATCH_UP || (seat && cursor < seenAfter(seat)))
      return reset()
    const rows = await store.find(eventTable, {
      where: { place, seq: { gt: cursor } },
      order: [['seq', 'asc']],
      limit: MAX_CATCH_UP,
    })
    if (rows[0]?.seq !== cursor + 1) return reset()
    return { kind: 'events', place, events: await filled(store, me, rows) }
  }

  /** A room as one seat sees it; null when the seat has gone meanwhile, which its holder hears in their own place. */
  async function roomHead(store: Reader, { roomId, userId }: SeatRow): Promise<Head | null> {
    const place = roomPlace(roomId)
    const numbers = await placeNumbers(store, [place])
    const seat = await store.get(seats.table, { roomId, userId })
    if (!seat) return null
    return head(place, numbers, (feature) => feature.snapshots?.room?.(store, seat))
  }

  async function userHead(store: Reader, me: UserId): Promise<Head> {
    const numbers = await placeNumbers(store, [userPlace(me)])
    return head(userPlace(me), numbers, (feature) => feature.snapshots?.user?.(store, me, lines))
  }

  /** The number is read first: what the slices already hold of later events, reducers recognise by `rev`. */
  async function head(
    place: Place,
    numbers: ReadonlyMap<Place, number>,
    slice: (feature: Feature) => Promise<unknown> | undefined,
  ): Promise<Head> {
    const slices: Record<string, unknown> = {}
    for (const feature of features) {
      const made = slice(feature)
      if (made) slices[feature.name] = await made
    }
    return { place, seq: numbers.get(place) ?? 0, slices }
  }

  async function filled(store: Reader, me: UserId, rows: readonly EventRow[]): Promise<LoggedEvent[]> {
    const data = rows.map((row) => row.data)
    for (const [name, each] of fills) {
      const at = rows.flatMap((row, index) => (row.name === name ? [index] : []))
      if (at.length === 0) continue
      const full = await each.run(
        store,
        me,
        at.map((index) => rows[index] as EventRow),
        lines,
      )
      at.forEach((index, nth) => (data[index] = full[nth] as Record<string, unknown>))
    }
    return rows.map((row, index) => ({
      seq: row.seq,
      at: row.at,
      name: row.name,
      data: data[index] as Record<string, unknown>,
    }))
  }
}

/** A line of which no feature knows more than its number. */
const blankLine: Omit<RoomLine, 'room' | 'seq'> = {
  last: null,
  other: null,
  readSeq: 0,
  unreadFrom: null,
  unread: [],
  mentions: [],
  theirs: null,
  pinnedAt: null,
  mutedUntil: null,
}

/** A seat sees what has a number above this. */
export const seenAfter = (seat: Pick<SeatRow, 'fromSeq' | 'clearedSeq'>): number =>
  Math.max(seat.fromSeq, seat.clearedSeq)

async function placeNumbers(store: Reader, places: readonly Place[]): Promise<Map<Place, number>> {
  const rows = await store.find(placeTable, { where: { place: { in: places } }, limit: places.length })
  return new Map(rows.map((row) => [row.place, row.seq]))
}
