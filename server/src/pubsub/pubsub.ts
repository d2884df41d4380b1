/*
 * What the processes that share a store say to each other. Nothing that is said here is promised: a message reaches the
 * others at most once, or is lost with the service that carries it. Whatever matters stands in the store, and is found
 * there. `contract.ts` holds the numbered rules that every adapter obeys.
 */

export interface PubSub {
  /** This process; no other has it. */
  readonly id: string
  /** The longest text that can be said in one message, in bytes of UTF-8; a longer one is refused by a throw. */
  readonly longest: number
  /**
   * Says something to every other process: all that one turn of the event loop says leaves together. Never throws for a
   * service that is away: what cannot be said is lost, and counted. Throws for what no adapter carries: a topic that is
   * not 1 to 64 letters, digits, dots, colons and dashes, and text that is too long or holds NUL or a lone surrogate,
   * which the protocol refuses everywhere.
   */
  say(topic: string, text: string): void
  /** Hears what others say about a topic: what one of them said, in the order in which it was said. Never its own. */
  hear(topic: string, listener: (text: string, from: string) => void): void
  /**
   * Called whenever something may have been missed: when the way to the others is open again after it was not, and when
   * another process is noticed to have said something that did not arrive. At most once a second.
   */
  onHealed(listener: () => void): void
  /** Whether what is said now can reach the others; wrong for at most two seconds after the service fell silent. */
  isOpen(): boolean
  /** How many messages of this process were lost, as far as it knows. */
  lost(): number
  /** Queues that all processes share, where the service has them. */
  readonly queues: Queues | null
  /** Says what was said so far, if the service takes it at once, and leaves. */
  close(): Promise<void>
}

export type Waiting = { id: string; data: string }

/**
 * Who waits, in the order in which they came. Lost with the service: whoever still waits joins again. Every call fails
 * with `PubSubAway` while the service is away; whether it was done is unknown then.
 */
export interface Queues {
  /** Joins, or renews: who waits already keeps their turn. Gone by itself after `forMs` without being renewed. */
  join(queue: string, id: string, data: string, forMs: number): Promise<void>
  /** Leaves; true if they waited. */
  leave(queue: string, id: string): Promise<boolean>
  /** Takes the `count` who have waited longest, or nobody where fewer wait. Each is taken once, by one process. */
  take(queue: string, count: number): Promise<Waiting[]>
  /** How many wait. */
  size(queue: string): Promise<number>
}

/** Where an adapter says, in one line for whoever runs the process, that its service went away or came back. */
export type Report = (line: string) => void

/** The service cannot be used as it is set; the message is one line for whoever starts the process. */
export class PubSubUnusable extends Error {}

/** The service is away for now; the message is one line that says how. */
export class PubSubAway extends Error {}
