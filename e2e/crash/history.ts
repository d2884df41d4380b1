import type { LoggedEvent, Message, MessageId, Place, RoomId, UserId } from '@connectly/protocol'

/* What the clients of a crash run write down, and what is read from the server at its end: all that the checker sees. */

/** Counts what happened in this process, one after another: the real time that the order of messages is held against. */
export type Tick = () => number

/** One message that somebody wrote, and what they learned of it. `text` is unlike any other of the run. */
export type Send = {
  roomId: RoomId
  localId: string
  text: string
  /** Whether the server has to take it. Others are sent to see that a refused message never appears. */
  legal: boolean
  /** When it first went out; 0 while it waits behind others. */
  begunAt: number
  tries: number
  /** Neither acknowledged nor refused: its outcome is unknown. */
  acked?: { at: number; message: Message }
  refused?: { at: number; code: string }
}

/** One message on a screen. */
export type Shown = { seq: number; messageId: MessageId; text: string }

/** A client's account of a run. */
export type History = {
  name: string
  userId: UserId
  /** Every message written, by room in the order of writing. */
  sends: Send[]
  /** What each room's screen showed, in order. A fresh head clears the screen and begins another run. */
  screens: { roomId: RoomId; cursor: number; runs: Shown[][] }[]
  /** What a client should never meet: an answer of `Internal`, another epoch, an event without its content. */
  faults: string[]
}

/** A room as a reader gets it page by page, from the newest back and from the oldest on. */
export type FinalRoom = {
  roomId: RoomId
  name: string
  /** The room's number when the load began: messages up to it belong to nobody's history. */
  startedAt: number
  backward: Message[]
  forward: Message[]
}

/** A place's log and number as the store has them. */
export type FinalLog = {
  place: Place
  seq: number
  unreacted: boolean
  events: Pick<LoggedEvent, 'seq' | 'at' | 'name' | 'data'>[]
}

export type Final = {
  rooms: FinalRoom[]
  logs: FinalLog[]
  /** How often the probing reaction had its effect, by place and number: `room:…@7`. */
  tally: Record<string, number>
}
