import { randomUUID } from 'node:crypto'
import { openCarried } from './carried.ts'
import { createQueues } from './memory-queues.ts'
import { PubSubAway, type PubSub, type Queues } from './pubsub.ts'

/** For one process that shares its store with nobody: there is no other to say anything to. */
export function alone(): PubSub {
  return {
    id: randomUUID(),
    longest: Infinity,
    say: () => undefined,
    hear: () => undefined,
    onHealed: () => undefined,
    isOpen: () => true,
    lost: () => 0,
    queues: createQueues(),
    close: async () => undefined,
  }
}

export type Hub = {
  /** One more process that says and hears through this hub. */
  open(): Promise<PubSub>
  /** The service goes away, with all that waits in its queues, and comes back. */
  stop(): void
  start(): void
}

/** A service in this process, for tests of several processes in one: everything but a connection that can break. */
export function createHub(): Hub {
  const members = new Map<(why: Error) => void, (packet: string) => void>()
  let queues: Queues | undefined = createQueues()

  const open = async (): Promise<PubSub> => {
    const id = randomUUID()
    const { pubsub } = await openCarried({
      id,
      setting: 'the hub',
      bounds: { longest: 1024 * 1024, packet: 64 * 1024, together: 16, unanswered: 16 },
      report: () => undefined,
      openSession: ({ heard, lost }) => {
        if (queues) members.set(lost, heard)
        return {
          silence: 'The hub does not answer.',
          ready: present().then(() => undefined),
          pulse: present,
          send: async (packets) => {
            await present()
            setImmediate(() => {
              for (const packet of packets) for (const hear of members.values()) hear(packet)
            })
          },
          end: async () => void members.delete(lost),
        }
      },
    })
    return { ...pubsub, queues: shared }
  }

  const present = async (): Promise<Queues> => queues ?? Promise.reject(new PubSubAway('The hub was stopped.'))
  const shared: Queues = {
    join: async (...given) => (await present()).join(...given),
    leave: async (...given) => (await present()).leave(...given),
    take: async (...given) => (await present()).take(...given),
    size: async (...given) => (await present()).size(...given),
  }

  return {
    open,
    stop: () => {
      queues = undefined
      for (const lost of members.keys()) lost(new PubSubAway('The hub was stopped.'))
      members.clear()
    },
    start: () => (queues ??= createQueues()),
  }
}
