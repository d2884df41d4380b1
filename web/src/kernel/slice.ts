import type { LoggedEvent, RoomId } from '@connectly/protocol'

/** What happened, to one who draws it: `data` as the protocol declares it for this name. */
export type Happening = LoggedEvent

/**
 * A feature's share of what is known of a room or of me: pure, so that the snapshot law can be checked in a test.
 * A head gives it, events move it on, and an event that it holds already changes nothing.
 */
export type Slice<State = unknown> = {
  /** The feature's name, as in the head. */
  name: string
  place: 'room' | 'user'
  fromHead(head: unknown): State
  events: Readonly<Record<string, (state: State, event: Happening) => State>>
  /** For a slice of mine that also follows what happens in my rooms. */
  roomEvent?(state: State, roomId: RoomId, event: Happening): State
  /** For a slice of a room that also follows what happens in my own place about this room. */
  mineEvent?(state: State, event: Happening): State
  /** What is said by signals, which no log holds: how far others have read. A room's slice hears of its own room only. */
  signals?: Readonly<Record<string, (state: State, data: never) => State>>
  /** What is worth keeping on the device. */
  kept?(state: State): State
}

export const defineSlice = <State>(slice: Slice<State>): Slice => slice as unknown as Slice

/** A place as this client holds it: everything up to `seq`, and nothing after. */
export type Held = { seq: number; slices: Readonly<Record<string, unknown>> }

/** The place as its head shows it. */
export function fromHead(
  slices: readonly Slice[],
  place: 'room' | 'user',
  head: { seq: number; slices: Record<string, unknown> },
): Held {
  const mine = slices.filter((slice) => slice.place === place)
  return {
    seq: head.seq,
    slices: Object.fromEntries(mine.map((slice) => [slice.name, slice.fromHead(head.slices[slice.name])])),
  }
}

/**
 * The place after these events: earlier and repeated ones change nothing, and nothing behind a gap is applied.
 * `gap` says that something is missing.
 */
export function after(
  slices: readonly Slice[],
  place: 'room' | 'user',
  held: Held,
  events: readonly Happening[],
): { held: Held; gap: boolean } {
  let now = held
  for (const event of events) {
    if (event.seq <= now.seq) continue
    if (event.seq > now.seq + 1) return { held: now, gap: true }
    const next: Record<string, unknown> = { ...now.slices }
    for (const slice of slices) {
      const reduce = slice.place === place ? slice.events[event.name] : undefined
      if (reduce) next[slice.name] = reduce(next[slice.name], event)
    }
    now = { seq: event.seq, slices: next }
  }
  return { held: now, gap: false }
}

/** What I know of myself after something happened in one of my rooms. */
export function afterInRoom(slices: readonly Slice[], me: Held, roomId: RoomId, events: readonly Happening[]): Held {
  const next: Record<string, unknown> = { ...me.slices }
  for (const slice of slices) {
    if (slice.place !== 'user' || !slice.roomEvent) continue
    for (const event of events) next[slice.name] = slice.roomEvent(next[slice.name], roomId, event)
  }
  return { seq: me.seq, slices: next }
}

/** A room I hold after something about it happened in my own place. */
export function afterMine(slices: readonly Slice[], room: Held, events: readonly Happening[]): Held {
  const next: Record<string, unknown> = { ...room.slices }
  for (const slice of slices) {
    if (slice.place !== 'room' || !slice.mineEvent) continue
    for (const event of events) next[slice.name] = slice.mineEvent(next[slice.name], event)
  }
  return { seq: room.seq, slices: next }
}

/** A place after a signal; the same one where no slice listens. */
export function afterSignal(
  slices: readonly Slice[],
  place: 'room' | 'user',
  held: Held,
  name: string,
  data: unknown,
): Held {
  const next: Record<string, unknown> = { ...held.slices }
  for (const slice of slices) {
    const reduce = slice.place === place ? slice.signals?.[name] : undefined
    if (reduce) next[slice.name] = reduce(next[slice.name], data as never)
  }
  return Object.keys(next).every((key) => next[key] === held.slices[key]) ? held : { seq: held.seq, slices: next }
}

/** The room that something in my own place is about, if it is about one. */
export function roomOf({ data }: Happening): string | undefined {
  const { roomId } = data
  return typeof roomId === 'string' ? roomId : undefined
}
