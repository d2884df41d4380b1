import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check, laws, type Violation } from './checker.ts'
import { createClient, type Client } from './clients.ts'
import { endAgainAndAgain, HANGS, until, type Counts, type End } from './ends.ts'
import { bugs, type Bug } from './faults.ts'
import { seeded } from './random.ts'
import { openServices } from './services.ts'
import { createSupervisor, freePort, type Start, type Supervisor } from './supervisor.ts'
import { foundWorld, readRooms } from './world.ts'

/*
 * Clients under load, one or two servers that are killed again and again with what they stand on, and a checker over all
 * they saw. `npm run crash -- --kills 100 --seed 7`, `npm run crash -- --store postgres --processes 2 --redis --kills 20`
 */

export type CrashOptions = {
  kills: number
  seed: number
  people?: number
  groups?: number
  /** Milliseconds between two messages of one person, on average. */
  pace?: number
  bug?: Bug | null
  store?: 'sqlite' | 'postgres'
  /** More than one only on PostgreSQL; clients are spread over them. */
  processes?: 1 | 2
  /** Whether a Redis carries what they say to each other. */
  redis?: boolean
  /** Only these ways to end; all by default. */
  deaths?: readonly End[]
  say?: (line: string) => void
}

export type CrashReport = {
  kills: Counts
  acked: number
  /** Sends that went out more than once: their first outcome was unknown. */
  retried: number
  refused: number
  shown: number
  gaps: number
  starts: Start[]
  violations: Violation[]
  serverLog: readonly string[]
}

/** A server must be ready again within this, not counting what it waits for a processor that others hold. */
const READY_LIMIT = 3000

