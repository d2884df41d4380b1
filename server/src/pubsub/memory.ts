import { randomUUID } from 'node:crypto'
import type { PubSub } from './pubsub.ts'

/** For one process that shares its store with nobody: there is no other to say anything to. */
export function alone(): PubSub {
  return {
    id: randomUUID(),
    longest: Infinity,
    say: () => undefined,
    hear: () => undefined,
    onHealed: () => undefined,
    isOpen: () => true,
    queues: null,
    close: async () => undefined,
  }
}
