import { seconds } from '../load/closed-loop.ts'
import { createHistogram } from '../stats.ts'
import type { Live } from '../target.ts'
import { inLargeRoom, MEMBERS } from './large-room.ts'
import type { Item } from './item.ts'

/** How often a client says in a large room how far it was read, in ms, give or take half. */
const READ_EVERY = 4000
const PAGE = 50
const ASKED = 100

/** A room of 5,000 in which 1,000 read what is said: what their marks cost the talk, and what asking for receipts costs. */
export const receipts: Item = {
  key: 'receipts',
  title: 'A room of 5,000: 1,000 read along, and somebody asks who has read',
  targets: ['C'],
  async sample(sampling) {
    let markSignals = 0
    const count = (_person: number, name: string) => {
      if (name === 'marks.moved') markSignals++
    }
    return inLargeRoom(sampling, count, async ({ connections, lives, talk, during }) => {
      // A p99 of few messages is their maximum: at least 400.
      const length = Math.max(sampling.seconds, 10)
      const stopTalking = talk()
      await seconds(2)
      const quiet = await during(length)

      const reading = readAlong(lives)
      await seconds(READ_EVERY / 1000)
      const before = reading.marks()
      const busy = await during(length)
      const marks = reading.marks() - before
      reading.stop()
      stopTalking()

      const [connection, live] = [connections[0], lives[0]]
      if (!connection || !live) throw new Error('nobody is there')
      const messageId = await live.ownMessage(0)
      const [receiptMs, pageMs] = [createHistogram(), createHistogram()]
      for (let i = 0; i < ASKED; i++) {
        const from = performance.now()
        const reached = await live.receipts(0, messageId)
        const then = performance.now()
        const { count: messages } = await connection.newest(0, PAGE)
        receiptMs.record(then - from)
        pageMs.record(performance.now() - then)
        if (reached !== MEMBERS - 1) throw new Error(`receipts of ${reached} of ${MEMBERS - 1} people`)
        if (messages !== PAGE) throw new Error(`a page of ${messages} messages`)
      }
      return {
        ...busy.load,
        quietP99: quiet.ackP99,
        busyP99: busy.ackP99,
        ratio: busy.ackP99 / quiet.ackP99,
        quietDeliveries: quiet.deliveries,
        deliveries: busy.deliveries,
        marks: marks / busy.load.elapsedSeconds,
        markSignals,
        cpuMicrosPerMark: ((busy.load.serverCpuSeconds - quiet.load.serverCpuSeconds) * 1e6) / marks,
        receiptsP50: receiptMs.at(0.5),
        receiptsP99: receiptMs.at(0.99),
        receiptsToPage: receiptMs.at(0.5) / pageMs.at(0.5),
      }
    })
  },
}

/** Everybody marks the room as read at a client's pace, each at moments of their own. */
function readAlong(lives: readonly Live[]) {
  let going = true
  let marks = 0
  async function readOn(live: Live) {
    await seconds((READ_EVERY / 1000) * Math.random())
    while (going) {
      await live.read(0)
      marks++
      await seconds((READ_EVERY / 1000) * (0.5 + Math.random()))
    }
  }
  // A mark that fails is a rejection that nobody handles: it ends the sample.
  for (const live of lives) void readOn(live)
  return { marks: () => marks, stop: () => (going = false) }
}
