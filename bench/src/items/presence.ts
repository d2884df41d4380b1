import { seconds } from '../load/closed-loop.ts'
import { everyNth } from '../load/fixed-rate.ts'
import type { Live, RunningTarget } from '../target.ts'
import { HERE, inLargeRoom, MEMBERS } from './large-room.ts'
import type { Item } from './item.ts'

/** So many come each second, and as many go. */
const COMING_PER_SECOND = 25
const STAY_SECONDS = 2
const TYPISTS = 20
/** A client says every three seconds that somebody still writes. */
const TYPING_EVERY = 3000

/** A room of 5,000 open on 1,000 screens, while people come, go and type: what is said of it, and what it costs the talk. */
export const presence: Item = {
  key: 'presence',
  title: `A room of 5,000 open on 1,000 screens: ${COMING_PER_SECOND} come and go a second, ${TYPISTS} type`,
  targets: ['C'],
  async sample(sampling) {
    const signals = countSignals()
    return inLargeRoom(sampling, signals.heard, async ({ running, lives, talk, during }) => {
      const stopTalking = talk()
      await seconds(2)
      const quiet = await during(Math.max(sampling.seconds, 10))

      for (const live of lives) await live.open(0)
      const stopComing = comeAndGo(running)
      const stopTyping = type(lives, TYPING_EVERY)
      await seconds(STAY_SECONDS)
      signals.reset()
      // Counts are said every five seconds at most: three of them.
      const busy = await during(Math.max(sampling.seconds, 16))
      const heard = signals.heardByAll()
      const [typingEvery, countEvery] = [signals.gap('presence.typingNow'), signals.gap('presence.room')]
      await stopComing()
      stopTyping()
      stopTalking()

      // Signals alone: typing begins and ends every second, nothing else happens.
      const stopSwitching = switchTyping(lives)
      await seconds(2)
      signals.reset()
      const alone = await during(Math.max(sampling.seconds, 10))
      const heardAlone = signals.heardByAll()
      await stopSwitching()
      if (heard === 0 || heardAlone === 0) throw new Error('no signal came at all')
      return {
        ...busy.load,
        quietP99: quiet.ackP99,
        busyP99: busy.ackP99,
        ratio: busy.ackP99 / quiet.ackP99,
        signalsPerConnection: heard / HERE / busy.load.elapsedSeconds,
        typingEvery,
        countEvery,
        cpuMicrosPerSignal: (alone.load.serverCpuSeconds * 1e6) / heardAlone,
      }
    })
  },
}

/** What each connection heard of each signal: how often, first and last. */
function countSignals() {
  const kinds = new Map<string, { count: number; first: number; last: number }[]>()
  return {
    heard: (person: number, name: string): void => {
      const now = performance.now()
      const all = kinds.get(name) ?? []
      kinds.set(name, all)
      const one = (all[person] ??= { count: 0, first: now, last: now })
      one.count++
      one.last = now
    },
    reset: () => kinds.clear(),
    heardByAll: () => [...kinds.values()].flat().reduce((sum, one) => sum + (one?.count ?? 0), 0),
    /** The mean time between two of a kind at one connection, in seconds; NaN where nobody heard two. */
    gap(name: string): number {
      const more = (kinds.get(name) ?? []).filter((one) => one && one.count > 1)
      const gaps = more.map(({ count, first, last }) => (last - first) / 1000 / (count - 1))
      return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    },
  }
}

/** Members who are not of the audience connect in turn, stay a little and leave. Stopping waits until the last has left. */
function comeAndGo(running: RunningTarget): () => Promise<void> {
  const visits = new Set<Promise<void>>()
  let next = HERE
  async function visit(person: number) {
    const connection = await running.connect(person, () => {})
    await seconds(STAY_SECONDS)
    connection.close()
  }
  const stop = everyNth(1000 / COMING_PER_SECOND, () => {
    const visiting = visit(next).finally(() => visits.delete(visiting))
    visits.add(visiting)
    next = next + 1 < MEMBERS ? next + 1 : HERE
  })
  return async () => {
    stop()
    await Promise.all(visits)
  }
}

/** Twenty people type and say so at a client's pace, taking turns in saying it. */
function type(lives: readonly Live[], every: number): () => void {
  return everyNth(every / TYPISTS, (turn) => void lives[turn % TYPISTS]?.typing(0, true))
}

/** People take turns in beginning to type, each ending as the next begins. */
function switchTyping(lives: readonly Live[]): () => Promise<void> {
  let ended: Promise<unknown> = Promise.resolve()
  const stop = everyNth(500, (turn) => {
    const [one, other] = [lives[turn % TYPISTS], lives[(turn + 1) % TYPISTS]]
    ended = Promise.all([one?.typing(0, false), other?.typing(0, true)])
  })
  return async () => {
    stop()
    await ended
  }
}
