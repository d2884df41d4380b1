import {
  catchUp,
  headOf,
  messageSent,
  messagesHidden,
  openSync,
  placeParts,
  roomPlace,
  userPlace,
  type Block,
  type CatchUp,
  type DataOf,
  type Frame,
  type Head,
  type LoggedEvent,
  type Message,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { TestPerson } from '../../server/src/test-kit.ts'
import type { BlocksState } from '../../web/src/features/blocks/blocks.ts'
import type { RequestsState } from '../../web/src/features/requests/index.ts'
import { listing, type LinesState } from '../../web/src/features/rooms/index.ts'
import { slices } from '../../web/src/features/slices.ts'
import { after, afterInRoom, afterMine, fromHead, roomOf, type Held } from '../../web/src/kernel/slice.ts'

type Seat = Awaited<ReturnType<TestPerson['connect']>>

/** What a person's device knows from these heads on: their own place, and their rooms. */
export type Known = { me: Held; rooms: Map<RoomId, Held> }
/** The heads of a person at one moment. */
export type Heads = { me: Head; rooms: Map<RoomId, Head> }

/** What somebody's first screen shows by now, and all messages that were told to it, by room. */
export type Shows = {
  requests: RequestsState
  lines: LinesState['lines']
  blocked: readonly Block[]
  said: ReadonlyMap<RoomId, readonly Message[]>
}
export type Watch = { shows(): Shows }

export function beginWatch(userId: UserId, seat: Seat): Watch {
  const [first] = seat.opened.places
  if (first?.kind !== 'reset') throw new Error('an opening without cursors brought no head')
  const known: Known = { me: fromHead(slices, 'user', first.head), rooms: new Map() }
  const said = new Map<RoomId, Message[]>()
  let read = 0
  return {
    shows: () => {
      for (const frame of seat.frames.slice(read)) {
        hear(known, userId, frame)
        for (const message of frame.events.flatMap(messageIn))
          said.set(message.roomId, [...(said.get(message.roomId) ?? []), message])
      }
      read = seat.frames.length
      return {
        requests: known.me.slices['requests'] as RequestsState,
        lines: (known.me.slices['rooms'] as LinesState).lines,
        blocked: (known.me.slices['blocks'] as BlocksState).blocked,
        said,
      }
    },
  }
}

function messageIn({ name, data }: LoggedEvent): Message[] {
  const { message } = data as { message?: Message | null }
  return name === messageSent.name && message ? [message] : []
}

/** The heads of a person's own place and of their rooms, as they are now or, while others write, a little apart. */
export async function headsOf(person: TestPerson, seat: Seat): Promise<Heads> {
  const opened = await person.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const [own] = opened.places
  if (own?.kind !== 'reset') throw new Error('an opening without cursors brought no head')
  const rooms = new Map<RoomId, Head>()
  for (const roomId of listing.listed(fromHead(slices, 'user', own.head)).keys()) {
    const answer = await seat.tries(headOf, { roomId })
    if (answer.ok) rooms.set(roomId, answer.value)
    else if (answer.refusal.code !== 'NotFound') throw new Error(`sync.head: ${answer.refusal.code}`)
  }
  return { me: own.head, rooms }
}

/** What a device knows that has just been given these heads. */
export const knownFrom = (heads: Heads): Known => ({
  me: fromHead(slices, 'user', heads.me),
  rooms: new Map([...heads.rooms].map(([roomId, head]) => [roomId, fromHead(slices, 'room', head)])),
})

/** Moves what is known on by a frame, as a device does. Frames come without gaps, or something is wrong. */
export function hear(known: Known, userId: UserId, frame: Frame): void {
  const { kind, id } = placeParts(frame.place)
  if (kind === 'user') {
    if (id !== userId) throw new Error('a frame of somebody else’s own place')
    hearMine(known, frame.events, 'live')
    return
  }
  const roomId = id as RoomId
  known.me = afterInRoom(slices, known.me, roomId, frame.events)
  const held = known.rooms.get(roomId)
  if (held) known.rooms.set(roomId, without(after(slices, 'room', held, frame.events), 'live, in a room'))
}

/** What happens in my own place moves it on, and with it the rooms that are held: some of it is about them. */
function hearMine(known: Known, events: readonly LoggedEvent[], where: string): void {
  const before = known.me.seq
  known.me = without(after(slices, 'user', known.me, events), `${where}, in my own place`)
  const about = Map.groupBy(
    events.filter(({ seq }) => seq > before),
    roomOf,
  )
  for (const [roomId, theirs] of about) {
    const held = known.rooms.get(roomId as RoomId)
    if (held) known.rooms.set(roomId as RoomId, afterMine(slices, held, theirs))
  }
  leaveUnlisted(known)
}

/** What a device knows that had these heads, was away, and asks place by place for what it missed. */
export async function caughtUp(person: TestPerson, seat: Seat, epoch: string, heads: Heads): Promise<Known> {
  const known = knownFrom(heads)
  const myPlace = userPlace(person.userId)
  const mine = await seat.ask(catchUp, { place: myPlace, after: known.me.seq })
  takeMine(known, mine)
  const unseen = hiddenUnseen(mine, listing.listed(knownFrom(heads).me))
  for (const [roomId, seq] of listing.listed(known.me)) {
    const found = await seat.ask(catchUp, { place: roomPlace(roomId), after: seq })
    if (found.kind === 'events') known.me = afterInRoom(slices, known.me, roomId, found.events)
    if (found.kind === 'events' && !unseen.has(roomId)) continue
    const opened = await person.ask(openSync, { epoch, cursors: { [myPlace]: known.me.seq }, lines: { [roomId]: 0 } })
    known.me = listing.withLines(
      known.me,
      opened.lines.filter(({ room }) => room.roomId === roomId),
      [],
    )
  }
  for (const [roomId, held] of known.rooms)
    known.rooms.set(roomId, taken('room', held, await seat.ask(catchUp, { place: roomPlace(roomId), after: held.seq })))
  return known
}

/**
 * Rooms in which I hid what this device had not seen yet. It might have been mine, and then says no longer how far it read;
 * the line comes anew, as it does where I emptied the room.
 */
function hiddenUnseen(mine: CatchUp, listed: ReadonlyMap<RoomId, number>): Set<RoomId> {
  const events = mine.kind === 'events' ? mine.events : []
  const hidden = events.filter(({ name }) => name === messagesHidden.name).map(({ data }) => data)
  const all = hidden as DataOf<typeof messagesHidden>[]
  return new Set(
    all.flatMap(({ roomId, seqs }) => (seqs.some((seq) => seq > (listed.get(roomId) ?? 0)) ? [roomId] : [])),
  )
}

/** The same, by one opening. */
export async function reopened(person: TestPerson, epoch: string, heads: Heads): Promise<Known> {
  const known = knownFrom(heads)
  const cursors = Object.fromEntries([
    [userPlace(person.userId), known.me.seq],
    ...[...known.rooms].map(([roomId, held]) => [roomPlace(roomId), held.seq]),
  ]) as Record<string, number>
  const lines = Object.fromEntries(listing.listed(known.me)) as Record<RoomId, number>
  const opened = await person.ask(openSync, { epoch, cursors, lines })
  const gone = opened.gone.map((place) => placeParts(place).id as RoomId)
  for (const roomId of gone) known.rooms.delete(roomId)
  for (const found of opened.places) {
    const { kind, id } = placeParts(found.kind === 'reset' ? found.head.place : found.place)
    if (kind === 'user') takeMine(known, found)
    else {
      const held = known.rooms.get(id as RoomId)
      if (!held) throw new Error('an opening brought a room that was not held')
      known.rooms.set(id as RoomId, taken('room', held, found))
    }
  }
  known.me = listing.withLines(known.me, opened.lines, gone)
  leaveUnlisted(known)
  return known
}

/** Waits until a seat has heard everything up to these heads. */
export async function heardUpTo(seat: Seat, heads: Heads): Promise<void> {
  const upTo = (head: Head) => head.seq === 0 || (seat.heard(head.place).at(-1)?.seq ?? 0) >= head.seq
  await seat.until(() => [heads.me, ...heads.rooms.values()].every(upTo), 'all frames up to the heads are heard')
}

/** All events that a seat heard, and those of its rooms' logs that it may see. */
export async function allEvents(seat: Seat, heads: Heads): Promise<LoggedEvent[]> {
  const logs = await Promise.all([...heads.rooms.values()].map(({ place }) => seat.ask(catchUp, { place, after: 0 })))
  return [
    ...seat.frames.flatMap((frame) => frame.events),
    ...logs.flatMap((found) => (found.kind === 'events' ? found.events : [])),
  ]
}

function takeMine(known: Known, found: CatchUp): void {
  if (found.kind === 'events') return hearMine(known, found.events, 'caught up')
  throw new Error('so much happened in my own place that it came anew')
}

function taken(kind: 'room' | 'user', held: Held, found: CatchUp): Held {
  if (found.kind === 'reset') return fromHead(slices, kind, found.head)
  return without(after(slices, kind, held, found.events), 'caught up')
}

function without({ held, gap }: { held: Held; gap: boolean }, where: string): Held {
  if (gap) throw new Error(`a gap after ${held.seq}: ${where}`)
  return held
}

function leaveUnlisted(known: Known): void {
  const listed = listing.listed(known.me)
  for (const roomId of known.rooms.keys()) if (!listed.has(roomId)) known.rooms.delete(roomId)
}
