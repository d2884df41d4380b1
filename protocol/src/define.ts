import type * as z from 'zod/mini'
import type { RefusalCode } from './answer.ts'

/** What a person's seat in a room may allow. Roles grant rights; nothing compares roles. */
export type Right =
  | 'messages.send'
  | 'messages.mentionAll'
  | 'messages.deleteAny'
  | 'rooms.addMember'
  | 'rooms.removeMember'
  | 'rooms.setRole'
  | 'rooms.edit'

export const accountKinds = ['person', 'guest', 'bot', 'ai'] as const
export type AccountKind = (typeof accountKinds)[number]

/** Classes of limits; the server's one table says how many of each a person or an address has. */
export type LimitClass =
  | 'read'
  | 'write'
  | 'send'
  | 'open'
  | 'search'
  | 'request'
  | 'membership'
  | 'signal'
  | 'signIn'
  | 'signUp'
  | 'second'
  | 'mail'
  | 'account'

/** Who may ask. The kernel enforces it before a handler runs, and checks it again inside the commit. */
export type Access = {
  /** `anyone` needs no session. */
  who: 'anyone' | 'session'
  /** Kinds of account that may; all when absent. */
  kinds?: readonly AccountKind[]
  /** The asking person holds a seat in the room that this field of the input names, with this right if one is given. */
  seat?: { field: string; right?: Right }
  /** The object that this field names carries the asking person's id in this column. */
  own?: { field: string; column: string }
  /** Accounts that run this server, after a step-up by a second factor. */
  administrators?: true
  /** This field of the input holds a step-up: shown within the last 15 minutes that it is really them. */
  stepUp?: string
  /** What a bot's token must have been given. Kept for tokens with scopes; a person's own session has all. */
  scope?: string
}

export const anyone = (): Access => ({ who: 'anyone' })
export const signedIn = (): Access => ({ who: 'session' })
export const member = (field: string): Access => ({ who: 'session', seat: { field } })
export const can = (right: Right, field: string): Access => ({ who: 'session', seat: { field, right } })
export const own = (field: string, column: string): Access => ({ who: 'session', own: { field, column } })
/** Narrows an access rule to kinds of account. */
export const only = (access: Access, kinds: readonly AccountKind[]): Access => ({ ...access, kinds })

/** Asks for a step-up too, in this field of the input. */
export const steppedUp = (access: Access, field = 'stepUp'): Access => ({ ...access, stepUp: field })
/** Those who run this server, after a step-up by a second factor in this field of the input. */
export const administrators = (field = 'stepUp'): Access => ({ who: 'session', administrators: true, stepUp: field })
/** Accounts that are somebody for good: all but guests. */
export const members: readonly AccountKind[] = ['person', 'bot', 'ai']

type Shape = z.ZodMiniType

/** Something one may ask: over a socket as `ask`, over HTTP as `POST /api/<name>`. */
export type Method<In extends Shape = Shape, Out extends Shape = Shape> = {
  type: 'method'
  name: string
  access: Access
  limit: LimitClass
  input: In
  output: Out
  refusals: readonly RefusalCode[]
  /** The input field that makes a repeat the same ask; `null` for what changes nothing, or is the same when repeated. */
  once: string | null
  /** `http` where the answer sets or ends a cookie; `socket` where it is about the connection that asks. */
  door: Door
  /** One sentence for the documents. */
  means: string
}

type MethodOptions<In extends Shape, Out extends Shape> = {
  access: Access
  limit: LimitClass
  input: In
  output: Out
  means: string
  refusals?: readonly RefusalCode[]
  once?: (keyof z.infer<In> & string) | null
  door?: Door
}

export type Door = 'both' | 'http' | 'socket'

export type InputOf<M> = M extends Method<infer In, Shape> ? z.infer<In> : never
export type OutputOf<M> = M extends Method<Shape, infer Out> ? z.infer<Out> : never

/** Declares a method. Without `access` and `limit` it does not compile. */
export function defineMethod<In extends Shape, Out extends Shape>(
  name: string,
  options: MethodOptions<In, Out>,
): Method<In, Out> {
  return { type: 'method', name, refusals: [], once: null, door: 'both', ...options }
}

/** Something that happened, in the past tense, numbered in a place and kept. */
export type EventType<Data extends Shape = Shape> = {
  type: 'event'
  name: string
  place: 'room' | 'user'
  data: Data
  /** The fields the log keeps. Absent: all. Content is left out and filled from its row, so that no deleted word survives in a log. */
  keep?: readonly string[]
  /** The data field that names who gains a seat by this event: they hear it, and all after it. */
  opens?: string
  /** The data field that names who loses their seat: this event is the last they hear. */
  closes?: string
  means: string
}

export type DataOf<E> = E extends EventType<infer Data> ? z.infer<Data> : never

export function defineEvent<Data extends Shape>(
  name: string,
  options: Omit<EventType<Data>, 'type' | 'name'>,
): EventType<Data> {
  return { type: 'event', name, ...options }
}

/** Something said once and never stored, from the server to whoever listens. */
export type Signal<Data extends Shape = Shape> = {
  type: 'signal'
  name: string
  access: Access
  limit: LimitClass
  data: Data
  means: string
}

export function defineSignal<Data extends Shape>(
  name: string,
  options: Omit<Signal<Data>, 'type' | 'name'>,
): Signal<Data> {
  return { type: 'signal', name, ...options }
}
