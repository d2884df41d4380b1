import { pino, type DestinationStream } from 'pino'
import { openLogFile, RETRY_AFTER, type LogSettings } from './log-files.ts'

export type Logger = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  fatal(fields: object, message: string): void
}

/** One line for each request that was answered, and for each socket that came or went. */
export type AccessLog = (fields: object, message: string) => void

export type Logs = {
  logger: Logger
  access: AccessLog
  /** Writes out what is held; for the very end. */
  close(): Promise<void>
}

/** What JSON leaves as it is, and terminals and pagers obey: it could draw over a line, or begin one. */
// oxlint-disable-next-line no-control-regex -- these are the ones to look for
const commands = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const inert = (line: string): string =>
  line.replace(commands, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Names of fields whose values never reach a log, wherever they stand. */
const secretFields = [
  'password',
  'token',
  'cookie',
  'authorization',
  'secret',
  'secretKey',
  'stepUp',
  'ticket',
  'captcha',
  'proof',
  'email',
  'invitation',
  'text',
  'body',
]

const WARN = 40
const FATAL = 60
/** How pino tells a destination the level of the line it is given. */
const withLevel = Symbol.for('pino.metadata')

const stderr = pino.destination({ fd: 2, sync: true })
// Nobody may be listening any more: that is no reason to end.
stderr.on('error', () => undefined)
const say = (line: string): void => void stderr.write(line)

/** JSON lines on standard error: `time` in ISO UTC, `level` as a word from DEBUG to CRITICAL, `msg`, `requestId`. */
export function createLogger(level: string): Logger {
  return createPino(level, { write: (line) => say(inert(line)) })
}

/** Access lines where there are no files for them: at debug, between all others. */
export const accessWithin =
  (logger: Logger): AccessLog =>
  (fields, message) =>
    logger.debug({ ...fields, access: true }, message)

/**
 * The log of a process: on standard error, or in three files that are rotated. `access.log` holds who came and went, at
 * any level; `error.log` warnings and above; `app.log` the rest. What cannot be written to a file goes to standard error.
 */
export function openLogs(level: string, settings: LogSettings | null): Logs {
  const logger = createLogger(level)
  if (!settings) return { logger, access: accessWithin(logger), close: async () => undefined }

  let toldAt = -Infinity
  const unwritable = (error: Error): void => {
    if (performance.now() - toldAt < RETRY_AFTER / 2) return
    toldAt = performance.now()
    logger.warn({ reason: error.message }, 'LOG_DIR cannot be written to; the log goes to standard error meanwhile')
  }
  const open = (file: string, instead: (line: string) => void) => openLogFile(settings, file, instead, unwritable)
  const [app, errors] = [open('app.log', say), open('error.log', say)]
  const access = open('access.log', level === 'debug' ? say : () => undefined)
  const apart = {
    [withLevel]: true,
    lastLevel: 0,
    write(given: string) {
      const line = inert(given)
      ;(this.lastLevel >= WARN ? errors : app).write(line)
      // Whoever starts the process again looks at what it said last, and that is not in a file.
      if (this.lastLevel >= FATAL) say(line)
    },
  }
  const accessLogger = createPino('info', { write: (line) => access.write(inert(line)) })
  return {
    logger: createPino(level, apart),
    access: (fields, message) => accessLogger.info(fields, message),
    close: async () => void (await Promise.all([app, errors, access].map((file) => file.close()))),
  }
}

function createPino(level: string, to: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label === 'fatal' ? 'CRITICAL' : label.toUpperCase() }) },
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[left out]' },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    to,
  )
}
