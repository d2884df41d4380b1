import { PubSubAway, PubSubUnusable, type Report } from './pubsub.ts'
import type { Send } from './saying.ts'

/** One connection to a service, from its first attempt until it is lost. */
export type Session = {
  /** A line for a service that does not answer. */
  silence: string
  /** Resolves when the service answers. Fails with a readable line, as `PubSubUnusable` where only an operator can help. */
  ready: Promise<unknown>
  send: Send
  /** Says something to this process itself; resolves when it came back, so the whole way is open. */
  pulse(): Promise<unknown>
  /** Ends at once, whatever is under way; resolves when nothing is left of it. Never fails. */
  end(): Promise<void>
}

type Connection<S extends Session> = {
  /** The session that is open now, if there is one. */
  session(): S | undefined
  close(): Promise<void>
}

/** How long an attempt may take; how often an open way is tried, and how many tries in a row may stay unanswered. */
const ATTEMPT_LIMIT = 2000
const PULSE_EVERY = 450
const SILENT_PULSES = 3
/** Between attempts; a session that lasted `STEADY_AFTER` was a good one, and delays begin anew after it. */
const [FIRST_DELAY, LONGEST_DELAY, STEADY_AFTER] = [50, 2000, 2000]

/**
 * Keeps a session with a service: connects, notices when it is lost or silent, and connects again, with delays that grow
 * and differ between processes. Resolves after the first attempt, whether that brought a session or not; fails where it
 * says that the service cannot be used as it is set.
 */
export async function keepConnected<S extends Session>(
  openSession: (onLost: (why: Error) => void) => S,
  on: { setting: string; open: (session: S) => void; shut: () => void; report: Report },
): Promise<Connection<S>> {
  let session: S | undefined
  let attempted: S | undefined
  let isClosing = false
  let failures = 0
  let openedAt = 0
  let told: string | undefined
  let delay: NodeJS.Timeout | undefined
  let tries: NodeJS.Timeout | undefined

  /** Returns why there is no session, if there is none. */
  const attempt = async (): Promise<Error | undefined> => {
    let why: Error | undefined
    const mine = openSession((error) => {
      why ??= error
      if (session === mine) drop(error)
    })
    attempted = mine
    try {
      await within(ATTEMPT_LIMIT, mine, mine.ready)
      await within(ATTEMPT_LIMIT, mine, mine.pulse())
      if (why) throw why
    } catch (error) {
      await mine.end()
      return error as Error
    }
    if (isClosing) return undefined
    session = mine
    openedAt = Date.now()
    if (told) on.report(`Other processes are heard again through ${on.setting}.`)
    told = undefined
    watch(mine)
    on.open(mine)
    return undefined
  }

  const watch = (mine: S) => {
    let unanswered = 0
    // Tries are counted, not time: a process that was busy itself does not blame the service for it.
    tries = setInterval(() => {
      if (unanswered++ === SILENT_PULSES) return drop(new PubSubAway(mine.silence))
      mine.pulse().then(
        () => (unanswered = 0),
        () => undefined,
      )
    }, PULSE_EVERY)
  }

  const drop = (why: Error) => {
    clearInterval(tries)
    void session?.end()
    session = undefined
    if (Date.now() - openedAt > STEADY_AFTER) failures = 0
    on.shut()
    tell(why)
    tryLater()
  }

  const tell = (why: Error) => {
    if (isClosing || told === why.message) return
    told = why.message
    on.report(`${told} Nothing is said to other processes or heard from them until that is over.`)
  }

  const tryLater = () => {
    if (isClosing) return
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures++)
    delay = setTimeout(
      async () => {
        const why = await attempt()
        if (!why) return
        tell(why)
        tryLater()
      },
      longest * (0.5 + Math.random() / 2),
    )
  }

  const why = await attempt()
  if (why instanceof PubSubUnusable) throw why
  if (why) {
    tell(why)
    tryLater()
  }
  return {
    session: () => session,
    close: async () => {
      isClosing = true
      clearTimeout(delay)
      clearInterval(tries)
      session = undefined
      await attempted?.end()
    },
  }
}

/** Fails when the time is over. What was begun goes on: the caller ends it. */
async function within(limit: number, { silence }: Session, begun: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new PubSubAway(silence)), limit)
  try {
    await Promise.race([begun, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
