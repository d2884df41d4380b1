import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Bug, Moment } from './faults.ts'
import type { Ask, Said } from './server.ts'

/** Lines of the server's log that are kept for a report. */
const MAX_LOG = 400

/** How long an answer about the server itself may take, in ms: longer than it gives its store. */
const ANSWER_LIMIT = 4000

/** Milliseconds from a start to ready, and how many of them the process waited for a processor that others held. */
export type Start = { ms: number; waited: number }
export type Supervisor = ReturnType<typeof createSupervisor>

/** Starts a server on the same data and port again and again, and ends it in ungentle ways. */
export function createSupervisor(where: {
  dataDir: string
  port: number
  bug: Bug | null
  databaseUrl?: string | null
  redisUrl?: string | null
}) {
  const { port, dataDir, databaseUrl, redisUrl, bug } = where
  const url = `http://127.0.0.1:${port}`
  const log: string[] = []
  const given = { port, data: dataDir, database: databaseUrl, redis: redisUrl, bug }
  const args = Object.entries(given).flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : []))
  let child: ChildProcess | null = null
  let isUp = false
  let ended: Promise<number | NodeJS.Signals> = Promise.resolve(0)

  function spawn(): void {
    const born = fork(join(import.meta.dirname, 'server.ts'), args, {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    child = born
    born.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log.push(...text.split('\n').filter(Boolean))
      if (log.length > MAX_LOG) log.splice(0, log.length - MAX_LOG)
    })
    born.on('error', (error) => log.push(`the server's process: ${error.message}`))
    ended = new Promise((done) => born.once('exit', (code, signal) => done(signal ?? code ?? -1)))
    void ended.then(() => child === born && (isUp = false))
  }

  /** Spawns, and resolves with how long it took until `/ready` said yes. */
  async function start(limit: number): Promise<Start> {
    const began = performance.now()
    spawn()
    const died = ended.then((how) => {
      throw new Error(`the server ended while starting (${how}):\n${log.slice(-20).join('\n')}`)
    })
    died.catch(() => undefined)
    while (!(await Promise.race([isReady(url), died]))) {
      if (performance.now() - began > limit) throw new Error(`the server was not ready after ${limit} ms`)
      await new Promise((done) => setTimeout(done, 15))
    }
    isUp = true
    return { ms: performance.now() - began, waited: waitedFor(child?.pid) }
  }

  async function end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    isUp = false
    child?.kill(signal)
    return ended
  }

  async function ask<S extends Said['say']>(what: Ask, say: S): Promise<Extract<Said, { say: S }>> {
    const born = child
    if (!born) throw new Error('no server runs')
    return new Promise((done, fail) => {
      const hear = (said: Said) => {
        if (said.say !== say) return
        born.off('message', hear).off('exit', lost)
        done(said as Extract<Said, { say: S }>)
      }
      const lost = () => fail(new Error(`the server ended when asked to ${what.do}`))
      born.on('message', hear).once('exit', lost)
      born.send(what)
    })
  }

  return {
    url,
    log,
    start,
    spawn,
    end,
    /** Whether it was started, is ready, and has not ended since. */
    isUp: () => isUp,
    /** Stops every one of its threads where it is, and lets it go on. */
    freeze: (isSo: boolean) => void child?.kill(isSo ? 'SIGSTOP' : 'SIGCONT'),
    /** Makes the server kill itself at the next such moment; resolves when it is dead. */
    dieAt: async (moment: Moment, limit: number): Promise<void> => {
      child?.send({ do: 'die', moment } satisfies Ask)
      const timer = setTimeout(() => child?.kill('SIGKILL'), limit)
      await ended
      clearTimeout(timer)
    },
    progress: () => ask({ do: 'progress' }, 'progress'),
    read: () => ask({ do: 'read' }, 'read'),
  }
}

/** On Linux, from the scheduler's own account; elsewhere it is not known, and taken for nothing. */
function waitedFor(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

const isReady = async (url: string): Promise<boolean> => (await statusOf(`${url}/ready`)) === 200

/** The status of an answer; 0 where there is none. */
export function statusOf(url: string): Promise<number> {
  return new Promise((done) => {
    const request = get(url, { agent: false, timeout: ANSWER_LIMIT }, (response) => {
      response.resume()
      done(response.statusCode ?? 0)
    })
    request.on('error', () => done(0))
    request.on('timeout', () => request.destroy())
  })
}

/**
 * A free port below those that systems hand out to connections: while the server is down, a client that knocks at a
 * port of that range could be given the very same one, and be connected to itself.
 */
export async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + 500; port++) {
    const isFree = await new Promise<boolean>((done) => {
      const probe = createServer()
      probe.once('error', () => done(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
    })
    if (isFree) return port
  }
  throw new Error('no port is free')
}
