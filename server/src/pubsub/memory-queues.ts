import type { Queues } from './pubsub.ts'

/** Queues in this process. */
export function createQueues(): Queues {
  type Entry = { data: string; until: number }
  const queues = new Map<string, Map<string, Entry>>()

  /** Who waits in a queue, in order: a map keeps its order when a value is set anew. */
  const waitingIn = (queue: string): Map<string, Entry> => {
    const waiting = queues.get(queue) ?? new Map<string, Entry>()
    const now = Date.now()
    for (const [id, { until }] of waiting) if (until <= now) waiting.delete(id)
    if (waiting.size === 0) queues.delete(queue)
    return waiting
  }

  return {
    join: async (queue, id, data, forMs) => {
      const waiting = waitingIn(queue)
      waiting.set(id, { data, until: Date.now() + forMs })
      queues.set(queue, waiting)
    },
    leave: async (queue, id) => waitingIn(queue).delete(id),
    take: async (queue, count) => {
      const waiting = waitingIn(queue)
      if (count < 1 || waiting.size < count) return []
      const taken = [...waiting].slice(0, count)
      for (const [id] of taken) waiting.delete(id)
      return taken.map(([id, { data }]) => ({ id, data }))
    },
    size: async (queue) => waitingIn(queue).size,
  }
}
