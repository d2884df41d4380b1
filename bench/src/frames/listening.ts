import type { PubSub } from '../../../server/src/pubsub/pubsub.ts'
import { createHistogram } from '../stats.ts'

/** What a listener has heard; latencies are a histogram's counts, since the last order to begin. */
export type Heard = { frames: number; latencies: number[] }

/** The clock that all processes of a machine share, in ms. */
const machineClock = (): number => Number(process.hrtime.bigint()) / 1e6

const TOPIC = 'frames'
const LENGTH = 200

/** Says a frame of 200 bytes that carries the time. */
export function sayFrame(pubsub: PubSub): void {
  pubsub.say(TOPIC, machineClock().toFixed(3).padEnd(LENGTH, ' and so on'))
}

/** Counts frames, and how long each was on its way. */
export function listenTo(pubsub: PubSub): { begin: () => void; heard: () => Heard } {
  const latencies = createHistogram()
  let frames = 0
  pubsub.hear(TOPIC, (text) => {
    frames++
    latencies.record(machineClock() - Number.parseFloat(text))
  })
  return { begin: () => latencies.reset(), heard: () => ({ frames, latencies: latencies.counts() }) }
}
