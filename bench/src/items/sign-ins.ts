import { copiesToSender, sayNext, seconds } from '../load/closed-loop.ts'
import { connectCrowd } from '../load/crowd.ts'
import { everyNth } from '../load/fixed-rate.ts'
import { createTally } from '../load/tally.ts'
import { watchLoad } from '../machine.ts'
import { rooms, withServer, type Item } from './item.ts'

const SIGN_INS = 50
const PER_SECOND = 100

/** Whether chat stays quick while passwords are hashed: 20 rooms of 20 at 100 messages/s, then the same with 50 sign-ins at once. */
export const signIns: Item = {
  key: 'sign-ins',
  title: `Chat while ${SIGN_INS} sign-ins queue`,
  targets: ['C'],
  async sample(sampling) {
    const scene = rooms(20, 20)
    return withServer(sampling, scene, async (running) => {
      const { signIn, prepareSignIns } = running
      if (!signIn || !prepareSignIns) throw new Error('has no passwords')
      await prepareSignIns(SIGN_INS)
      const tally = createTally(scene, 2, copiesToSender(sampling.target, scene))
      const connections = await connectCrowd(running, scene, tally)
      const turns = tally.lanes.toSorted((a, b) => a.slot - b.slot || a.room - b.room)
      const stopSending = everyNth(1000 / PER_SECOND, (turn) => {
        const lane = turns[turn % turns.length]
        if (lane) sayNext(connections, tally, lane)
      })
      await seconds(2)
      tally.beginWindow()
      await seconds(sampling.seconds)
      const quiet = tally.ackMs.at(0.99)

      tally.beginWindow()
      const load = watchLoad(running)
      await Promise.all(Array.from({ length: SIGN_INS }, (_, n) => signIn(n)))
      const used = load.stop()
      const busy = tally.ackMs.at(0.99)
      stopSending()
      await tally.drained()
      for (const connection of connections) connection.close()
      return { ...used, quietP99: quiet, busyP99: busy, ratio: busy / quiet, signInSeconds: used.elapsedSeconds }
    })
  },
}
