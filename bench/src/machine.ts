import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, statfsSync } from 'node:fs'
import { arch, cpus, release, totalmem, type } from 'node:os'

const TICKS_PER_SECOND = 100

export type Pinning = { server: number; client: number } | undefined

/** Two CPUs this process may use, one for the server and one for the load; undefined where that cannot be had. */
export function choosePinning(): Pinning {
  if (!has('taskset')) return undefined
  const [server, client] = allowedCpus()
  return server === undefined || client === undefined ? undefined : { server, client }
}

function allowedCpus(): number[] {
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}

export function has(program: string): boolean {
  return answerOf('sh', ['-c', `command -v ${program}`]) !== undefined
}

/** What a program prints, trimmed; undefined when it fails or is missing. */
export function answerOf(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** Whether a directory lives in memory, where a flush costs nothing and proves nothing. */
export function isInMemory(dir: string): boolean {
  const TMPFS = 0x01021994
  return statfsSync(dir).type === TMPFS
}

export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
  }
}

/** CPU seconds a process has used in all its threads. */
export function cpuSecondsOf(pid: number): number {
  const { own } = usageOf(pid)
  return own
}

/** The same of a process and those that it started, the ones that have ended too. */
function cpuSecondsOfFamily(pid: number): number {
  const { own, ended } = usageOf(pid)
  const children = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const child = usageOf(Number(name))
      return child.parent === pid ? child.own : []
    } catch {
      return [] // It ended while we looked.
    }
  })
  return children.reduce((sum, seconds) => sum + seconds, own + ended)
}

function usageOf(pid: number): { parent: number; own: number; ended: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number)
  const ticks = (nth: number) => (fields[nth] ?? NaN) + (fields[nth + 1] ?? NaN)
  return { parent: fields[1] ?? NaN, own: ticks(11) / TICKS_PER_SECOND, ended: ticks(13) / TICKS_PER_SECOND }
}

export function rssKiBOf(pid: number): number {
  return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? NaN)
}

function busySeconds(): number {
  const [, user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'latin1').split(/\s+/, 9).map(Number)
  return ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0)) / TICKS_PER_SECOND
}

/**
 * Percent are of one CPU. The server's are with what it stands on, whose own are the services'. Foreign is what everything
 * else on the machine used meanwhile.
 */
export type Load = {
  elapsedSeconds: number
  serverCpuSeconds: number
  servicesCpuSeconds: number
  serverPercent: number
  clientPercent: number
  foreignPercent: number
}

/** What is measured: processes of its own, and first processes of what they stand on. */
type Measured = { pid: number; pids?: readonly number[]; services?: readonly number[] }

export function watchLoad({ pid, pids = [pid], services = [] }: Measured): { stop(): Load } {
  const sum = (all: readonly number[], cpu: (pid: number) => number) =>
    all.reduce((seconds, each) => seconds + cpu(each), 0)
  const servicesNow = () => sum(services, cpuSecondsOfFamily)
  const serverNow = () => sum(pids, cpuSecondsOf)
  const from = performance.now()
  const ofServices = servicesNow()
  const own = serverNow()
  const client = process.cpuUsage()
  const busy = busySeconds()
  return {
    stop() {
      const elapsedSeconds = (performance.now() - from) / 1000
      const servicesCpuSeconds = servicesNow() - ofServices
      const serverCpuSeconds = serverNow() - own + servicesCpuSeconds
      const used = process.cpuUsage(client)
      const clientCpuSeconds = (used.user + used.system) / 1e6
      const foreign = busySeconds() - busy - serverCpuSeconds - clientCpuSeconds
      return {
        elapsedSeconds,
        serverCpuSeconds,
        servicesCpuSeconds,
        serverPercent: (100 * serverCpuSeconds) / elapsedSeconds,
        clientPercent: (100 * clientCpuSeconds) / elapsedSeconds,
        foreignPercent: (100 * foreign) / elapsedSeconds,
      }
    },
  }
}
