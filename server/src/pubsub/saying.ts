import { messageOf, pack, type Message } from './packets.ts'

/** Takes packets, in this order; resolves when the service has them. */
export type Send = (packets: readonly string[]) => Promise<unknown>

export type Bounds = {
  /** The longest text of one message, in bytes. */
  longest: number
  /** The size to which packets are filled, in bytes; a message that is longer than this gets a packet of its own. */
  packet: number
  /** How many packets are handed over in one call of `send`, and how many calls may be unanswered. */
  together: number
  unanswered: number
}

/** What is held in memory for a service that is slow, in bytes of text; more than that is lost. */
const MOST_HELD = 16 * 1024 * 1024

/** The saying half of an adapter: gathers what one turn says, sends it in order, never holds more than its bounds. */
export function createSaying(id: string, bounds: Bounds) {
  let send: Send | undefined
  /** Counts openings, so that an answer of an earlier one changes nothing. */
  let opening = 0
  let waiting: Message[] = []
  let underWay = { calls: 0, count: 0, bytes: 0 }
  let waitingBytes = 0
  let number = 0
  let lost = 0
  let isGathering = false
  let settled: (() => void)[] = []

  const lose = (count: number) => {
    if (count === 0) return
    lost += count
    // A number that never arrives tells the others that they missed something.
    number++
  }

  const flush = () => {
    isGathering = false
    let start = 0
    while (send && start < waiting.length && underWay.calls < bounds.unanswered) start += sendSome(send, start)
    if (start > 0) waiting = waiting.slice(start)
    if (waiting.length > 0 || underWay.calls > 0) return
    for (const done of settled) done()
    settled = []
  }

  /** Sends what fits into one call and returns how many messages that is. */
  const sendSome = (through: Send, start: number): number => {
    const packets: string[] = []
    let [count, bytes] = [0, 0]
    while (packets.length < bounds.together && start + count < waiting.length) {
      const packet = pack(waiting, start + count, bounds.packet, id, ++number)
      packets.push(packet.text)
      count += packet.count
      bytes += packet.bytes
    }
    waitingBytes -= bytes
    underWay = { calls: underWay.calls + 1, count: underWay.count + count, bytes: underWay.bytes + bytes }
    void answered(through(packets), opening, count, bytes)
    return count
  }

  const answered = async (answer: Promise<unknown>, during: number, count: number, bytes: number) => {
    const failed = await answer.then(
      () => 0,
      () => count,
    )
    if (during !== opening) return
    lose(failed)
    underWay = { calls: underWay.calls - 1, count: underWay.count - count, bytes: underWay.bytes - bytes }
    flush()
  }

  return {
    say: (topic: string, text: string) => {
      const message = messageOf(topic, text, bounds.longest)
      if (!send || waitingBytes + underWay.bytes + message.bytes > MOST_HELD) return lose(1)
      waiting.push(message)
      waitingBytes += message.bytes
      if (isGathering) return
      isGathering = true
      setImmediate(flush)
    },
    /** The way is open: what is said from now on is sent. If something was lost, the others are told that it was. */
    open: (through: Send) => {
      send = through
      if (lost > 0) through([pack([], 0, bounds.packet, id, ++number).text]).catch(() => undefined)
    },
    /** The way is closed: what waits is lost, and what has not been answered counts as lost. */
    shut: () => {
      send = undefined
      opening++
      lose(waiting.length + underWay.count)
      underWay = { calls: 0, count: 0, bytes: 0 }
      waiting = []
      waitingBytes = 0
      flush()
    },
    lost: () => lost,
    /** Resolves when nothing waits or is under way. */
    settled: () =>
      new Promise<void>((done) => {
        settled.push(done)
        flush()
      }),
  }
}
