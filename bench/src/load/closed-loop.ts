import { watchLoad, type Load } from '../machine.ts'
import type { Connection, RunningTarget, Scene, Target } from '../target.ts'
import { connectCrowd } from './crowd.ts'
import { createTally, type Lane } from './tally.ts'

export type ClosedLoopFigures = Load & {
  messages: number
  deliveries: number
  cpuMicrosPerDelivery: number
  cpuMicrosPerMessage: number
  /** What of it the database used, and what carries messages between processes. */
  servicesMicrosPerMessage: number
  ackP99: number
  deliveryP50: number
  deliveryP99: number
  acknowledged: number
  stored: number
}

/** Each sender keeps one message in flight: the next one leaves when every member has the last and it was acknowledged. */
export async function closedLoop(
  target: Target,
  running: RunningTarget,
  scene: Scene,
  options: { sendersPerRoom: number; seconds: number },
): Promise<ClosedLoopFigures> {
  const tally = createTally(scene, options.sendersPerRoom, copiesToSender(target, scene))
  const connections = await connectCrowd(running, scene, tally)
  let going = true
  tally.whenDone((lane) => {
    if (going) sayNext(connections, tally, lane)
  })

  for (const lane of tally.lanes) sayNext(connections, tally, lane)
  await seconds(Math.max(1, options.seconds * 0.4))
  const load = watchLoad(running)
  tally.beginWindow()
  await seconds(options.seconds)
  tally.endWindow()
  const used = load.stop()
  going = false
  await tally.drained()
  const { done, deliveries, acknowledged } = tally.counts
  // Counted while people are in the rooms: ejabberd drops the archive of a room that the last one left.
  const stored = await checkStored(running, acknowledged)
  for (const connection of connections) connection.close()
  return {
    ...used,
    messages: done / used.elapsedSeconds,
    deliveries: deliveries / used.elapsedSeconds,
    cpuMicrosPerDelivery: (used.serverCpuSeconds * 1e6) / deliveries,
    cpuMicrosPerMessage: (used.serverCpuSeconds * 1e6) / done,
    servicesMicrosPerMessage: running.services ? (used.servicesCpuSeconds * 1e6) / done : NaN,
    // XMPP answers a direct message to nobody: see the adapter.
    ackP99: target.echoes === 'room' && scene.direct ? NaN : tally.ackMs.at(0.99),
    deliveryP50: tally.deliveryMs.at(0.5),
    deliveryP99: tally.deliveryMs.at(0.99),
    acknowledged,
    stored,
  }
}

/** How many copies of its own message a sender hears. */
export function copiesToSender(target: Target, scene: Scene): number {
  if (target.echoes === 'everywhere') return 1
  return target.echoes === 'room' && !scene.direct ? 1 : 0
}

export function sayNext(connections: Connection[], tally: ReturnType<typeof createTally>, lane: Lane): void {
  const { n, text } = tally.next(lane)
  connections[lane.person]?.say(lane.room, text, () => tally.acknowledged(lane, n))
}

/** Throws when the database holds fewer messages than were acknowledged. NaN where nothing is stored. */
export async function checkStored(running: RunningTarget, acknowledged: number): Promise<number> {
  const stored = await running.stored()
  if (stored === undefined) return NaN
  if (stored < acknowledged) throw new Error(`${acknowledged} messages acknowledged, only ${stored} in the database`)
  return stored
}

export function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000))
}
