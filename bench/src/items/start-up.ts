import { rooms, withServer, type Item } from './item.ts'
import { median } from '../stats.ts'

const STARTS = 5

/** From starting the process to its first accepted connection, on a small data directory that exists already. */
export const startUp: Item = {
  key: 'start',
  title: 'Start to listening',
  targets: ['C', 'E', 'N', 'S'],
  repeats: 1,
  async sample(sampling) {
    const { target } = sampling
    const shipped = { ...sampling, target: { ...target, start: target.startAsShipped ?? target.start } }
    const times: number[] = []
    for (let i = 0; i < STARTS; i++) {
      times.push(await withServer(shipped, rooms(5, 20), async (running) => running.startedInMs))
    }
    return { p50: median(times), slowest: Math.max(...times) }
  },
}
