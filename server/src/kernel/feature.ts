import type { Readable } from 'node:stream'
import type {
  Answer,
  DataOf,
  EventType,
  InputOf,
  Method,
  OutputOf,
  Place,
  RoomId,
  RoomLine,
  UserId,
  RefusalCode,
} from '@connectly/protocol'
import type { Reader, Write } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import type { Clock } from './clock.ts'
import type { Behalf, Context, Doing, Next } from './context.ts'
import type { Live } from './live.ts'
import type { Log } from './log.ts'
import type { Logger } from './logger.ts'
import type { SeatRow, Seats } from './seats.ts'
import type { Services } from './services.ts'

type AnyInput = Record<string, unknown>

export type Handle = { method: Method; run: (ctx: Context, input: AnyInput) => Promise<unknown> }
export type Before = {
  method: Method
  run: (ctx: Context, input: AnyInput) => Promise<void>
  /** Codes that the method itself does not know. */
  refusals: readonly RefusalCode[]
}
export type Reaction = {
  event: EventType
  name: string
  run: (doing: Reacting, data: AnyInput) => Promise<ReactionEffect>
}

/** What a reaction knows: where and when its event happened. */
export type Reacting = { place: Place; seq: number; at: number; store: Reader; newId<Id extends string>(): Id }
export type ReactionEffect = { places?: readonly Place[]; make: (next: Next) => Pick<Doing<void>, 'writes' | 'events'> }

/** Answers a method. */
export const handle = <M extends Method>(
  method: M,
  run: (ctx: Context, input: InputOf<M>) => Promise<OutputOf<M>>,
): Handle => ({
  method,
  run: run as Handle['run'],
})

/** Runs before a lower feature's method: may refuse it, or add guards, writes and events to the same commit; nothing else. */
export const before = <M extends Method>(
  method: M,
  run: (ctx: Context, input: InputOf<M>) => Promise<void>,
  refusals: readonly RefusalCode[] = [],
): Before => ({
  method,
  run: run as Before['run'],
  refusals,
})

/** Follows from an event, after the commit, once. The name must never change: it is kept with what was done. */
export const on = <E extends EventType>(
  event: E,
  name: string,
  run: (doing: Reacting, data: DataOf<E>) => Promise<ReactionEffect>,
): Reaction => ({
  event,
  name,
  run: run as Reaction['run'],
})

/** What a feature knows of rooms' lines in the list of chats, as these seats see them. */
export type LineParts = (store: Reader, seats: readonly SeatRow[]) => Promise<Map<RoomId, Partial<RoomLine>>>
/** Whole lines, put together from what all features know. */
export type Lines = (store: Reader, seats: readonly SeatRow[]) => Promise<RoomLine[]>

/** What a feature adds to the head of a room or of a person. */
export type Snapshots = {
  room?: (store: Reader, seat: SeatRow) => Promise<unknown>
  user?: (store: Reader, userId: UserId, lines: Lines) => Promise<unknown>
}

type Entry<Data> = { place: Place; seq: number; data: Data }

/** Puts back what an event's log entry left out, for one viewer, in one go. Entries whose row is gone stay bare. */
export type Fill = {
  event: EventType
  run: (store: Reader, me: UserId, entries: readonly Entry<AnyInput>[], lines: Lines) => Promise<AnyInput[]>
}

export const fill = <E extends EventType>(
  event: E,
  run: (store: Reader, me: UserId, entries: readonly Entry<DataOf<E>>[], lines: Lines) => Promise<DataOf<E>[]>,
): Fill => ({ event, run: run as unknown as Fill['run'] })

/** How a method knows a repeat by its own rows: the first answer, `reused` for another input, or undefined. */
export type Repeat = {
  method: Method
  run: (store: Reader, me: UserId, input: AnyInput) => Promise<{ value: unknown } | 'reused' | undefined>
}

export const repeat = <M extends Method>(
  method: M,
  run: (store: Reader, me: UserId, input: InputOf<M>) => Promise<{ value: OutputOf<M> } | 'reused' | undefined>,
): Repeat => ({
  method,
  run: run as Repeat['run'],
})

/** Opens what a token of a link stands for; null where it is used, or was never ours. */
export type Download = (
  token: string,
  requestId: string,
) => Promise<{ name: string; type: string; body: Readable } | null>

/** What a feature that listens to connections has in hand. `write` commits rows that are nobody's event. */
export type Starting = {
  live: Live
  store: Reader
  clock: Clock
  write: (writes: readonly Write[]) => Promise<void>
  /** Commits a change with its events, as a method would; for what nobody asks for, such as the end of a grace period. */
  record: Log['record']
  services: Services
  logger: Logger
  /** Asks a method as somebody who is not here: what follows from their leaving is done as they would have done it. */
  askAs: <M extends Method>(who: Behalf, method: M, input: InputOf<M>) => Promise<Answer<OutputOf<M>>>
  /** What all features let go of when a person leaves, and what they keep of one. */
  purge: NonNullable<Feature['purge']>
  exports: NonNullable<Feature['exports']>
  /** Says who answers `GET /download/<token>`. */
  downloads: (open: Download) => void
  /** Runs this from time to time while the process listens, never twice at once; what it throws is logged. `ms` between. */
  every: (name: string, ms: number, run: () => Promise<void>) => void
}

export type Feature = {
  name: string
  tables?: readonly Table[]
  handles?: readonly Handle[]
  before?: readonly Before[]
  reacts?: readonly Reaction[]
  snapshots?: Snapshots
  fills?: readonly Fill[]
  repeats?: readonly Repeat[]
  seats?: Seats
  /** What else an opening brings: what moved since, besides the logs. `since` is the server's time of the last opening. */
  moved?: (store: Reader, me: UserId, since: number) => Promise<unknown>
  /** Begins what lives beside the asks, when the process starts: who comes and goes. */
  starts?: (parts: Starting) => void
  lines?: LineParts
  /** What of a person goes at once when they leave for good: ways in, secrets, what only they were told. */
  purge?: (store: Reader, userId: UserId) => Promise<readonly Write[]>
  /** What a copy of everything that is a person's holds of this feature, by file: a value, or rows that are read as they go. */
  exports?: (store: Reader, userId: UserId) => Promise<Record<string, unknown>>
  /** Tables by the id field that names their rows, for the access rule `own`. */
  objects?: Readonly<Record<string, Table>>
}
