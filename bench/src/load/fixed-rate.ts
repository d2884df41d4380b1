import { watchLoad, type Load } from '../machine.ts'
import type { RunningTarget, Scene, Target } from '../target.ts'
import { checkStored, copiesToSender, sayNext, seconds } from './closed-loop.ts'
import { connectCrowd } from './crowd.ts'
import { createTally } from './tally.ts'

export type FixedRateFigures = Load & {
  ackP50: number
  ackP95: number
  ackP99: number
  deliveryP50: number
  deliveryP99: number
  samples: number
  stored: number
}

/** Messages leave at a steady rate, the senders taking turns, whatever the server is doing. */
export async function fixedRate(
  target: Target,
  running: RunningTarget,
  scene: Scene,
  options: { sendersPerRoom: number; perSecond: number; seconds: number },
): Promise<FixedRateFigures> {
  const tally = createTally(scene, options.sendersPerRoom, copiesToSender(target, scene))
  const connections = await connectCrowd(running, scene, tally)

  // Senders of different rooms take turns, so that the rooms are spoken in evenly.
  const turns = tally.lanes.toSorted((a, b) => a.slot - b.slot || a.room - b.room)
  const stopSending = everyNth(1000 / options.perSecond, (turn) => {
    const lane = turns[turn % turns.length]
    if (lane) sayNext(connections, tally, lane)
  })
  await seconds(2)
  const load = watchLoad(running)
  tally.beginWindow()
  await seconds(options.seconds)
  stopSending()
  const used = load.stop()
  await tally.drained()
  tally.endWindow()
  const stored = await checkStored(running, tally.counts.acknowledged)
  for (const connection of connections) connection.close()

  return {
    ...used,
    ackP50: tally.ackMs.at(0.5),
    ackP95: tally.ackMs.at(0.95),
    ackP99: tally.ackMs.at(0.99),
    deliveryP50: tally.deliveryMs.at(0.5),
    deliveryP99: tally.deliveryMs.at(0.99),
    samples: tally.ackMs.count(),
    stored,
  }
}

/** Calls `act` on schedule: a late timer catches up instead of shifting all that follows. */
export function everyNth(everyMs: number, act: (turn: number) => void): () => void {
  const from = performance.now()
  let turn = 0
  let timer: NodeJS.Timeout
  function tick() {
    while (from + turn * everyMs <= performance.now()) act(turn++)
    timer = setTimeout(tick, Math.max(0, from + turn * everyMs - performance.now()))
  }
  tick()
  return () => clearTimeout(timer)
}
