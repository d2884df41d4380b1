import { seconds } from '../load/closed-loop.ts'
import { watchLoad } from '../machine.ts'
import { createHistogram, median } from '../stats.ts'
import { rooms, withServer, type Item } from './item.ts'

const PAGE = 50
const READERS = 8
const MISSED = 500
const RETURNS = 30

/** Eight readers ask for a long room's newest page, again and again. */
export const newestPage: Item = {
  key: 'newest-50',
  title: 'Last 50 of a room of 100,000 messages',
  targets: ['C', 'E', 'N'],
  async sample(sampling) {
    const scene = rooms(1, READERS, { backlog: 100_000 })
    return withServer(sampling, scene, async (running) => {
      const readMs = createHistogram()
      let going = true
      let pages = 0
      async function readOn(person: number) {
        const connection = await running.connect(person, () => {})
        while (going) {
          const from = performance.now()
          const { count, first, last } = await connection.newest(0, PAGE)
          if (count !== PAGE || first !== scene.backlog - PAGE || last !== scene.backlog - 1) {
            throw new Error(`not the newest ${PAGE}: ${count} messages, ${first} to ${last}`)
          }
          readMs.record(performance.now() - from)
          pages++
        }
        connection.close()
      }
      const readers = Promise.all(scene.rooms.flat().map(readOn))
      await Promise.race([seconds(Math.max(1, sampling.seconds * 0.4)), readers])
      const load = watchLoad(running)
      pages = 0
      readMs.reset()
      await Promise.race([seconds(sampling.seconds), readers])
      const used = load.stop()
      const perSecond = pages / used.elapsedSeconds
      going = false
      await readers
      return { ...used, perSecond, p50: readMs.at(0.5), p99: readMs.at(0.99) }
    })
  },
}

/** Somebody comes back to a room in which 500 messages were said meanwhile: from connecting to having the last. */
export const comeBack: Item = {
  key: 'missed-500',
  title: 'Coming back to 500 missed messages',
  targets: ['C', 'E', 'N'],
  async sample(sampling) {
    const scene = rooms(1, 20, { backlog: 5000 })
    return withServer(sampling, scene, async (running) => {
      const stayed = await running.connect(0, () => {})
      const load = watchLoad(running)
      const times: number[] = []
      for (let i = 0; i < RETURNS; i++) {
        const from = performance.now()
        const { count, first, last } = await running.comeBack(1 + (i % 19), MISSED)
        times.push(performance.now() - from)
        if (count !== MISSED || first !== scene.backlog - MISSED || last !== scene.backlog - 1) {
          throw new Error(`not the ${MISSED} missed: ${count} messages, ${first} to ${last}`)
        }
      }
      const used = load.stop()
      stayed.close()
      return { ...used, p50: median(times), cpuMsEach: (used.serverCpuSeconds * 1000) / RETURNS }
    })
  },
}
