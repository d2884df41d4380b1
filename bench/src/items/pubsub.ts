import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { createHub } from '../../../server/src/pubsub/memory.ts'
import { openPubSub } from '../../../server/src/pubsub/open.ts'
import type { PubSub } from '../../../server/src/pubsub/pubsub.ts'
import type { Question } from '../frames/listener.ts'
import { listenTo, sayFrame, type Heard } from '../frames/listening.ts'
import { seconds } from '../load/closed-loop.ts'
import { everyNth } from '../load/fixed-rate.ts'
import { watchLoad } from '../machine.ts'
import { startServices, type ServiceName } from '../services.ts'
import { createHistogram } from '../stats.ts'
import type { TargetKey } from '../target.ts'
import type { Figures, Item } from './item.ts'

/** Frames said in one turn of the event loop, and the most that may be on their way. */
const BURST = 50
const ON_THE_WAY = 5000
const PER_SECOND = 300

/** One who speaks, and how to ask the one who listens. */
type Pair = {
  speaker: PubSub
  ask: (question: Question) => Promise<Heard>
  processes: readonly number[]
  services: readonly number[]
  end: () => Promise<void>
}

const ways: Partial<Record<TargetKey, readonly ServiceName[]>> = { 'C-pg2': ['redis'], 'C-notify2': ['postgres'] }

/** What one process can say to another, and how fast that is there. */
export const pubsub: Item = {
  key: 'pubsub',
  title: 'Between two processes: frames of 200 bytes in bursts of 50, then 300 a second',
  targets: ['C', 'C-pg2', 'C-notify2'],
  rows: { C: 'the hub in memory, one process', 'C-pg2': 'Redis', 'C-notify2': 'NOTIFY of PostgreSQL' },
  sharesCpus: true,
  async sample({ target, dir, seconds: length, ran }) {
    ran(`Connectly, Node ${process.version}`)
    const names = ways[target.key]
    const pair = names ? await inTwo(names, mkdtempSync(join(dir, `${target.key}-`))) : await inOne()
    try {
      return await measure(pair, length)
    } finally {
      await pair.end()
    }
  },
}

async function measure({ speaker, ask, processes, services }: Pair, length: number): Promise<Figures> {
  let said = 0
  let heard = 0
  const sayOne = () => {
    sayFrame(speaker)
    said++
  }
  async function sayFor(count: number): Promise<number> {
    const [from, before] = [performance.now(), heard]
    const until = from + count * 1000
    while (performance.now() < until) {
      if (said - heard + BURST > ON_THE_WAY) heard = (await ask('heard')).frames
      else for (let i = 0; i < BURST; i++) sayOne()
      await new Promise((done) => setImmediate(done))
    }
    heard = (await ask('heard')).frames
    return ((heard - before) * 1000) / (performance.now() - from)
  }

  await sayFor(Math.max(1, length * 0.4))
  const load = watchLoad({ pid: NaN, pids: processes, services })
  const frames = await sayFor(length)
  const used = load.stop()
  for (const end = performance.now() + 5000; heard < said && performance.now() < end; await seconds(0.02))
    heard = (await ask('heard')).frames

  await ask('begin')
  const stop = everyNth(1000 / PER_SECOND, sayOne)
  await seconds(length)
  stop()
  await seconds(0.2)
  const steady = await ask('heard')
  if (steady.frames !== said) throw new Error(`${said} frames were said, ${steady.frames} heard`)
  const latencies = createHistogram()
  latencies.add(steady.latencies)
  return { ...used, frames, p50: latencies.at(0.5), p99: latencies.at(0.99) }
}

async function inOne(): Promise<Pair> {
  const hub = createHub()
  const [speaker, other] = [await hub.open(), await hub.open()]
  const listener = listenTo(other)
  return {
    speaker,
    ask: async (question) => {
      if (question === 'begin') listener.begin()
      await new Promise((done) => setImmediate(done))
      return listener.heard()
    },
    processes: [],
    services: [],
    end: async () => {
      await speaker.close()
      await other.close()
    },
  }
}

async function inTwo(names: readonly ServiceName[], dir: string): Promise<Pair> {
  const { databaseUrl, redisUrl, pids, stop } = await startServices(names, dir)
  const settings = { databaseUrl, redisUrl }
  const child = fork(join(import.meta.dirname, '../frames/listener.ts'), [JSON.stringify(settings)])
  const answer = async () => {
    const [heard] = (await once(child, 'message')) as [Heard]
    return heard
  }
  await answer()
  const speaker = await openPubSub(settings)
  return {
    speaker,
    ask: (question) => {
      const answered = answer()
      child.send(question)
      return answered
    },
    processes: [child.pid ?? NaN],
    services: pids,
    end: async () => {
      child.disconnect()
      await speaker.close()
      await stop()
    },
  }
}
