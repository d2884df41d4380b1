import { createApp } from './app.ts'
import { ConfigUnusable, loadEnvFile, readConfig } from './config.ts'
import { createLogger } from './kernel/logger.ts'
import { PubSubUnusable } from './pubsub/pubsub.ts'
import { StoreUnusable } from './store/store.ts'

/* Reads the configuration, starts, and stops on signals. */

const say = (line: string): void => void process.stderr.write(`${line}\n`)

try {
  loadEnvFile(process.cwd())
  const config = readConfig(process.env)
  const logger = createLogger(config.logLevel)
  process.on('unhandledRejection', (error) => logger.fatal({ error }, 'a rejection that nobody handled; going on'))
  process.on('uncaughtException', (error) => {
    logger.fatal({ error }, 'an exception that nobody caught; stopping, to be started again')
    process.exit(70)
  })
  const app = await createApp(config, { logger })
  const address = await app.listen()
  process.stdout.write(`Connectly is at ${address}\n`)

  let stopping = false
  const stop = (signal: string): void => {
    if (stopping) return
    stopping = true
    logger.info({ signal }, 'stopping')
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.fatal({ error }, 'did not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('SIGHUP', () => stop('SIGHUP'))
} catch (error) {
  const known = [ConfigUnusable, StoreUnusable, PubSubUnusable].some((kind) => error instanceof kind)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (known) say((error as Error).message)
  else if (code === 'EADDRINUSE') say(`The address is taken: ${(error as Error).message}. Choose another PORT.`)
  else if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    say(`The address cannot be used: ${(error as Error).message}. Choose another HOST or PORT.`)
  else say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(1)
}
