import { closedLoop } from '../load/closed-loop.ts'
import { fixedRate } from '../load/fixed-rate.ts'
import { yardstickKeys } from '../target.ts'
import { rooms, withServer, type Item } from './item.ts'

const everyone = [...yardstickKeys, 'C-pg', 'C-pg2', 'C-notify2', 'C-mongo'] as const

function fanOut(key: string, title: string, shape: { rooms: number; size: number; senders: number }): Item {
  const scene = rooms(shape.rooms, shape.size)
  return {
    key,
    title,
    targets: everyone,
    sample: (sampling) =>
      withServer(sampling, scene, (running) =>
        closedLoop(sampling.target, running, scene, { sendersPerRoom: shape.senders, seconds: sampling.seconds }),
      ),
  }
}

function steady(
  key: string,
  title: string,
  shape: { rooms: number; size: number; senders: number; rate: number },
): Item {
  const scene = rooms(shape.rooms, shape.size)
  return {
    key,
    title,
    targets: everyone,
    sample: (sampling) =>
      withServer(sampling, scene, (running) =>
        fixedRate(sampling.target, running, scene, {
          sendersPerRoom: shape.senders,
          perSecond: shape.rate,
          // A p99 of few messages is their maximum: at least 200.
          seconds: Math.max(sampling.seconds, 200 / shape.rate),
        }),
      ),
  }
}

const pairs = rooms(100, 2, { direct: true })

export const fanOuts: Item[] = [
  fanOut('fan-1x200', 'One room of 200, closed loop', { rooms: 1, size: 200, senders: 16 }),
  fanOut('fan-1x1000', 'One room of 1,000, closed loop', { rooms: 1, size: 1000, senders: 8 }),
  fanOut('fan-20x20', '20 rooms of 20, closed loop', { rooms: 20, size: 20, senders: 2 }),
  {
    key: 'direct',
    title: 'Direct messages, 100 pairs, closed loop',
    targets: everyone,
    sample: (sampling) =>
      withServer(sampling, pairs, (running) =>
        closedLoop(sampling.target, running, pairs, { sendersPerRoom: 1, seconds: sampling.seconds }),
      ),
  },
  steady('rate-1x200', 'One room of 200 at 20 messages/s', { rooms: 1, size: 200, senders: 16, rate: 20 }),
  steady('rate-20x20', '20 rooms of 20 at 100 messages/s', { rooms: 20, size: 20, senders: 2, rate: 100 }),
]
