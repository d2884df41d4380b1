import { createHistogram } from '../stats.ts'
import type { Scene } from '../target.ts'
import { readClock } from '../wire/tcp.ts'
import { markedText } from './mark.ts'

/** Messages of one sender that may be on their way at once. */
const RING = 4096

/** One sender in its room. */
export type Lane = {
  person: number
  room: number
  slot: number
  sent: number
  sentAt: Float64Array
  /** Copies and the acknowledgement that a message still waits for. */
  waiting: Int32Array
}

export type Tally = ReturnType<typeof createTally>

/** Follows every message to every member: what arrived, how late, and whether anything came twice or never. */
export function createTally(scene: Scene, sendersPerRoom: number, copiesToSender: number) {
  const lanes: Lane[] = scene.rooms.flatMap((members, room) =>
    members.slice(0, sendersPerRoom).map((person, slot) => ({
      person,
      room,
      slot,
      sent: 0,
      sentAt: new Float64Array(RING),
      waiting: new Int32Array(RING),
    })),
  )
  const laneOf: (Lane | undefined)[] = Array.from({ length: scene.people })
  for (const lane of lanes) laneOf[lane.person] = lane

  // The next number expected from each sender by each receiver.
  const expected = new Int32Array(scene.people * sendersPerRoom)
  const ackMs = createHistogram()
  const deliveryMs = createHistogram()
  const counts = { done: 0, deliveries: 0, acknowledged: 0, duplicates: 0, lost: 0, inFlight: 0 }
  let measuring = false
  let whenDone: (lane: Lane) => void = () => {}

  function settle(lane: Lane, n: number) {
    const left = (lane.waiting[n % RING] ?? 0) - 1
    lane.waiting[n % RING] = left
    if (left > 0) return
    counts.inFlight--
    if (measuring) counts.done++
    whenDone(lane)
  }

  return {
    lanes,
    counts,
    ackMs,
    deliveryMs,
    /** Numbers the next message of a lane and starts its clock. */
    next(lane: Lane): { n: number; text: string } {
      const n = lane.sent++
      lane.waiting[n % RING] = (scene.rooms[lane.room]?.length ?? 0) - 1 + copiesToSender + 1
      lane.sentAt[n % RING] = performance.now()
      counts.inFlight++
      return { n, text: markedText(lane.person, n) }
    },
    acknowledged(lane: Lane, n: number) {
      counts.acknowledged++
      if (measuring) ackMs.record(readClock.at - (lane.sentAt[n % RING] ?? 0))
      settle(lane, n)
    },
    heard(receiver: number, sender: number, n: number) {
      const lane = laneOf[sender]
      if (!lane) throw new Error(`a message of ${sender}, who says nothing here`)
      const key = receiver * sendersPerRoom + lane.slot
      const due = expected[key] ?? 0
      if (n < due) {
        counts.duplicates++
        return
      }
      counts.lost += n - due
      expected[key] = n + 1
      if (measuring) {
        counts.deliveries++
        deliveryMs.record(readClock.at - (lane.sentAt[n % RING] ?? 0))
      }
      settle(lane, n)
    },
    whenDone(then: (lane: Lane) => void) {
      whenDone = then
    },
    beginWindow() {
      Object.assign(counts, { done: 0, deliveries: 0 })
      ackMs.reset()
      deliveryMs.reset()
      measuring = true
    },
    endWindow() {
      measuring = false
    },
    /** Waits for what is on its way; whatever has not come by then is lost. Throws on any loss or duplicate. */
    async drained(seconds = 10) {
      const until = performance.now() + seconds * 1000
      while (counts.inFlight > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
      if (counts.inFlight > 0 || counts.lost > 0 || counts.duplicates > 0) {
        throw new Error(`${counts.inFlight} messages unfinished, ${counts.lost} lost, ${counts.duplicates} duplicates`)
      }
    },
  }
}
