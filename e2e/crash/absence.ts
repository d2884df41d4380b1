import { setTimeout as pause } from 'node:timers/promises'
import type { PostgresEnd, Services } from './services.ts'
import { statusOf, type Supervisor } from './supervisor.ts'

/* PostgreSQL goes away for a while, and comes back: what the servers say of themselves all along. */

export type Absence = {
  /** Milliseconds until each server said that it is not ready; null for one that never did. */
  notReadyAfter: (number | null)[]
  /** Milliseconds until all said that they are, since PostgreSQL was there again. */
  readyAgainAfter: number
  /** How often a server that lives did not say so. */
  unhealthy: number
  /** How often the servers tried to connect while there was nothing to connect to. */
  attempts: number
  /** More would be a storm. */
  mostAttempts: number
}

const LOOK_EVERY = 50
/** A server must say that it is not ready, and that it is, within this, in ms. */
const NOTICE_WITHIN = 5000
const GIVE_UP = 30_000
/** Connections of one process, with the one that hears the others where no Redis carries that. */
const LINES = 5

/**
 * Ends PostgreSQL, watches the servers, and starts it again.
 * @param ms how long nothing is there
 * @param meanwhile begins when it is gone; is waited for before it is started, and has to end when it is away no longer
 */
export async function withoutPostgres(parts: {
  how: PostgresEnd
  ms: number
  services: Pick<Services, 'postgres'>
  servers: readonly Supervisor[]
  meanwhile?: (isAway: () => boolean) => Promise<unknown>
}): Promise<Absence> {
  const { how, ms, servers } = parts
  const { postgres } = parts.services
  if (!postgres) throw new Error('there is no PostgreSQL to be without')
  const notReadyAfter: (number | null)[] = servers.map(() => null)
  let unhealthy = 0
  let [isAway, isBack] = [true, false]
  let began = performance.now()
  const watch = async (server: Supervisor, nth: number): Promise<void> => {
    for (;;) {
      const [health, ready] = await Promise.all([statusOf(`${server.url}/health`), statusOf(`${server.url}/ready`)])
      if (health !== 200) unhealthy++
      if (ready === 503 && !isBack) notReadyAfter[nth] ??= Math.round(performance.now() - began)
      if (isBack && (ready === 200 || performance.now() - began > GIVE_UP)) return
      await pause(LOOK_EVERY)
    }
  }

  await postgres.end(how)
  began = performance.now()
  const before = postgres.proxy.attempts()
  const doing = parts.meanwhile?.(() => isAway)
  const watching = Promise.all(servers.map(watch))
  await pause(ms)
  const attempts = postgres.proxy.attempts() - before
  isAway = false
  await doing
  await postgres.server.restart()
  began = performance.now()
  isBack = true
  await watching
  return {
    notReadyAfter,
    readyAgainAfter: Math.round(performance.now() - began),
    unhealthy,
    attempts,
    // The waits are doubled from 50 ms to a second, each half as long at least: six at first, then two a second.
    mostAttempts: servers.length * LINES * (6 + (2 * ms) / 1000),
  }
}

/** What was not as it had to be. */
export function wrongIn(absence: Absence, ms: number): string[] {
  const { notReadyAfter, readyAgainAfter, unhealthy, attempts, mostAttempts } = absence
  const wrong: string[] = []
  if (ms > NOTICE_WITHIN && notReadyAfter.some((after) => after === null || after > NOTICE_WITHIN))
    wrong.push(`without PostgreSQL the servers were not ready only after ${notReadyAfter.join(', ')} ms`)
  if (readyAgainAfter > NOTICE_WITHIN) wrong.push(`the servers were ready only ${readyAgainAfter} ms after PostgreSQL`)
  if (unhealthy > 0) wrong.push(`a server did not say that it lives, ${unhealthy} times, while PostgreSQL was away`)
  if (attempts > mostAttempts) wrong.push(`the servers tried to connect ${attempts} times in ${ms} ms`)
  return wrong
}
