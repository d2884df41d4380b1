import { registry } from '@connectly/protocol'
import { startNeighbour, type Noticed } from './neighbour.ts'
import { packetOf, type Packet } from './packets.ts'
import { startFuzzed } from './process.ts'
import { createSender } from './sender.ts'

/** How many send at once; each has people and rooms of its own. */
const LANES = 4
/** After this many complaints nothing new is learned. */
const ENOUGH = 8
/** The part of a run after which the process counts as warm. */
const WARM_AFTER = 0.2
/** How much more than warm it may weigh in the end; judged in long runs, where a leak would show. */
const GROWTH = 1.25
const LONG = 10_000

type Weight = { rss: number; heap: number }

export type Report = {
  sent: number
  seconds: number
  /** By kind of packet, how often which outcome. */
  outcomes: Record<string, Record<string, number>>
  reached: { ok: string[]; all: string[] }
  noticed: Noticed
  weight: { warm: Weight; end: Weight }
  complaints: string[]
}

/** Sends the packets of a seed from one number to another, and says what was wrong with the answers. */
export async function fuzz({
  seed,
  from = 0,
  to,
  isPlanted = false,
  onProgress = () => undefined,
}: {
  seed: number
  from?: number
  to: number
  /** Whether the server has a fault on purpose, to see that it is found. */
  isPlanted?: boolean
  onProgress?: (line: string) => void
}): Promise<Report> {
  const began = performance.now()
  const complaints: string[] = []
  const underway = new Set<Packet>()
  const again = (n: number) => `npm run fuzz -- --seed ${seed} --only ${n}`
  const complain = (what: string, packets: Iterable<Packet>) => {
    const about = [...packets].map(
      (packet) => `  ${JSON.stringify(packet).slice(0, 1500)}\n  again: ${again(packet.n)}`,
    )
    complaints.push([what, ...about].join('\n'))
  }
  const fuzzed = await startFuzzed((line) => complain(line, underway), isPlanted)
  const weigh = () => fuzzed.weigh().catch(() => ({ rss: 0, heap: 0 }))
  const outcomes: Report['outcomes'] = {}
  const ok = new Set<string>()
  const warmAt = from + Math.floor((to - from) * WARM_AFTER)
  let warm: Weight = { rss: 0, heap: 0 }
  let next = from
  let sent = 0

  async function one(packet: Packet, sender: ReturnType<typeof createSender>): Promise<void> {
    underway.add(packet)
    try {
      const { complaint, what } = await sender.send(packet)
      if (complaint) complain(complaint, [packet])
      const counts = (outcomes[packet.kind] ??= {})
      counts[what] = (counts[what] ?? 0) + 1
      if (packet.kind === 'ask' && what === 'ok') ok.add(packet.method)
    } catch (error) {
      complain(`not answered: ${String(error)}`, [packet])
    } finally {
      underway.delete(packet)
      sent++
    }
  }

  async function lane(): Promise<void> {
    const sender = createSender(fuzzed)
    while (next <= to && complaints.length < ENOUGH) {
      const n = next++
      if (n === warmAt) warm = await weigh()
      if (n > from && (n - from) % 2000 === 0) onProgress(`${n - from} packets, ${complaints.length} faults`)
      await one(packetOf(seed, n), sender)
    }
    sender.close()
  }

  try {
    const neighbour = await startNeighbour(fuzzed.url, await fuzzed.neighbours())
    await Promise.all(Array.from({ length: LANES }, lane))
    const noticed = await neighbour.stop()
    complaints.push(...noticed.complaints)
    const end = await weigh()
    if (to - from >= LONG && end.rss > warm.rss * GROWTH)
      complaints.push(`the process grew from ${warm.rss} to ${end.rss} bytes: more than it may`)
    const all = [...registry.methods.keys()]
    const seconds = (performance.now() - began) / 1000
    return { sent, seconds, outcomes, reached: { ok: [...ok], all }, noticed, weight: { warm, end }, complaints }
  } finally {
    await fuzzed.stop()
  }
}
