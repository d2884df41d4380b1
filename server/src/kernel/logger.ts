import { pino } from 'pino'

export type Logger = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  fatal(fields: object, message: string): void
}

/** Names of fields whose values never reach a log, wherever they stand. */
const secretFields = ['password', 'token', 'cookie', 'authorization', 'secret', 'secretKey', 'text', 'body']

/** JSON lines on standard error: `time` in ISO UTC, `level` as a word from DEBUG to CRITICAL, `msg`, `requestId`. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label === 'fatal' ? 'CRITICAL' : label.toUpperCase() }) },
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[left out]' },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    pino.destination({ fd: 2, sync: true }),
  )
}