export async function crash(options: CrashOptions): Promise<CrashReport> {
  const { kills, seed, people = 12, groups = 4, pace = 60, bug = null, say = () => undefined } = options
  const { store = 'sqlite', processes = 1, redis = false } = options
  const random = seeded(seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'connectly-crash-'))
  const services = await openServices({ postgres: store === 'postgres', redis })
  const { databaseUrl, redisUrl } = services
  const servers: Supervisor[] = []
  const clients: Client[] = []
  try {
    for (let port = 15_000 + ((31 * process.pid + seed) % 15_000); servers.length < processes; port++) {
      port = await freePort(port)
      servers.push(createSupervisor({ dataDir, port, bug, databaseUrl, redisUrl }))
    }
    const [first, last] = [servers[0] as Supervisor, servers.at(-1) as Supervisor]
    const homeOf = (nth: number) => servers[(nth + (nth >> 2)) % processes] as Supervisor
    const world = await foundWorld({ dataDir, databaseUrl }, { people, groups }, random)
    let ticks = 0
    for (const [nth, person] of world.people.entries()) {
      const isIn = (room: (typeof world.rooms)[number]) => room.members.some(({ userId }) => userId === person.userId)
      const client = createClient({
        ...person,
        url: () => (homeOf(nth).isUp() ? homeOf(nth) : (servers.find((server) => server.isUp()) ?? first)).url,
        rooms: world.rooms.filter(isIn).map(({ roomId }) => roomId),
        foreign: world.rooms.find((room) => !isIn(room))?.roomId ?? null,
        transport: nth % 4 === 3 ? 'polling' : 'websocket',
        pace,
        random: seeded(seed + nth + 1),
        tick: () => ++ticks,
      })
      clients.push(client)
    }
    const starts: Start[] = []
    for (const server of servers) starts.push(await server.start(HANGS))
    for (const client of clients) client.start()
    const late: string[] = []
    const acked = () => clients.reduce((sum, client) => sum + client.acked(), 0)
    const onReturn = (server: Supervisor) => {
      if (processes > 1) for (const [nth, client] of clients.entries()) if (homeOf(nth) === server) client.move()
    }
    const scene = { servers, services, random, acked, starts, late, onReturn, say }
    const counts = await endAgainAndAgain(scene, kills, options.deaths)
    for (const client of clients) client.finishWriting()
    await settled(first, clients)

    const [rooms, { logs, tally }] = [await readRooms([first.url, last.url], world), await last.read()]
    const histories = clients.map((client) => client.history())
    const violations = check(histories, { rooms, logs, tally })
    violations.push(...late.map((says) => ({ law: 'stuck' as const, says })))
    for (const { ms, waited } of starts.filter((each) => each.ms - each.waited > READY_LIMIT))
      violations.push({
        law: 'stuck',
        says: `the server was ready only after ${rounded(ms)} ms (${rounded(waited)} waiting)`,
      })
    const sends = histories.flatMap((history) => history.sends)
    return {
      kills: counts,
      acked: sends.filter((send) => send.acked).length,
      retried: sends.filter((send) => send.tries > 1).length,
      refused: sends.filter((send) => send.refused).length,
      shown: histories.flatMap(({ screens }) => screens.flatMap(({ runs }) => runs.flat())).length,
      gaps: clients.reduce((sum, client) => sum + client.counts.gaps, 0),
      starts,
      violations,
      serverLog: servers.flatMap(({ log }) => log),
    }
  } catch (error) {
    const log = servers.flatMap((server) => server.log.slice(-40)).join('\n')
    throw new Error(`seed ${seed}: ${(error as Error).message}\nThe last of the server's log:\n${log}`, {
      cause: error,
    })
  } finally {
    for (const client of clients) client.stop()
    await Promise.all(servers.map((server) => server.end('SIGKILL')))
    await services.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Waits until nothing is left to be sent, heard or followed; what still is by then, the checker names. */
async function settled(server: Supervisor, clients: readonly Client[]): Promise<void> {
  const rest = async (): Promise<boolean> => {
    if (clients.some((client) => client.unsent() > 0 || !client.isOpen())) return false
    const { unreacted, seqs } = await server.progress()
    return (
      unreacted === 0 &&
      clients.every((client) => Object.entries(client.cursors()).every(([place, cursor]) => seqs[place] === cursor))
    )
  }
  await until(rest, 'everything comes to rest').catch(() => undefined)
}

const rounded = Math.round

/** The figures of a run, for whoever started it. */
export function figures(report: CrashReport): string {
  const { kills, acked, retried, refused, shown, gaps, starts, violations } = report
  const { gently = 0, ...deaths } = kills
  const total = Object.values(deaths).reduce((sum, each) => sum + each, 0)
  const ways = Object.entries(deaths).map(([death, count]) => `${count} ${death}`)
  const byLaw = laws.map((law) => [law, violations.filter((each) => each.law === law)] as const)
  const worst = starts.reduce((slowest, each) => (each.ms > slowest.ms ? each : slowest))
  return [
    `killed ${total} times, stopped gently ${gently} times (${ways.join(', ')})`,
    `${acked} messages acknowledged, ${retried} of them asked again, ${refused} refused as they had to be`,
    `${shown} messages shown, ${gaps} gaps filled`,
    `ready after ${rounded(worst.ms)} ms at worst, ${rounded(worst.waited)} of them waiting for a processor`,
    `${violations.length} violations`,
    ...byLaw.flatMap(([law, all]) => [
      ...all.slice(0, 5).map(({ says }) => `  ${law}: ${says}`),
      ...(all.length > 5 ? [`  ${law}: and ${all.length - 5} more`] : []),
    ]),
  ].join('\n')
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      clients: { type: 'string', default: '12' },
      store: { type: 'string', default: 'sqlite' },
      processes: { type: 'string', default: '1' },
      redis: { type: 'boolean', default: false },
      bug: { type: 'string' },
    },
  })
  const [kills, seed, people] = [Number(values.kills), Number(values.seed), Number(values.clients)]
  const bug = bugs.find((each) => each === values.bug) ?? null
  const store = (['sqlite', 'postgres'] as const).find((each) => each === values.store)
  const processes = ([1, 2] as const).find((each) => String(each) === values.processes)
  const fits = store && processes && (store === 'postgres' || (processes === 1 && !values.redis))
  if (![kills, seed, people].every(Number.isInteger) || kills < 1 || people < 4 || (values.bug && !bug) || !fits) {
    console.error(
      `usage: npm run crash -- [--kills 100] [--seed 7] [--clients 12] [--bug ${bugs.join('|')}]\n` +
        '         [--store sqlite|postgres] [--processes 1|2] [--redis], two processes and Redis on PostgreSQL only',
    )
    process.exit(64)
  }
  console.log(`seed ${seed}, ${people} clients, ${processes} on ${store}${values.redis ? ' with Redis' : ''}`)
  const report = await crash({ kills, seed, people, bug, store, processes, redis: values.redis, say: console.log })
  console.log(figures(report))
  if (report.violations.length > 0) {
    console.log(`\nThe last of the server's log (seed ${seed}):\n${report.serverLog.slice(-40).join('\n')}`)
    process.exitCode = 1
  }
}
