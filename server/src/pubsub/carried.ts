import { keepConnected, type Session } from './connection.ts'
import { createHearing, tryTo } from './hearing.ts'
import type { PubSub, Report } from './pubsub.ts'
import { createSaying, type Bounds } from './saying.ts'

/** A service that carries packets, and how it is reached. */
type Carrier<S extends Session> = {
  id: string
  /** The setting that names the service, for whoever reads the log. */
  setting: string
  bounds: Bounds
  openSession: (on: { heard: (packet: string) => void; lost: (why: Error) => void }) => S
  report: Report
}

const HEALED_EVERY = 1000
const LAST_WORDS = 500

/**
 * What all adapters with a service share: gathering, order, who hears what, and what follows when the service comes back.
 * Fails with `PubSubUnusable`; a service that is merely away is reported and tried again.
 */
export async function openCarried<S extends Session>({ id, setting, bounds, openSession, report }: Carrier<S>) {
  const healed = calledAtMostEvery(HEALED_EVERY, report)
  const saying = createSaying(id, bounds)
  const hearing = createHearing(id, healed.call, report)
  let isOpen = false
  let isStarting = true

  const connection = await keepConnected((lost) => openSession({ heard: hearing.heard, lost }), {
    setting,
    report,
    open: (session) => {
      isOpen = true
      saying.open(session.send)
      if (!isStarting) healed.call()
    },
    shut: () => {
      isOpen = false
      saying.shut()
    },
  })
  isStarting = false

  const pubsub: Omit<PubSub, 'queues'> = {
    id,
    longest: bounds.longest,
    say: saying.say,
    hear: hearing.hear,
    onHealed: healed.listen,
    isOpen: () => isOpen,
    lost: saying.lost,
    close: async () => {
      await Promise.race([saying.settled(), new Promise((done) => setTimeout(done, LAST_WORDS).unref())])
      isOpen = false
      saying.shut()
      healed.stop()
      await connection.close()
    },
  }
  return { pubsub, session: () => connection.session() }
}

/** Listeners that are called at once, and again when the time since the last call is over if they were to be meanwhile. */
function calledAtMostEvery(ms: number, report: Report) {
  const listeners: (() => void)[] = []
  let pause: NodeJS.Timeout | undefined
  let isDue = false

  const call = () => {
    isDue = pause !== undefined
    if (isDue) return
    pause = setTimeout(() => {
      pause = undefined
      if (isDue) call()
    }, ms)
    for (const listener of listeners) tryTo(listener, report)
  }
  return {
    call,
    listen: (listener: () => void) => void listeners.push(listener),
    stop: () => {
      clearTimeout(pause)
      listeners.length = 0
    },
  }
}
