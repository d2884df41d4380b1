import {
  catchUp,
  headOf,
  MAX_LISTED,
  openSync,
  placeParts,
  roomPlace,
  userPlace,
  type CatchUp,
  type Frame,
  type Head,
  type OutputOf,
  type Place,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { isPassing } from './ask-error.ts'
import type { Connection } from './connection.ts'
import { after, afterInRoom, afterMine, afterSignal, fromHead, roomOf, type Held, type Slice } from './slice.ts'
import type { KeptPlace, Storage } from './storage.ts'
import { watched, type Watched } from './watched.ts'

/** Rooms that stay on the device. */
const MAX_HELD = 50
const KEEP_AFTER = 250
const FILL_AGAIN = 1000
/** Raised when what slices keep has another shape: what was kept before is had anew. */
const SHAPE = 2

/** A slice of mine that knows which rooms are in my list, and how far each line has come. */
export type Listing = {
  listed(me: Held): ReadonlyMap<RoomId, number>
  withLines(me: Held, lines: OutputOf<typeof openSync>['lines'], gone: readonly RoomId[]): Held
}

/**
 * What this device knows: my own place, and the rooms I have opened. It opens with what was kept, is brought up to date
 * by one opening, and then follows the frames. Events are applied by number, never by arrival.
 */
export function createReplica(parts: {
  me: UserId
  slices: readonly Slice[]
  listing: Listing
  storage: Storage
  ask: Connection['ask']
}) {
  const { slices, listing, storage, ask } = parts
  const myPlace = userPlace(parts.me)
  const places = new Map<Place, Watched<Held | null>>()
  const usedAt = new Map<Place, number>()
  const dirty = new Set<Place>()
  const filling = new Map<Place, Promise<void>>()
  /** The newest number heard behind a gap. */
  const ahead = new Map<Place, number>()
  const heading = new Map<RoomId, Promise<void>>()
  let early: Frame[] | null = []
  let epoch: string | null = null
  /** The server's time of the last opening. */
  let openedAt: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function cell(place: Place): Watched<Held | null> {
    let found = places.get(place)
    if (!found) places.set(place, (found = watched<Held | null>(null)))
    return found
  }

  function put(place: Place, held: Held | null): void {
    cell(place).set(held)
    dirty.add(place)
    timer ??= setTimeout(() => void keep(), KEEP_AFTER)
  }

  /** Writes what has changed; a place and its cursor are one record. */
  async function keep(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (stopped || epoch === null) return
    const changed = [...dirty]
    dirty.clear()
    const gone = changed.filter((place) => !cell(place).get())
    const kept = changed.flatMap((place) => keptPlace(place, epoch as string))
    await Promise.all([
      ...kept.map((each) => storage.putPlace(each)),
      gone.length > 0 && storage.dropPlaces(gone),
    ]).catch(() => undefined)
  }

  function keptPlace(place: Place, ofEpoch: string): KeptPlace[] {
    const held = cell(place).get()
    if (!held) return []
    const trimmed = Object.fromEntries(
      Object.entries(held.slices).map(([name, state]) => {
        const slice = slices.find((each) => each.name === name && each.place === placeParts(place).kind)
        return [name, slice?.kept ? slice.kept(state) : state]
      }),
    )
    return [
      { place, seq: held.seq, slices: trimmed, epoch: ofEpoch, usedAt: usedAt.get(place) ?? 0, shape: SHAPE, openedAt },
    ]
  }

  /** Applies a frame, or asks for what is missing before it. */
  function hear(frame: Frame): void {
    if (early) return void early.push(frame)
    apply(frame.place, frame.events)
    if (frame.place === myPlace) dropUnlisted()
  }

  /** Moves a place on, and what I know of myself with it. Behind a gap neither follows: what fills it brings both. */
  function apply(place: Place, events: Frame['events']): void {
    const { kind, id } = placeParts(place)
    const held = cell(place).get()
    if (held) {
      const result = after(slices, kind, held, events)
      if (result.held !== held) put(place, result.held)
      if (kind === 'user') tellRooms(events.filter(({ seq }) => seq > held.seq && seq <= result.held.seq))
      if (result.gap) {
        ahead.set(place, Math.max(ahead.get(place) ?? 0, events.at(-1)?.seq ?? 0))
        return void fill(place)
      }
    }
    const mine = cell(myPlace).get()
    if (kind === 'room' && mine) put(myPlace, afterInRoom(slices, mine, id as RoomId, events))
  }

  /** What happens in my own place may be about a room I hold: what I deleted for myself there. */
  function tellRooms(events: Frame['events']): void {
    const about = Map.groupBy(events, roomOf)
    for (const [roomId, theirs] of about) {
      const held = roomId === undefined ? null : cell(roomPlace(roomId)).get()
      if (held && roomId !== undefined) put(roomPlace(roomId), afterMine(slices, held, theirs))
    }
  }

  /** A signal, for the slices that listen. */
  function hearSignal(name: string, data: unknown): void {
    const mine = cell(myPlace).get()
    const next = mine && afterSignal(slices, 'user', mine, name, data)
    if (next && next !== mine) put(myPlace, next)
    const roomId = (data as { roomId?: unknown }).roomId
    const room = typeof roomId === 'string' ? cell(roomPlace(roomId)).get() : null
    if (!room) return
    const moved = afterSignal(slices, 'room', room, name, data)
    if (moved !== room) put(roomPlace(roomId as string), moved)
  }

  /** Fills a gap from the log. */
  function fill(place: Place): Promise<void> {
    const running = filling.get(place)
    if (running) return running
    const work = fillOnce(place)
      .catch((error: unknown) => {
        if (isPassing(error) && !stopped && !early) setTimeout(() => void fill(place), FILL_AGAIN)
      })
      .finally(() => filling.delete(place))
    filling.set(place, work)
    return work
  }

  async function fillOnce(place: Place): Promise<void> {
    const held = cell(place).get()
    if (!held) return
    take(await ask(catchUp, { place, after: held.seq }))
    const now = cell(place).get()
    // What was told while the answer was on its way may not be in it.
    if (now && now.seq > held.seq && now.seq < (ahead.get(place) ?? 0)) await fillOnce(place)
  }

  function take(found: CatchUp): void {
    if (found.kind === 'reset') takeHead(found.head)
    else if (cell(found.place).get()) apply(found.place, found.events)
    if (found.kind === 'events' ? found.place === myPlace : found.head.place === myPlace) dropUnlisted()
  }

  function takeHead(head: Head): void {
    const held = cell(head.place).get()
    if (held && held.seq > head.seq) return
    // What my own place said about rooms I hold may be lost with it: they are had anew when they are shown.
    if (head.place === myPlace && held) forgetRooms()
    put(head.place, fromHead(slices, placeParts(head.place).kind, head))
  }

  function forgetRooms(): void {
    for (const [place, room] of places) if (placeParts(place).kind === 'room' && room.get()) put(place, null)
  }

  /** Rooms that I hold and that are no longer in my list are gone. */
  function dropUnlisted(): void {
    const mine = cell(myPlace).get()
    if (!mine) return
    const listed = listing.listed(mine)
    for (const [place, held] of places)
      if (placeParts(place).kind === 'room' && held.get() && !listed.has(placeParts(place).id as RoomId))
        put(place, null)
  }

  function mend(lines: OutputOf<typeof openSync>['lines'], gone: readonly RoomId[]): void {
    const mine = cell(myPlace).get()
    if (mine) put(myPlace, listing.withLines(mine, lines, gone))
  }

  /** Whether it has a part for every slice there is; another version kept others. */
  const isWhole = ({ place, slices: state }: KeptPlace): boolean =>
    slices.every((slice) => slice.place !== placeParts(place).kind || slice.name in state)

  /** What moved besides the logs is said as if by signals. */
  function takeMoved(moved: Record<string, unknown>): void {
    for (const { signal, each } of Object.values(moved).flatMap(asSignals)) hearSignal(signal, each)
  }

  function heldRooms(): RoomId[] {
    const rooms = [...places]
      .filter(([place, held]) => placeParts(place).kind === 'room' && held.get())
      .map(([place]) => place)
    rooms.sort((a, b) => (usedAt.get(b) ?? 0) - (usedAt.get(a) ?? 0))
    for (const place of rooms.slice(MAX_HELD)) put(place, null)
    return rooms.slice(0, MAX_HELD).map((place) => placeParts(place).id as RoomId)
  }

  return {
    me: parts.me,
    mine: cell(myPlace),
    room: (roomId: RoomId) => cell(roomPlace(roomId)),
    hear,
    hearSignal,

    /** Shows what the device kept, before anything is asked. */
    load: async () => {
      const kept = await storage.places().catch(() => [])
      const whole = kept.filter((each) => each.shape === SHAPE && isWhole(each))
      const own = whole.find((each) => each.place === myPlace)
      if (!own || cell(myPlace).get()) return
      epoch = own.epoch
      openedAt = own.openedAt
      for (const { place, seq, slices: state, usedAt: used } of whole.filter((each) => each.epoch === own.epoch)) {
        usedAt.set(place, used)
        cell(place).set({ seq, slices: state })
      }
    },

    /** From here on frames wait until the opening has been taken. */
    beginOpening: () => {
      early = []
      ahead.clear()
    },

    /** Brings everything that is held up to date; frames heard meanwhile come after. */
    open: async () => {
      const mine = cell(myPlace).get()
      const held = heldRooms()
      const listed = mine ? listing.listed(mine) : new Map<RoomId, number>()
      const cursors: Record<Place, number> = mine ? { [myPlace]: mine.seq } : {}
      for (const roomId of held) cursors[roomPlace(roomId)] = cell(roomPlace(roomId)).get()?.seq ?? 0
      const lines = Object.fromEntries([...listed].slice(0, MAX_LISTED))
      const opened = await ask(openSync, {
        epoch,
        cursors,
        lines,
        ...(openedAt !== undefined && { since: openedAt }),
      })
      if (epoch !== null && epoch !== opened.epoch) {
        for (const [place, state] of places) if (state.get() && place !== myPlace) put(place, null)
        cell(myPlace).set(null)
      }
      epoch = opened.epoch
      openedAt = opened.serverTime
      // First what is gone: a seat taken again meanwhile stands in the events of my own place.
      const gone = opened.gone.map((place) => placeParts(place).id as RoomId)
      for (const roomId of gone) put(roomPlace(roomId), null)
      mend([], gone)
      for (const found of opened.places) take(found)
      mend(opened.lines, [])
      takeMoved(opened.moved)
      const waiting = early ?? []
      early = null
      for (const frame of waiting) hear(frame)
    },

    /** Holds a room from now on; asks for its head if it is not here. */
    hold: (roomId: RoomId): Promise<void> => {
      usedAt.set(roomPlace(roomId), Date.now())
      const held = cell(roomPlace(roomId)).get()
      if (held) {
        put(roomPlace(roomId), held)
        return Promise.resolve()
      }
      let running = heading.get(roomId)
      if (!running) {
        running = ask(headOf, { roomId })
          .then((head) => {
            takeHead(head)
            return fill(roomPlace(roomId))
          })
          .finally(() => heading.delete(roomId))
        heading.set(roomId, running)
      }
      return running
    },

    /** Adds what was asked for besides the log: a page. */
    merge: (roomId: RoomId, name: string, change: (state: unknown) => unknown) => {
      const held = cell(roomPlace(roomId)).get()
      if (held) put(roomPlace(roomId), { seq: held.seq, slices: { ...held.slices, [name]: change(held.slices[name]) } })
    },

    keep,
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** What a feature brings along with an opening: the name of its signal, and what that would have said. */
function asSignals(moved: unknown): { signal: string; each: unknown }[] {
  const { signal, all } = moved as { signal: string; all: unknown[] }
  return all.map((each) => ({ signal, each }))
}
