import * as z from 'zod/mini'
import { defineMethod, defineSignal, member, signedIn } from './define.ts'
import { Place, RoomId, Seq, Time } from './ids.ts'
import { RoomLine } from './rooms.ts'

/** Raised when the wire changes so that an older client must reload. */
export const PROTOCOL_VERSION = 2

/** The most events a catch-up carries; who missed more gets a fresh head. */
export const MAX_CATCH_UP = 500
/** Messages in a room's head, and in a page unless fewer are asked for. */
export const PAGE_SIZE = 50
/** Rooms whose lines a client names when it opens; it gets fresh lines of the others. */
export const MAX_LISTED = 1500

/** One event as it travels: its number and time in its place, its name and data. */
export const LoggedEvent = z.object({ seq: Seq, at: Time, name: z.string(), data: z.record(z.string(), z.unknown()) })
export type LoggedEvent = z.infer<typeof LoggedEvent>

/** What one commit did to one place: the same bytes for everyone. Sent as the Socket.IO event `told`. */
export const Frame = z.object({ place: Place, events: z.array(LoggedEvent) })
export type Frame = z.infer<typeof Frame>

/** A slice of state for each feature that has something to show, by the feature's name. */
export const Head = z.object({ place: Place, seq: Seq, slices: z.record(z.string(), z.unknown()) })
export type Head = z.infer<typeof Head>

/** What brings one place up to date: the events after the client's cursor, or a fresh head where those are too many or gone. */
export const CatchUp = z.union([
  z.object({ kind: z.literal('events'), place: Place, events: z.array(LoggedEvent) }),
  z.object({ kind: z.literal('reset'), head: Head }),
])
export type CatchUp = z.infer<typeof CatchUp>

/** The first thing a server says on a socket. */
export const Hello = z.object({
  version: z.string(),
  protocol: z.int(),
  epoch: z.string(),
  serverTime: Time,
  flags: z.record(z.string(), z.boolean()),
  limits: z.object({ messageLength: z.int(), frameBytes: z.int() }),
})
export type Hello = z.infer<typeof Hello>

export const openSync = defineMethod('sync.open', {
  means:
    'Opens a connection: seats it in every place it may hear, and brings what it holds up to date. The same path for a first start, a reconnect and a second device.',
  access: signedIn(),
  limit: 'open',
  input: z.object({
    epoch: z.nullable(z.string().check(z.maxLength(64))),
    /** The last event applied, by place, of what the client holds: its own place and the rooms it has opened. */
    cursors: z
      .record(Place, Seq)
      .check(z.refine((cursors) => Object.keys(cursors).length <= 60, 'holds too many places')),
    /** The newest number that each room's line was made from. A room named in neither gets its line. */
    lines: z
      .record(RoomId, Seq)
      .check(z.refine((lines) => Object.keys(lines).length <= MAX_LISTED, 'lists too many rooms')),
    /** The server's time of the last opening, for what has no number: how far others have read. */
    since: z.optional(Time),
  }),
  output: z.object({
    epoch: z.string(),
    serverTime: Time,
    places: z.array(CatchUp),
    lines: z.array(RoomLine),
    gone: z.array(Place),
    /** What moved since, besides the logs, by feature. */
    moved: z.record(z.string(), z.unknown()),
  }),
})

export const headOf = defineMethod('sync.head', {
  means: 'The head of a room: what its screen needs to begin with.',
  access: member('roomId'),
  limit: 'read',
  input: z.object({ roomId: RoomId }),
  output: Head,
})

export const catchUp = defineMethod('sync.catchUp', {
  means: 'The events of a place after a cursor; fills a gap seen in the numbers.',
  access: signedIn(),
  limit: 'read',
  input: z.object({ place: Place, after: Seq }),
  output: CatchUp,
})

export const helloSaid = defineSignal('hello', {
  means: 'Said once when a socket opens.',
  access: signedIn(),
  limit: 'open',
  data: Hello,
})
export const signedOut = defineSignal('signedOut', {
  means: 'Said before the server closes a socket whose session has ended.',
  access: signedIn(),
  limit: 'open',
  data: z.object({}),
})
