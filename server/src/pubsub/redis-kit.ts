import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis, type RedisOptions } from 'ioredis'

/* A real Redis server for tests: on a free port of this machine, in a temporary folder, without keeping anything. */

export type TestRedis = {
  url: string
  port: number
  /** The server's process, while it runs. */
  pid: () => number
  /** Ends it in an orderly way, and at once. */
  stop: () => Promise<void>
  kill: () => Promise<void>
  /** Starts it on the same port, empty. */
  start: () => Promise<void>
  /** Asks the server something, as its administrator. */
  ask: (command: string, ...words: string[]) => Promise<unknown>
  /** Stops it and removes its folder. */
  cleanUp: () => Promise<void>
}

/*
 * The shell runs the server and reads from a pipe that we hold. When we die, however, the pipe ends, and so do the server
 * and its folder: no test leaves one behind.
 */
const keeper = `
folder=$1; shift
"$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
echo $server > "$folder/pid"
if read -r word; then kill -$word $server 2>/dev/null; wait $server; exit 0; fi
kill -KILL $server 2>/dev/null
wait $server
rm -rf "$folder"
`
const START_LIMIT = 30_000

/**
 * Starts a server. Fails where there is none on this machine.
 * @param options arguments of its own
 * @param asking how this kit reaches it; with `tls`, the server's port speaks TLS only
 */
export async function startRedis(options: readonly string[] = [], asking: RedisOptions = {}): Promise<TestRedis> {
  const program = process.env['REDIS_SERVER'] ?? '/usr/bin/redis-server'
  if (!existsSync(program))
    throw new Error(
      `There is no Redis server at ${program}. Install it (Debian: apt-get install redis-server), or name it in REDIS_SERVER.`,
    )
  const folder = mkdtempSync(join(tmpdir(), 'connectly-redis-'))
  const port = await freePort()
  const ports = asking.tls ? { port: 0, 'tls-port': port } : { port }
  const given = { ...ports, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', daemonize: 'no' }
  const args = [...Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)]), ...options]
  let shell: ChildProcess | undefined

  const start = async () => {
    shell = spawn('/bin/sh', ['-c', keeper, 'sh', folder, program, ...args], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    shell.stdin?.on('error', () => undefined)
    shell.unref()
    ;(shell.stdin as unknown as { unref: () => void }).unref()
    for (const until = Date.now() + START_LIMIT; Date.now() < until; await pause(10))
      if ((await ask('ping').catch(() => undefined)) === 'PONG') return
    throw new Error(`Redis did not start:\n${readFileSync(join(folder, 'log'), 'utf8')}`)
  }
  const end = async (signal: 'TERM' | 'KILL') => {
    if (!shell || shell.exitCode !== null) return
    shell.ref()
    const gone = once(shell, 'exit')
    shell.stdin?.end(`${signal}\n`)
    await gone
  }
  const ask = async (command: string, ...words: string[]) => {
    const client = new Redis(port, '127.0.0.1', {
      ...asking,
      lazyConnect: true,
      protocol: 2,
      enableReadyCheck: false,
      retryStrategy: () => null,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.call(command, ...words)
    } finally {
      if (client.status !== 'end') client.disconnect()
    }
  }

  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: () => Number(readFileSync(join(folder, 'pid'), 'utf8')),
    stop: () => end('TERM'),
    kill: () => end('KILL'),
    start,
    ask,
    cleanUp: async () => {
      await end('KILL')
      rmSync(folder, { recursive: true, force: true })
    },
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
