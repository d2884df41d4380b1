import type { Heard, Page } from './load/mark.ts'

/** C Connectly, E ejabberd on SQLite WAL, N Socket.IO with one INSERT each, S Socket.IO that stores nothing. */
export const yardstickKeys = ['C', 'E', 'N', 'S'] as const

/**
 * Connectly on every engine and in every topology: one process on SQLite, one, two and four on PostgreSQL (speaking through
 * Redis where they are several), two that speak through PostgreSQL's NOTIFY, and one on MongoDB.
 */
export const engineKeys = ['C', 'C-pg', 'C-pg2', 'C-pg4', 'C-notify2', 'C-mongo'] as const

export type TargetKey = (typeof yardstickKeys)[number] | (typeof engineKeys)[number]
export const targetKeys: readonly TargetKey[] = [...new Set<TargetKey>([...yardstickKeys, ...engineKeys])]

/** What a server holds before the clock starts. People are 0, 1, 2 …; whoever is measured is in at most one room. */
export type Scene = {
  people: number
  rooms: number[][]
  /** Rooms are pairs who write to each other directly. */
  direct: boolean
  /** Messages already in room 0, marked as person 0's and numbered from 0. */
  backlog: number
}

/** Told the name of a signal that came. */
export type Signalled = (name: string) => void

/** Marks and presence, which only Connectly is measured in. */
export type Live = {
  /** Has read a room up to its newest message. */
  read(room: number): Promise<void>
  /** Shows a room: from now on, its signals come. */
  open(room: number): Promise<void>
  typing(room: number, isTyping: boolean): Promise<void>
  /** A message of this person's among the newest of a room. */
  ownMessage(room: number): Promise<string>
  /** How many people others than the author a message was said to, by its receipts. */
  receipts(room: number, messageId: string): Promise<number>
}

export type Connection = {
  /** Says something in a room; `acknowledged` runs when the server has answered for it. */
  say(room: number, text: string, acknowledged: () => void): void
  /** The newest messages of a room, as its client would ask for them. */
  newest(room: number, limit: number): Promise<Page>
  live?: Live
  close: () => void
}

export type RunningTarget = {
  /** Its first process, and all of them where there are several. */
  pid: number
  pids?: readonly number[]
  /** First processes of what it stands on: a database, a way between its processes. */
  services?: readonly number[]
  /** From starting the process to its first accepted connection, in ms. */
  startedInMs: number
  version: string
  /** A connection that is signed in and hears all rooms of the person. */
  connect(person: number, heard: Heard, signalled?: Signalled): Promise<Connection>
  /** Comes back to room 0 having missed the last `missed` messages of the backlog: connects, fetches them, leaves. */
  comeBack(person: number, missed: number): Promise<Page>
  /** Signs a person in by password; only where there are passwords. */
  signIn?: (n: number) => Promise<void>
  /** Makes the accounts that will sign in. */
  prepareSignIns?: (count: number) => Promise<void>
  /** Messages in its database; undefined where nothing is stored. */
  stored(): number | undefined | Promise<number>
  stop: () => Promise<void>
}

export type Target = {
  key: TargetKey
  name: string
  /** Whether the sender hears its own message like everyone else. */
  echoes: 'room' | 'everywhere' | 'nowhere'
  /** Seeds a fresh data directory, starts the server pinned, and waits until it listens. */
  start: (scene: Scene, dir: string) => Promise<RunningTarget>
  /** The same by its own main program, where `start` uses another. */
  startAsShipped?: (scene: Scene, dir: string) => Promise<RunningTarget>
}
