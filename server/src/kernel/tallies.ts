import type { PubSub } from '../pubsub/pubsub.ts'

/** What looks like spam when somebody does more of it than this within so many seconds. */
export const defaultTallies = {
  /** The same words again, in any room. */
  sameText: { points: 5, seconds: 60 },
  /** Links. */
  links: { points: 15, seconds: 60 },
  /** People who are mentioned; everybody in a room counts as ten. */
  mentions: { points: 30, seconds: 60 },
  /** Rooms that an account younger than a day writes to. */
  rooms: { points: 15, seconds: 600 },
} as const satisfies Record<string, TallyRule>
export type TallyName = keyof typeof defaultTallies
export type TallyRule = { points: number; seconds: number }
export type TallyTable = Record<TallyName, TallyRule>
export type Tallies = ReturnType<typeof createTallies>

const MAX_HELD = 50_000
/** How often processes tell each other what they counted, in ms. */
const TELL_EVERY = 250

/**
 * Counts what people do, by windows of time, without ever being waited for: for what is only noticed, not refused. A person
 * is one on all processes: each tells the others what it counted.
 */
export function createTallies(table: TallyTable, pubsub: PubSub, alone: boolean) {
  const windows = new Map<string, { points: number; until: number }>()
  let untold: [TallyName, string, number][] = []
  let timer: NodeJS.Timeout | undefined

  function add(name: TallyName, key: string, points: number): number {
    const id = `${name} ${key}`
    const now = performance.now()
    const known = windows.get(id)
    if (known && known.until > now) return (known.points += points)
    if (windows.size >= MAX_HELD) for (const [old, { until }] of windows) if (until <= now) windows.delete(old)
    if (windows.size >= MAX_HELD) windows.clear()
    windows.set(id, { points, until: now + table[name].seconds * 1000 })
    return points
  }

  pubsub.hear('tally', (text) => {
    for (const [name, key, points] of JSON.parse(text) as [TallyName, string, number][]) add(name, key, points)
  })

  function tell(): void {
    timer = undefined
    const all = untold
    untold = []
    for (let at = 0; at < all.length; at += 50) pubsub.say('tally', JSON.stringify(all.slice(at, at + 50)))
  }

  return {
    /** Whether this was not said lately; for what counts once. Known on this process alone. */
    isFirst(key: string): boolean {
      const id = `first ${key}`
      const known = windows.get(id)
      const now = performance.now()
      if (known && known.until > now) return false
      windows.set(id, { points: 1, until: now + table.rooms.seconds * 1000 })
      return true
    },
    /** Counts; true where it is more than fits. A count that was over begins anew, so that one burst is noticed once. */
    over(name: TallyName, key: string, points = 1): boolean {
      const isOver = add(name, key, points) > table[name].points
      if (isOver) windows.delete(`${name} ${key}`)
      if (!alone) {
        untold.push([name, key, points])
        timer ??= setTimeout(tell, TELL_EVERY).unref()
      }
      return isOver
    },
    stop: (): void => clearTimeout(timer),
  }
}
