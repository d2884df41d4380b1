import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findPackage, handOver, runner } from './package.ts'

export type ServerOptions = {
  /** Flushes as a server of use does; without, the server calls itself a throwaway. */
  fsync?: boolean
  settings?: Readonly<Record<string, string>>
  /** Also listens on a free port of 127.0.0.1, and the address names that instead of the socket. */
  port?: boolean
  /** Starts as a standby that only reads, until `pg_promote()`. */
  standby?: boolean
  /** Runs in the data folder once before the first start. */
  prepare?: (dataDir: string) => void
}

export type TestPostgres = {
  /** Where `postgres`, who may do everything, reaches its own database. */
  url: string
  dataDir: string
  /** The postmaster's process. */
  pid: () => number
  /** Ends it, its connections too, and removes its folder. */
  stop: () => Promise<void>
  /** SIGKILL for the postmaster and every process of it; the data stay, for `restart`. */
  kill: () => Promise<void>
  /** Starts again on the same data, after `kill` or by itself. */
  restart: () => Promise<void>
}

/** How long a start may take on a busy machine, in ms. */
const START_LIMIT = 60_000
const PORT = 5432

/*
 * The shell runs the server and reads from a pipe that we hold. A word on it ends the server in an orderly way; when we
 * die, however, the pipe ends, and so do the server and its folder. So there is nothing to clean up after a crash.
 * TERM ends one that does not listen to the other two signals yet: a shell starts it deaf to them.
 */
const keeper = `
trap '' PIPE
folder=$1; template=$2; shift 2
[ -d "$folder/data" ] || cp -Rp "$template" "$folder/data"
echo copied
read -r _ || { rm -rf "$folder"; exit 0; }
"$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
exec >&-
if read -r _; then kill -TERM $server; kill -INT $server; wait $server; exit 0; fi
kill -TERM $server; kill -QUIT $server
wait $server
rm -rf "$folder"
`

/** Starts a PostgreSQL server of its own in a temporary folder, on a socket. It ends with this process, however that ends. */
export async function startPostgres(options: ServerOptions = {}): Promise<TestPostgres> {
  const found = findPackage()
  const folder = mkdtempSync(join(tmpdir(), 'connectly-pg-'))
  const dataDir = join(folder, 'data')
  handOver(folder)
  const prepare = () => {
    if (options.standby) writeFileSync(join(dataDir, 'standby.signal'), '')
    options.prepare?.(dataDir)
    handOver(dataDir)
  }

  const port = options.port ? await freePort() : PORT
  const given = { ...defaults(folder, port, options), ...options.settings }
  const args = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const begin = async (): Promise<ChildProcess> => {
    const isNew = !existsSync(dataDir)
    const child = spawn(
      '/bin/sh',
      ['-c', keeper, 'sh', folder, found.template, found.postgres, '-D', dataDir, ...args],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', ...found.env },
        stdio: ['pipe', 'pipe', 'ignore'],
        detached: true,
        ...runner,
      },
    )
    child.stdin.on('error', () => undefined)
    await once(child.stdout, 'data')
    if (isNew) prepare()
    child.stdin.write('start\n')
    child.unref()
    for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref: () => void }).unref()
    return child
  }
  const pidFile = join(dataDir, 'postmaster.pid')
  const pid = () => Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  const start = async (): Promise<ChildProcess> => {
    for (const until = Date.now() + START_LIMIT; ;) {
      const logged = logOf(folder).length
      const child = await begin()
      const isUp = await isReady(pidFile, folder, logged, until).catch(async (error: unknown) => {
        await end(child)
        rmSync(folder, { recursive: true, force: true })
        throw error
      })
      if (isUp) return child
      await end(child)
    }
  }

  let keeperProcess = await start()
  let isRunning = true
  const kill = async () => {
    for (const each of familyOf(pid())) killQuietly(each)
    await end(keeperProcess)
    rmSync(pidFile, { force: true })
    isRunning = false
  }
  return {
    url: options.port
      ? `postgres://postgres@127.0.0.1:${port}/postgres`
      : `postgres://postgres@/postgres?host=${encodeURIComponent(folder)}`,
    dataDir,
    pid,
    kill,
    stop: async () => {
      if (isRunning) await end(keeperProcess)
      rmSync(folder, { recursive: true, force: true })
    },
    restart: async () => {
      if (isRunning) await end(keeperProcess)
      keeperProcess = await start()
      isRunning = true
    },
  }
}

function defaults(folder: string, port: number, options: ServerOptions): Record<string, string | number> {
  const lax = { fsync: 'off', full_page_writes: 'off', 'connectly.throwaway': 'on' }
  return {
    listen_addresses: options.port ? '127.0.0.1' : '',
    port,
    unix_socket_directories: folder,
    max_connections: 200,
    dynamic_shared_memory_type: 'mmap',
    ...(options.fsync ? {} : lax),
  }
}

/** Waits until the server takes connections; false where it has to be started again because a dead one's memory is there. */
async function isReady(pidFile: string, folder: string, logged: number, until: number): Promise<boolean> {
  for (;;) {
    const state = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() : undefined
    if (state === 'ready' || state === 'standby') return true
    const said = logOf(folder).slice(logged)
    if (state === undefined && /^.*(FATAL|PANIC):/m.test(said)) {
      if (!/pre-existing shared memory|lock file/.test(said)) throw new Error(`PostgreSQL did not start:\n${said}`)
      return false
    }
    if (Date.now() > until) throw new Error(`PostgreSQL did not start in time:\n${said}`)
    await pause(5)
  }
}

function logOf(folder: string): string {
  const file = join(folder, 'log')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Ends the server by a word to the shell that keeps it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const gone = once(child, 'exit')
  child.stdin?.end('end\n')
  await gone
}

/** A process and those it has started, itself first. */
function familyOf(pid: number): number[] {
  const pairs = existsSync('/proc/self/stat')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => [Number(name), parentOf(name)])
    : execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number))
  return [pid, ...pairs.filter(([, parent]) => parent === pid).map(([child]) => child as number)]
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself, which was the aim.
  }
}

function parentOf(name: string): number {
  try {
    return Number(
      readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) \S+ /s, '')
        .split(' ')[0],
    )
  } catch {
    return 0
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
