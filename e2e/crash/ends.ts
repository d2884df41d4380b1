import { setTimeout as pause } from 'node:timers/promises'
import { withoutPostgres, wrongIn } from './absence.ts'
import { moments, type Moment } from './faults.ts'
import type { Cut } from './proxy.ts'
import { between, oneOf, shuffled, type Random } from './random.ts'
import type { PostgresEnd, Services } from './services.ts'
import type { Start, Supervisor } from './supervisor.ts'

/* The ways in which a crash run ends what it runs on, and how each is put right again. */

/** How a server ends: at a moment of a message's way, at any, or while it starts. */
const deaths = ['anywhen', 'starting', ...moments] as const
/** What befalls several servers, and what they stand on. */
const postgresEnds = ['postgres SIGINT', 'postgres SIGQUIT', 'postgres SIGKILL', 'postgres away'] as const
const cuts = ['cut before-commit', 'cut before-answer'] as const
const redisEnds = ['redis killed', 'redis flushed', 'redis paused'] as const

export type End =
  | (typeof deaths)[number]
  | (typeof postgresEnds)[number]
  | (typeof cuts)[number]
  | (typeof redisEnds)[number]
  | 'all at once'
  | 'rolling'

/** How often each happened; a gentle stop is `gently`. */
export type Counts = Partial<Record<End | 'gently', number>>

export type Scene = {
  servers: readonly Supervisor[]
  services: Services
  random: Random
  /** How many messages were acknowledged so far. */
  acked: () => number
  starts: Start[]
  /** What did not come back in time. */
  late: string[]
  /** A server is there again. */
  onReturn: (server: Supervisor) => void
  say: (line: string) => void
}

/** Above this, something hangs, in ms. */
export const HANGS = 30_000
/** Messages acknowledged since the last start before the next end: nothing ends idle. */
const UNDER_LOAD = 15
/** How long PostgreSQL is away when that is the point, in ms. */
const LONG = 15_000

/** Lets load come in, brings the next end about, puts it right; between, now and then, a gentle stop. */
export async function endAgainAndAgain(scene: Scene, kills: number, only: readonly End[] | undefined): Promise<Counts> {
  const { servers, random, starts, acked, say } = scene
  const counts: Counts = {}
  const count = (end: End | 'gently') => (counts[end] = (counts[end] ?? 0) + 1)
  let hand: End[] = []
  const deal = (): End => {
    if (hand.length === 0) hand = shuffled(random, only ?? waysFor(scene))
    return hand.pop() as End
  }

  for (let done = 0; done < kills;) {
    const before = acked()
    await until(() => acked() >= before + UNDER_LOAD, `${UNDER_LOAD} more messages are acknowledged`)
    const gone = servers.find((server) => !server.isUp())
    if (gone) throw new Error(`a server ended by itself:\n${gone.log.slice(-20).join('\n')}`)
    const dealt = deal()
    const end = dealt === 'starting' && done + 2 > kills ? 'anywhen' : dealt
    await pause(between(random, 0, 400))
    await bring(end, scene)
    done++
    count(end)
    if (end === 'starting') {
      done++
      count('anywhen')
    }
    say(`${done} of ${kills}: ${end}, ${acked()} acknowledged, ready after ${Math.round(starts.at(-1)?.ms ?? 0)} ms`)
    if (servers.length === 1 && random() < 0.1 && process.platform !== 'win32') {
      await stopGently(servers[0] as Supervisor, scene)
      count('gently')
    }
  }
  return counts
}

function waysFor({ servers, services }: Scene): End[] {
  return [
    'anywhen',
    ...deaths,
    ...(servers.length > 1 ? (['rolling', 'all at once'] as const) : []),
    ...(services.postgres ? [...postgresEnds, ...cuts] : []),
    ...(services.redis ? redisEnds : []),
  ]
}

/** One end, and everything running again. */
async function bring(end: End, scene: Scene): Promise<void> {
  const { servers, services, random } = scene
  const [kind, how] = end.split(' ') as [string, string]
  if (end === 'rolling') for (const server of servers) await stopGently(server, scene)
  else if (end === 'all at once') {
    await Promise.all(servers.map((server) => server.end('SIGKILL')))
    await Promise.all(servers.map((server) => startAgain(server, scene)))
  } else if (end === 'postgres away') await endPostgres('SIGKILL', LONG, scene)
  else if (kind === 'postgres') await endPostgres(how as PostgresEnd, between(random, 0, 4000), scene)
  else if (kind === 'cut') await cutOnce(how as Cut, services)
  else if (kind === 'redis') await withoutRedis(how, between(random, 200, 3000), scene)
  else await killOne(end as Moment | 'anywhen' | 'starting', oneOf(random, servers), scene)
}

async function killOne(death: Moment | 'anywhen' | 'starting', server: Supervisor, scene: Scene): Promise<void> {
  const { servers, random, starts } = scene
  if (death === 'anywhen' || death === 'starting') await server.end('SIGKILL')
  else await server.dieAt(death, HANGS)
  if (servers.length > 1) await pause(between(random, 0, 1500))
  if (death === 'starting') {
    server.spawn()
    await pause(between(random, 0, 1.2 * (starts.at(-1)?.ms ?? 500)))
    await server.end('SIGKILL')
  }
  await startAgain(server, scene)
}

async function stopGently(server: Supervisor, scene: Scene): Promise<void> {
  const how = await server.end('SIGTERM')
  if (how !== 0) throw new Error(`a gentle stop ended with ${how}:\n${server.log.slice(-20).join('\n')}`)
  await startAgain(server, scene)
}

async function startAgain(server: Supervisor, scene: Scene): Promise<void> {
  scene.starts.push(await server.start(HANGS))
  scene.onReturn(server)
}

async function endPostgres(how: PostgresEnd, ms: number, { services, servers, late }: Scene): Promise<void> {
  late.push(...wrongIn(await withoutPostgres({ how, ms, services, servers }), ms))
}

/** Cuts whoever commits next; the driver connects again by itself. */
async function cutOnce(cut: Cut, { postgres }: Services): Promise<void> {
  const limit = setTimeout(() => postgres?.proxy.spare(), HANGS)
  await postgres?.proxy.cut(cut)
  clearTimeout(limit)
}

/** While Redis is away or empty, what is sent is acknowledged all the same. */
async function withoutRedis(how: string, ms: number, { services, acked }: Scene): Promise<void> {
  const { redis } = services
  if (how === 'flushed') await redis?.ask('flushall')
  else if (how === 'paused') await redis?.ask('client', 'pause', String(ms), 'ALL')
  else await redis?.kill()
  const before = acked()
  await pause(ms)
  await until(() => acked() > before, 'something is acknowledged without Redis')
  if (how === 'killed') await redis?.start()
}

export async function until(holds: () => boolean | Promise<boolean>, what: string, limit = HANGS): Promise<void> {
  for (const by = Date.now() + limit; !(await holds()); await pause(20))
    if (Date.now() > by) throw new Error(`it took too long until ${what}`)
}
