/** One process on a store, told by messages of its parent what to do: see `../items/stores.ts`. */
import { createLog } from '../../../server/src/kernel/log.ts'
import { systemClock } from '../../../server/src/kernel/clock.ts'
import { createLogger } from '../../../server/src/kernel/logger.ts'
import { createMetrics } from '../../../server/src/kernel/metrics.ts'
import { openStore, type StoreSettings } from '../../../server/src/store/open.ts'
import { markedText } from '../load/mark.ts'
import { createHistogram } from '../stats.ts'
import { say, type Speaker } from './saying.ts'

/** What a worker is to do: each of `lanes` has so many messages in flight at once, one after another from its speakers. */
export type Work = { settings: StoreSettings; lanes: Speaker[][]; inFlight: number }
/** What it did while it was measured, and altogether. */
export type Worked = { commits: number; seconds: number; latencies: number[]; kept: number }
export type Order = { work: Work } | 'begin' | 'end'
export type Answered = 'ready' | { worked: Worked }

const latencies = createHistogram()
const done = { kept: 0, going: true, from: 0, measuring: false }
let ending: (() => Promise<void>) | undefined

process.on('message', (order: Order) => {
  if (order === 'begin') Object.assign(done, { from: performance.now(), measuring: true })
  else if (order === 'end') void ending?.()
  else void start(order.work)
})
// Its parent is done with it, or gone.
process.on('disconnect', () => process.exit(done.going ? 1 : 0))

async function start({ settings, lanes, inFlight }: Work): Promise<void> {
  const store = await openStore(settings)
  const log = createLog({
    store,
    clock: systemClock(),
    logger: createLogger('warn'),
    metrics: createMetrics(),
    tell: () => undefined,
    reactsTo: new Set(),
    onReactable: () => undefined,
  })

  async function once(speaker: Speaker, text: string): Promise<void> {
    const from = performance.now()
    await say(log, speaker, text)
    done.kept++
    if (done.measuring) latencies.record(performance.now() - from)
  }
  async function goOn(speakers: Speaker[], lane: number): Promise<void> {
    for (let n = 0; done.going; n += inFlight) {
      const batch = Array.from({ length: inFlight }, (_, i) => speakers[(n + i) % speakers.length] as Speaker)
      await Promise.all(batch.map((speaker, i) => once(speaker, markedText(lane, n + i))))
    }
  }

  const all = Promise.all(lanes.map(goOn))
  ending = async () => {
    const seconds = (performance.now() - done.from) / 1000
    Object.assign(done, { going: false, measuring: false })
    const commits = latencies.count()
    await all
    await store.close()
    tell({ worked: { commits, seconds, latencies: latencies.counts(), kept: done.kept } })
  }
  tell('ready')
}

function tell(answer: Answered): void {
  process.send?.(answer)
}
