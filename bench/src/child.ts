import { spawn } from 'node:child_process'
import { createServer, connect } from 'node:net'

export type Child = {
  pid: number
  startedInMs: number
  port: number
  /** A connection that falls while the server should be running fails the sample, and loudly: nobody awaits it. */
  connectionLost: (why: string) => void
  stop: () => Promise<void>
}

export type ChildOptions = {
  program: string
  args: string[]
  env: Record<string, string>
  cwd: string
  /** Runs as another user, where this one may. */
  user?: { uid: number; gid: number } | undefined
  /** A port known beforehand, or how to read it from what the server prints. */
  port: number | ((printed: string) => number | undefined)
}

/** Starts a server on the CPU kept for servers and waits until it accepts a connection. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const cpu = process.env['BENCH_SERVER_CPU']
  const command = [...(cpu ? ['taskset', '-c', cpu] : []), options.program, ...options.args]
  const from = performance.now()
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options.user,
  })
  let printed = ''
  let exited: string | undefined
  let stopping = false
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
  child.on('error', (error) => (exited = error.message))
  const gone = new Promise<void>((resolve) =>
    child.on('close', (code, signal) => {
      exited ??= `exited with ${signal ?? code}`
      resolve()
    }),
  )

  const { port: wanted } = options
  for (;;) {
    if (exited) throw new Error(`${options.program} ${exited}\n${printed.slice(-2000)}`)
    const port = typeof wanted === 'number' ? wanted : wanted(printed)
    if (port !== undefined && (await accepts(port))) {
      return { pid: child.pid ?? NaN, startedInMs: performance.now() - from, port, connectionLost, stop }
    }
    if (performance.now() - from > 60_000) throw new Error(`${options.program} did not listen\n${printed.slice(-2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }

  function connectionLost(why: string) {
    if (!stopping) throw new Error(`a connection to ${options.program} was lost: ${why}`)
  }

  async function stop() {
    stopping = true
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(timer)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** A loopback port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : NaN))
    })
  })
}
