import { unpack } from './packets.ts'
import type { Report } from './pubsub.ts'

type Listener = (text: string, from: string) => void

/** Senders remembered; processes come and go, and each has a new id. */
const MOST_SENDERS = 1000

/**
 * The hearing half of an adapter: hands messages to who listens for their topic, never this process's own. Packets that
 * come late, after a newer one of their sender, are dropped; `onMissed` is called when a number was left out.
 */
export function createHearing(id: string, onMissed: () => void, report: Report) {
  const listeners = new Map<string, Listener[]>()
  const newest = new Map<string, number>()

  return {
    hear: (topic: string, listener: Listener) => {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener])
    },
    heard: (text: string) => {
      const packet = unpack(text)
      if (!packet || packet.from === id) return
      const last = newest.get(packet.from)
      if (last !== undefined && packet.number <= last) return
      newest.delete(packet.from)
      newest.set(packet.from, packet.number)
      if (newest.size > MOST_SENDERS) newest.delete(newest.keys().next().value ?? '')

      for (const message of packet.messages)
        for (const listener of listeners.get(message.topic) ?? [])
          tryTo(() => listener(message.text, packet.from), report)
      if (last !== undefined && packet.number > last + 1) onMissed()
    },
  }
}

/** A listener that fails neither keeps others from hearing nor breaks the connection that it was called from. */
export function tryTo(call: () => void, report: Report): void {
  try {
    call()
  } catch (error) {
    report(`Something failed while it heard another process: ${error instanceof Error ? error.stack : String(error)}`)
  }
}
