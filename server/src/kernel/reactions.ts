import type { Place } from '@connectly/protocol'
import { eventTable, placeTable } from '../store/log-tables.ts'
import type { Store } from '../store/store.ts'
import { insert } from '../store/store.ts'
import type { Feature, Reaction } from './feature.ts'
import { newId } from './ids.ts'
import type { Log } from './log.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { reactionTable } from './tables.ts'

const SWEEP_EVERY = 5000
const AT_ONCE = 100

export type Reactions = { wake(place: Place): void; start(): Promise<void>; stop(): Promise<void> }

/**
 * Runs what follows from events, once each: the effect and the note that it happened are one commit. What a crash left
 * undone is found by the mark on its place, at start and in a sweep.
 */
export function createReactions(parts: {
  store: Store
  log: () => Log
  features: readonly Feature[]
  logger: Logger
  metrics: Metrics
}): Reactions {
  const { store, logger, metrics } = parts
  const byEvent = new Map<string, Reaction[]>()
  for (const reaction of parts.features.flatMap((feature) => feature.reacts ?? [])) {
    byEvent.set(reaction.event.name, [...(byEvent.get(reaction.event.name) ?? []), reaction])
  }
  const running = new Map<Place, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function wake(place: Place): void {
    if (stopped || running.has(place)) return
    const run = react(place)
      .catch((error: unknown) => {
        metrics.reactions.inc({ outcome: 'failed' })
        logger.error({ error, place }, 'a reaction failed; the sweep tries it again')
      })
      .finally(() => running.delete(place))
    running.set(place, run)
  }

  async function react(place: Place): Promise<void> {
    while (!stopped) {
      const row = await store.get(placeTable, { place })
      if (!row?.unreacted) return
      const events = await store.find(eventTable, {
        where: { place, seq: { gt: row.reactedSeq } },
        order: [['seq', 'asc']],
        limit: AT_ONCE,
      })
      for (const event of events) {
        for (const reaction of byEvent.get(event.name) ?? [])
          await reactOnce(reaction, place, event.seq, event.at, event.data)
      }
      await parts.log().reacted(place, events.at(-1)?.seq ?? row.seq)
    }
  }

  async function reactOnce(
    reaction: Reaction,
    place: Place,
    seq: number,
    at: number,
    data: Record<string, unknown>,
  ): Promise<void> {
    const done = { reaction: reaction.name, place, seq }
    if (await store.get(reactionTable, done)) return
    const effect = await reaction.run({ place, seq, at, store, newId }, data)
    const outcome = await parts.log().record(effect.places ?? [], [], (next) => {
      const { writes, events } = effect.make(next)
      return { writes: [...writes, insert(reactionTable, done)], events, result: null }
    })
    if (outcome.kind === 'refused') throw new Error(`reaction ${reaction.name} was refused: ${outcome.code}`)
    // Somebody else's effect is fine; a conflict of our own would be lost if it were taken for done.
    if (outcome.kind !== 'done' && !(await store.get(reactionTable, done)))
      throw new Error(`reaction ${reaction.name} met a conflict`)
    metrics.reactions.inc({ outcome: outcome.kind })
  }

  async function sweep(): Promise<void> {
    const places = await store.find(placeTable, { where: { unreacted: true }, limit: 1000 })
    for (const { place } of places) wake(place)
  }

  return {
    wake,
    start: async () => {
      await sweep()
      timer = setInterval(
        () => void sweep().catch((error: unknown) => logger.error({ error }, 'the sweep for reactions failed')),
        SWEEP_EVERY,
      )
      timer.unref()
    },
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await Promise.all(running.values())
    },
  }
}
