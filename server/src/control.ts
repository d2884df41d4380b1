import { rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join, relative } from 'node:path'
import { sha256 } from './kernel/ids.ts'
import type { Logger } from './kernel/logger.ts'

/*
 * How an operator's command reaches the running server: a socket in the data folder that only its owner may open, one
 * line of JSON each way. Whoever may read the database may use it, and nobody else.
 */

/** What may be asked for, by name. `stop` is aborted when the asker goes away or the server stops. */
export type ControlWork = Readonly<
  Record<string, (input: Record<string, unknown>, stop: AbortSignal) => Promise<unknown>>
>
export type Control = { close(): Promise<void> }
export type ControlAnswer = { ok: true; value: unknown } | { ok: false; error: string }

/** The longest line either side reads. */
const MAX_LINE = 65_536
/** The path of a socket has to be shorter than this, in bytes; a longer one would be cut off without a word. */
const MAX_PATH = process.platform === 'linux' ? 108 : 104

/** Where the socket of a data folder is: the shorter name of `<folder>/control.sock`, or a pipe on Windows. */
export function controlPath(dataDir: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\connectly-${sha256(dataDir.toLowerCase())}`
  const file = join(dataDir, 'control.sock')
  const short = relative(process.cwd(), file)
  return short.length < file.length ? short : file
}

/**
 * Listens. Only for the process that holds the database's lock: a socket that is there is then one that a crash has
 * left, and is replaced. Without a socket a server serves all the same, so what goes wrong is logged, not thrown.
 */
export async function openControl(dataDir: string, work: ControlWork, logger: Logger): Promise<Control> {
  const path = controlPath(dataDir)
  const doings = new Map<Promise<void>, AbortController>()
  const server = createServer((socket) => {
    const stop = new AbortController()
    const doing = serve(socket, work, stop, logger).finally(() => doings.delete(doing))
    doings.set(doing, stop)
  })
  try {
    if (isTooLong(path)) throw new Error('its path is too long for a socket')
    if (process.platform !== 'win32') rmSync(path, { force: true })
    ownersOnly(() => server.listen(path))
    await new Promise<void>((done, fail) => server.once('listening', done).once('error', fail))
    server.on('error', (error) => logger.error({ error }, 'the control socket failed'))
  } catch (error) {
    logger.warn({ error, path }, 'no control socket: a backup needs a stopped server')
  }
  return {
    close: async () => {
      server.close()
      for (const stop of doings.values()) stop.abort(new Error('the server is stopping'))
      await Promise.all(doings.keys())
    },
  }
}

/** Asks the server that runs on this data folder; undefined when none listens. */
export async function askControl(
  dataDir: string,
  name: string,
  input: Record<string, unknown>,
): Promise<ControlAnswer | undefined> {
  const path = controlPath(dataDir)
  if (isTooLong(path)) return undefined
  const socket = connect(path)
  try {
    await new Promise<void>((done, fail) => socket.once('connect', done).once('error', fail))
  } catch (error) {
    const absent = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes((error as { code?: string }).code ?? '')
    if (absent) return undefined
    throw error
  }
  socket.on('error', () => socket.destroy())
  socket.write(`${JSON.stringify({ do: name, ...input })}\n`)
  const line = await firstLine(socket)
  return line === undefined
    ? { ok: false, error: 'the server went away before it was done' }
    : (JSON.parse(line) as ControlAnswer)
}

async function serve(socket: Socket, work: ControlWork, stop: AbortController, logger: Logger): Promise<void> {
  let asked = false
  stop.signal.addEventListener('abort', () => asked || socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.once('close', () => stop.abort(new Error('whoever asked went away')))
  const line = await firstLine(socket)
  if (line === undefined) return void socket.destroy()

  asked = true
  const answer = await answerTo(line, work, stop.signal)
  if (!answer.ok) logger.warn({ why: answer.error }, 'what an operator asked for could not be done')
  if (socket.destroyed) return
  await new Promise<void>((done) => socket.once('close', done).end(`${JSON.stringify(answer)}\n`))
}

async function answerTo(line: string, work: ControlWork, stop: AbortSignal): Promise<ControlAnswer> {
  try {
    const { do: name, ...input } = JSON.parse(line) as Record<string, unknown>
    const run = typeof name === 'string' && Object.hasOwn(work, name) ? work[name] : undefined
    if (!run) return { ok: false, error: `this server does not know "${String(name)}"; is it of another version?` }
    return { ok: true, value: (await run(input, stop)) ?? null }
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) }
  }
}

/** The first line that comes; undefined if the other side ends before one, or sends too much. */
function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((done) => {
    let said = ''
    socket.setEncoding('utf8')
    const settle = (line: string | undefined) => {
      socket.off('data', hear)
      done(line)
    }
    const hear = (text: string) => {
      said += text
      const end = said.indexOf('\n')
      if (end >= 0) settle(said.slice(0, end))
      else if (said.length > MAX_LINE) settle(undefined)
    }
    socket.on('data', hear)
    socket.once('close', () => settle(undefined))
  })
}

/** Names the socket while new files are for their owner only: it is made within the call. */
function ownersOnly(listen: () => void): void {
  const before = process.umask(0o177)
  try {
    listen()
  } finally {
    process.umask(before)
  }
}

function isTooLong(path: string): boolean {
  return process.platform !== 'win32' && Buffer.byteLength(path) >= MAX_PATH
}
