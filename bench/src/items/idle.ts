import { connectPeople } from '../load/crowd.ts'
import { seconds } from '../load/closed-loop.ts'
import { cpuSecondsOf, rssKiBOf } from '../machine.ts'
import { rooms, withServer, type Item } from './item.ts'

function idle(count: number): Item {
  const scene = { ...rooms(0, 0), people: count }
  return {
    key: `idle-${count}`,
    title: `${count.toLocaleString('en')} idle connections, signed in`,
    targets: ['C', 'E', 'N', 'S'],
    sample: (sampling) =>
      withServer(sampling, scene, async (running) => {
        await seconds(1)
        const before = rssKiBOf(running.pid)
        const cpuBefore = cpuSecondsOf(running.pid)
        const from = performance.now()
        const connections = await connectPeople(running, 0, count, () => {})
        const connectSeconds = (performance.now() - from) / 1000
        const cpu = cpuSecondsOf(running.pid) - cpuBefore
        await seconds(3)
        const after = rssKiBOf(running.pid)
        for (const connection of connections) connection.close()
        return {
          kibPerConnection: (after - before) / count,
          baseMiB: before / 1024,
          connectsPerSecond: count / connectSeconds,
          cpuMsPerConnect: (cpu * 1000) / count,
        }
      }),
  }
}

export const idles: Item[] = [idle(2000), { ...idle(5000), fullOnly: true }]
