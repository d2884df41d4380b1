import type { AccountKind, DataOf, EventType, Place, UserId } from '@connectly/protocol'
import type { Guard, Made, Numbered, Reader, Write } from '../store/store.ts'
import type { Logger } from './logger.ts'

/** An event about to be recorded: its type, its number, what it says. */
export type Happened = { type: EventType; n: Numbered; data: Record<string, unknown> }

/** What a change does, once its numbers are known. */
export type Doing<Result> = { writes: readonly Write[]; events: readonly Happened[]; result: Result }
export type Next = (place: Place) => Numbered

/** Who asks, over which door, and what the answer does to their cookie. */
export type Session = {
  tokenHash: string
  userId: UserId
  kind: AccountKind
  expiresAt: number
  scopes: readonly string[] | null
  ended: boolean
}
export type Caller = {
  session: Session | null
  address: string
  door: 'socket' | 'http'
  requestId: string
  /** The socket that asks, for the methods that seat it. */
  connection?: Connection
  /** Set by signing in: the token for the cookie. `null` after signing out. */
  newToken?: string | null
}

/** A socket being opened. Seats that close while it is are not joined after all. */
export type Connection = { begin(): { join(place: Place): void } }

/** What a handler has in hand. It comes from the session, the clock and the store, never from the input. */
export type Context = {
  /** Who asks. Only for methods that need a session. */
  me: UserId
  caller: Caller
  now(): number
  newId<Id extends string>(): Id
  store: Reader
  /** Leaves a guard: checked again inside the commit. */
  guard(guard: Guard): void
  /** Adds writes and events to the commit of the method that runs, after its own; for `before`. */
  also(more: (next: Next, result: unknown) => Pick<Doing<void>, 'writes' | 'events'>): void
  /** Commits an event, its rows and the next number of its places at once, then tells. Once an ask. */
  record<Result>(places: readonly Place[], make: (next: Next) => Doing<Result>): Promise<Result>
  log: Logger
}

/** Says that something happened, under a number taken for it. */
export function happened<E extends EventType>(type: E, n: Numbered, data: DataOf<E>): Happened {
  return { type, n, data: data as Record<string, unknown> }
}

/** The event as the log keeps it: content is left out, to be filled from its row. */
export function stored(event: Happened, reacts: boolean): Made<unknown>['events'][number] {
  const data = event.type.keep
    ? Object.fromEntries(event.type.keep.map((field) => [field, event.data[field]]))
    : event.data
  return { ...event.n, name: event.type.name, data, reacts }
}
