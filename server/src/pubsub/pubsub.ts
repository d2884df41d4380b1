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
  /** Says something to every other process. Never throws for a service that is away: what cannot be said is lost. */
  say(topic: string, text: string): void
  /** Hears what others say about a topic: what one of them said, in the order in which it was said. Never its own. */
  hear(topic: string, listener: (text: string, from: string) => void): void
  /** Called whenever the way to the others is open again after it was not: what was said meanwhile is lost. */
  onHealed(listener: () => void): void
  /** Whether what is said now can reach the others. */
  isOpen(): boolean
  /** Queues that all processes share, where the service has them. */
  readonly queues: Queues | null
  close(): Promise<void>
}

export type Waiting = { id: string; data: string }

/** Who waits, in the order in which they came. Lost with the service: whoever still waits joins again. */
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

/** The service cannot be used; the message is one line for whoever starts the process. */
export class PubSubUnusable extends Error {}
