import { copiesToSender, sayNext, seconds } from '../load/closed-loop.ts'
import { connectPeople } from '../load/crowd.ts'
import { everyNth } from '../load/fixed-rate.ts'
import { createTally, type Tally } from '../load/tally.ts'
import { watchLoad, type Load } from '../machine.ts'
import type { Connection, Live, RunningTarget } from '../target.ts'
import { rooms, withServer, type Figures, type Sampling } from './item.ts'

/** Members of the room, and how many of them are connected all the while. */
export const MEMBERS = 5000
export const HERE = 1000
const SENDERS = 8
const PER_SECOND = 40

/** What a while of talk came to; `deliveries` are a second's. */
export type Talked = { ackP99: number; deliveries: number; load: Load }

/** The largest room there may be, with a fifth of its members connected and eight of them talking. */
export type LargeRoom = {
  running: RunningTarget
  connections: readonly Connection[]
  /** The same connections' marks and presence. */
  lives: readonly Live[]
  /** Begins to talk at a steady rate; answers with how to stop. */
  talk: () => () => void
  /** Measures what is said during so many seconds. */
  during: (count: number) => Promise<Talked>
}

/** Runs `work` in such a room. Whatever is lost or comes twice by its end fails the sample. */
export function inLargeRoom(
  sampling: Sampling,
  signalled: (person: number, name: string) => void,
  work: (room: LargeRoom) => Promise<Figures>,
): Promise<Figures> {
  return withServer(sampling, rooms(1, MEMBERS), async (running) => {
    const audience = rooms(1, HERE)
    const tally = createTally(audience, SENDERS, copiesToSender(sampling.target, audience))
    const heard = (receiver: number, sender: number, n: number) => tally.heard(receiver, sender, n)
    const connections = await connectPeople(running, 0, HERE, heard, signalled)
    const figures = await work({
      running,
      connections,
      lives: connections.map(({ live }) => live ?? fail()),
      talk: () => talkOn(connections, tally),
      during: (count) => during(running, tally, count),
    })
    await tally.drained()
    for (const connection of connections) connection.close()
    return figures
  })
}

function talkOn(connections: Connection[], tally: Tally): () => void {
  return everyNth(1000 / PER_SECOND, (turn) => {
    const lane = tally.lanes[turn % tally.lanes.length]
    if (lane) sayNext(connections, tally, lane)
  })
}

async function during(running: RunningTarget, tally: Tally, count: number): Promise<Talked> {
  const watching = watchLoad(running)
  tally.beginWindow()
  await seconds(count)
  const load = watching.stop()
  tally.endWindow()
  return { ackP99: tally.ackMs.at(0.99), deliveries: tally.counts.deliveries / load.elapsedSeconds, load }
}

function fail(): never {
  throw new Error('this server has neither marks nor presence')
}
