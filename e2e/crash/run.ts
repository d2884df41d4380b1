import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { check, laws, type Violation } from './checker.ts'
import { createClient, type Client } from './clients.ts'
import { bugs, moments, type Bug, type Moment } from './faults.ts'
import { between, seeded, shuffled, type Random } from './random.ts'
import { createSupervisor, freePort, type Start, type Supervisor } from './supervisor.ts'
import { foundWorld, readRooms } from './world.ts'

/*
 * Clients under load, a server that is killed again and again, and a checker over all they saw.
 * `npm run crash -- --kills 100 --seed 7`
 */

/** How the server ends: at a moment of a message's way, at any, or while it starts. */
type Death = Moment | 'anywhen' | 'starting'

export type CrashOptions = {
  kills: number
  seed: number
  people?: number
  groups?: number
  /** Milliseconds between two messages of one person, on average. */
  pace?: number
  bug?: Bug | null
  /** Only these ways to end; all by default. */
  deaths?: readonly Death[]
  say?: (line: string) => void
}

export type CrashReport = {
  kills: Record<string, number>
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
/** Above this, something hangs. */
const HANGS = 30_000
/** Messages acknowledged since the last start before the next death: no kill of an idle server. */
const UNDER_LOAD = 15

export async function crash(options: CrashOptions): Promise<CrashReport> {
  const { kills, seed, people = 12, groups = 4, pace = 60, bug = null, say = () => undefined } = options
  const random = seeded(seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'connectly-crash-'))
  const server = createSupervisor({ dataDir, port: await freePort(15_000 + ((31 * process.pid + seed) % 15_000)), bug })
  const clients: Client[] = []
  try {
    const world = await foundWorld(dataDir, { people, groups }, random)
    let ticks = 0
    for (const [nth, person] of world.people.entries()) {
      const isIn = (room: (typeof world.rooms)[number]) => room.members.some(({ userId }) => userId === person.userId)
      const client = createClient({
        ...person,
        url: server.url,
        rooms: world.rooms.filter(isIn).map(({ roomId }) => roomId),
        foreign: world.rooms.find((room) => !isIn(room))?.roomId ?? null,
        transport: nth % 4 === 3 ? 'polling' : 'websocket',
        pace,
        random: seeded(seed + nth + 1),
        tick: () => ++ticks,
      })
      clients.push(client)
    }
    const starts = [await server.start(HANGS)]
    for (const client of clients) client.start()
    const counts = await killAgainAndAgain({ server, clients, kills, random, starts, deaths: options.deaths, say })
    for (const client of clients) client.finishWriting()
    await settled(server, clients)

    const [rooms, { logs, tally }] = [await readRooms(server.url, world), await server.read()]
    const histories = clients.map((client) => client.history())
    const violations = check(histories, { rooms, logs, tally })
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
      serverLog: server.log,
    }
  } catch (error) {
    const last = server.log.slice(-40).join('\n')
    throw new Error(`seed ${seed}: ${(error as Error).message}\nThe last of the server's log:\n${last}`, {
      cause: error,
    })
  } finally {
    for (const client of clients) client.stop()
    await server.end('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Lets load come in, ends the server in the next way, starts it again; between, now and then, a gentle stop. */
async function killAgainAndAgain(run: {
  server: Supervisor
  clients: readonly Client[]
  kills: number
  random: Random
  starts: Start[]
  deaths: readonly Death[] | undefined
  say: (line: string) => void
}): Promise<Record<string, number>> {
  const { server, clients, kills, random, starts, say } = run
  const counts: Record<string, number> = {}
  const acked = () => clients.reduce((sum, client) => sum + client.acked(), 0)
  let hand: Death[] = []
  const deal = (): Death => {
    if (hand.length === 0) hand = shuffled(random, run.deaths ?? ['anywhen', 'anywhen', 'starting', ...moments])
    return hand.pop() as Death
  }

  for (let done = 0; done < kills;) {
    const [before, openBy] = [acked(), Date.now() + HANGS]
    await until(() => acked() >= before + UNDER_LOAD, `${UNDER_LOAD} more messages are acknowledged`, openBy)
    const dealt = deal()
    const death = dealt === 'starting' && done + 2 > kills ? 'anywhen' : dealt
    await pause(between(random, 0, 400))
    if (death === 'anywhen' || death === 'starting') await server.end('SIGKILL')
    else await server.dieAt(death, HANGS)
    done++
    if (death === 'starting') {
      server.spawn()
      await pause(between(random, 0, 1.2 * (starts.at(-1)?.ms ?? 500)))
      await server.end('SIGKILL')
      done++
      counts['anywhen'] = (counts['anywhen'] ?? 0) + 1
    }
    counts[death] = (counts[death] ?? 0) + 1
    starts.push(await server.start(HANGS))
    say(`${done} of ${kills}: ${death}, ${acked()} acknowledged, ready after ${rounded(starts.at(-1)?.ms ?? 0)} ms`)
    if (random() < 0.1 && process.platform !== 'win32') {
      const how = await server.end('SIGTERM')
      if (how !== 0) throw new Error(`a gentle stop ended with ${how}:\n${server.log.slice(-20).join('\n')}`)
      starts.push(await server.start(HANGS))
      counts['gently'] = (counts['gently'] ?? 0) + 1
    }
  }
  return counts
}

/** Waits until nothing is left to be sent, heard or followed; what still is by then, the checker names. */
async function settled(server: Supervisor, clients: readonly Client[]): Promise<void> {
  const by = Date.now() + HANGS
  const rest = async (): Promise<boolean> => {
    if (clients.some((client) => client.unsent() > 0 || !client.isOpen())) return false
    const { unreacted, seqs } = await server.progress()
    return (
      unreacted === 0 &&
      clients.every((client) => Object.entries(client.cursors()).every(([place, cursor]) => seqs[place] === cursor))
    )
  }
  await until(rest, 'everything comes to rest', by).catch(() => undefined)
}

async function until(holds: () => boolean | Promise<boolean>, what: string, by: number): Promise<void> {
  while (!(await holds())) {
    if (Date.now() > by) throw new Error(`it took too long until ${what}`)
    await pause(20)
  }
}

const rounded = Math.round
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

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
      bug: { type: 'string' },
    },
  })
  const [kills, seed, people] = [Number(values.kills), Number(values.seed), Number(values.clients)]
  const bug = bugs.find((each) => each === values.bug) ?? null
  if (![kills, seed, people].every(Number.isInteger) || kills < 1 || people < 4 || (values.bug && !bug)) {
    console.error(`usage: npm run crash -- [--kills 100] [--seed 7] [--clients 12] [--bug ${bugs.join('|')}]`)
    process.exit(64)
  }
  console.log(`seed ${seed}, ${people} clients`)
  const report = await crash({ kills, seed, people, bug, say: console.log })
  console.log(figures(report))
  if (report.violations.length > 0) {
    console.log(`\nThe last of the server's log (seed ${seed}):\n${report.serverLog.slice(-40).join('\n')}`)
    process.exitCode = 1
  }
}
