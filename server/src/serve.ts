import { createApp, type App, type Overrides } from './app.ts'
import { ConfigUnusable, loadEnvFile, readConfig } from './config.ts'
import { openLogs, type Logs } from './kernel/logger.ts'
import { PubSubUnusable } from './pubsub/pubsub.ts'
import { StoreUnusable } from './store/store.ts'

/** Exit codes: a start that cannot be, a stop that went wrong; and a fault that nobody caught. */
const CANNOT = 1
const FAULT = 70
/** What the store and the log get to close after a fault, in ms. */
const FALL_LIMIT = 2000
/** A stop that takes longer hangs, in ms: whoever watches would kill the process before long. */
const STOP_LIMIT = 9500

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Reads the environment, starts, and ends the process on signals, or when a fault leaves nothing else to do. */
export async function serve(overrides: Overrides = {}, stopLimit = STOP_LIMIT): Promise<void> {
  let logs: Logs | undefined
  try {
    loadEnvFile(process.cwd())
    const config = readConfig(process.env)
    logs = openLogs(config.logLevel, config.logs)
    const falls = catchFaults(logs)
    const sayLink = (line: string): void => void process.stdout.write(`${line}\n`)
    const told = { logger: logs.logger, accessLog: logs.access, ...(!config.production && { sayLink }) }
    const app = await createApp(config, { ...told, ...overrides })
    falls(app)
    const address = await app.listen()
    process.stdout.write(`Connectly is at ${address}\n`)
    const first = await app
      .inviteFirst()
      .catch((error: unknown) => logs?.logger.warn({ error }, 'no link for a first administrator'))
    if (first)
      process.stdout.write(`Nobody runs it yet. Whoever opens this link first does (good for 7 days): ${first}\n`)
    stopOnSignals(app, logs, stopLimit)
  } catch (error) {
    say(reasonOf(error))
    await within(FALL_LIMIT, logs?.close())
    process.exit(CANNOT)
  }
}

/**
 * What nobody caught: a rejection is logged, and the process goes on; an exception leaves it in a state that nobody knows,
 * so it is logged, the store is closed, and whoever watches starts the process again.
 * @returns takes the app, once there is one
 */
function catchFaults(logs: Logs): (app: App) => void {
  const { logger } = logs
  let app: App | undefined
  let isFalling = false
  process.on('unhandledRejection', (error) => {
    app?.metrics.faults.inc({ where: 'rejection' })
    logger.fatal({ error, code: 'UnhandledRejection' }, 'a rejection that nobody handled; going on')
  })
  process.on('uncaughtException', (error) => {
    logger.fatal({ error, code: 'UncaughtException' }, 'an exception that nobody caught; stopping, to be started again')
    if (isFalling) return
    isFalling = true
    void within(FALL_LIMIT, app?.fall())
      .then(() => within(FALL_LIMIT, logs.close()))
      .then(() => process.exit(FAULT))
  })
  return (made) => (app = made)
}

function stopOnSignals(app: App, logs: Logs, limit: number): void {
  const { logger } = logs
  let isStopping = false
  const end = async (code: number): Promise<never> => {
    await within(FALL_LIMIT, logs.close())
    process.exit(code)
  }
  const stop = (signal: string): void => {
    logger.info({ signal }, isStopping ? 'stopping already' : 'stopping')
    if (isStopping) return
    isStopping = true
    setTimeout(() => {
      logger.fatal({ code: 'StopFailed' }, 'did not stop in time; what was acknowledged is kept')
      void end(CANNOT)
    }, limit)
    const began = performance.now()
    app.stop().then(
      () => {
        logger.info({ ms: Math.round(performance.now() - began) }, 'stopped')
        return end(0)
      },
      (error: unknown) => {
        logger.fatal({ error, code: 'StopFailed' }, 'did not stop cleanly')
        return end(CANNOT)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop(signal))
}

/** Waits for something, but not for long, and not for how it ends. */
async function within(limit: number, doing: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<void>((done) => (timer = setTimeout(done, limit)))
  await Promise.race([doing?.catch(() => undefined), tooLong])
  clearTimeout(timer)
}

function reasonOf(error: unknown): string {
  if ([ConfigUnusable, StoreUnusable, PubSubUnusable].some((kind) => error instanceof kind))
    return (error as Error).message
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) }
  if (code === 'EADDRINUSE') return `The address is taken: ${message}. Choose another PORT.`
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `The address cannot be used: ${message}. Choose another HOST or PORT.`
  return error instanceof Error ? (error.stack ?? message) : message
}
