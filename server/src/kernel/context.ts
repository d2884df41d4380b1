import type { AccountKind, AddressClass, AuditAct, DataOf, EventType, Place, UserId } from '@connectly/protocol'
import type { Guard, Made, Numbered, Reader, Write } from '../store/store.ts'
import type { Live } from './live.ts'
import type { Logger } from './logger.ts'
import type { SeatRow } from './seats.ts'
import type { Services } from './services.ts'

/** An event about to be recorded: its type, its number, what it says, and who of the room hears no more than its number. */
export type Happened = {
  type: EventType
  n: Numbered
  data: Record<string, unknown>
  unheardBy?: readonly UserId[]
}

/** What a change does, once its numbers are known. */
export type Doing<Result> = { writes: readonly Write[]; events: readonly Happened[]; result: Result }
export type Next = (place: Place) => Numbered

/** Somebody who is not here, in whose name something is done. */
export type Behalf = { userId: UserId; kind: AccountKind }

/** Who asks, over which door, and what the answer does to their cookie. */
export type Session = {
  tokenHash: string
  userId: UserId
  kind: AccountKind
  isAdmin: boolean
  createdAt: number
  expiresAt: number
  scopes: readonly string[] | null
  ended: boolean
}
export type Caller = {
  session: Session | null
  address: string
  door: 'socket' | 'http'
  requestId: string
  /** In whose name the house itself asks; they have no session, and nothing limits them. */
  behalf?: Behalf
  /** The socket that asks, for the methods that seat it or say what it shows. */
  connection?: Connection
  /** What an HTTP client says it is, as `Firefox on Linux`; for the list of one's sessions. */
  device?: string
  /** Where it comes from, no closer than this; for the list of one's sessions. */
  from?: AddressClass
  /** What this browser is known by, signed in or not; absent where it has no such cookie, or is none. */
  deviceToken?: string
  /** Set where a browser is to be known from now on. */
  newDeviceToken?: string
  /** Set by signing in: the token for the cookie. `null` after signing out. */
  newToken?: string | null
}

/** A socket being opened. Seats that close while it is are not joined after all. */
export type Connection = { id: string; begin(): { join(place: Place): void } }

/** What a handler has in hand. It comes from the session, the clock and the store, never from the input. */
export type Context = {
  /** Who asks. Only for methods that need a session. */
  me: UserId
  caller: Caller
  now(): number
  newId<Id extends string>(): Id
  store: Reader
  /** The asking person's seat in the room that the method's access names: found, and guarded, before the handler runs. */
  seat: SeatRow
  /** Who is here. For signals only: they are said after the commit, or without one, and promise nothing. */
  live: Live
  /** Leaves a guard: checked again inside the commit. */
  guard(guard: Guard): void
  /** Adds writes and events to the commit of the method that runs, after its own, and locks places with it; for `before`. */
  also(more: (next: Next, result: unknown) => Pick<Doing<void>, 'writes' | 'events'>, places?: readonly Place[]): void
  /** Runs once the commit has happened: signals, which promise nothing. What it throws is logged and changes no answer. */
  after(run: () => void | Promise<void>): void
  /** Commits an event, its rows and the next number of its places at once, then tells. Once an ask. */
  record<Result>(places: readonly Place[], make: (next: Next) => Doing<Result>): Promise<Result>
  log: Logger
  /** What the house offers besides its store: seals, cooldowns, mail, the human check, other services to sign in with. */
  services: Services
  /** Adds a line to the record of sensitive acts, in the commit of this method. Never a secret, never words of a message. */
  audit(
    act: AuditAct,
    more?: { subject?: UserId; actor?: UserId; details?: Record<string, string | number | boolean> },
  ): void
}

/** Says that something happened, under a number taken for it. `unheardBy` hear its number and what its log entry keeps. */
export function happened<E extends EventType>(
  type: E,
  n: Numbered,
  data: DataOf<E>,
  unheardBy?: readonly UserId[] | null,
): Happened {
  const told = { type, n, data: data as Record<string, unknown> }
  return unheardBy?.length ? { ...told, unheardBy } : told
}

/** An event as somebody hears it who may not know what it says: what the log keeps, and nothing in place of the rest. */
export function bare({ type, data }: Happened): Record<string, unknown> {
  const kept = (field: string) => !type.keep || type.keep.includes(field)
  return Object.fromEntries(Object.entries(data).map(([field, value]) => [field, kept(field) ? value : null]))
}

/** The event as the log keeps it: content is left out, to be filled from its row. */
export function stored(event: Happened, reacts: boolean): Made<unknown>['events'][number] {
  const data = event.type.keep
    ? Object.fromEntries(event.type.keep.map((field) => [field, event.data[field]]))
    : event.data
  return { ...event.n, name: event.type.name, data, reacts }
}
