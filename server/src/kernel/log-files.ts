import { mkdirSync } from 'node:fs'
import { createStream, type RotatingFileStream } from 'rotating-file-stream'

/** Where log files are, how large one grows, in bytes, and how many of each are kept, the present one included. */
export type LogSettings = { dir: string; maxSize: number; keep: number }

export type LogFile = {
  /** Takes a line with its end. Never throws and never waits. */
  write(line: string): void
  /** Resolves when everything is in the file, or cannot be. */
  close(): Promise<void>
}

/** Lines are gathered to pieces of about this many characters, so that a file does not outgrow its size by more. */
const PIECE = 8192
/** What may wait for a slow disk, in bytes. More is dropped, and counted. */
const MAX_WAITING = 8_000_000
/** After a file failed, it is opened again this much later, in ms. */
export const RETRY_AFTER = 30_000

/**
 * A file that is rotated: `name`, then `name.1` and so on, the oldest with the highest number; readable by its owner alone.
 * @param instead takes what the file did not, or may not have: rather twice than not at all
 * @param failed hears once each time that the file cannot be written to
 */
export function openLogFile(
  settings: LogSettings,
  name: string,
  instead: (line: string) => void,
  failed: (error: Error) => void,
  retryAfter = RETRY_AFTER,
): LogFile {
  let stream: RotatingFileStream | undefined
  let brokenAt = -Infinity
  let gathered = ''
  let flushing: NodeJS.Immediate | undefined
  let dropped = 0

  function open(): RotatingFileStream | undefined {
    if (performance.now() - brokenAt < retryAfter) return undefined
    try {
      mkdirSync(settings.dir, { recursive: true, mode: 0o700 })
    } catch (error) {
      broke(error as Error)
      return undefined
    }
    const opened = createStream(name, {
      path: settings.dir,
      size: `${settings.maxSize}B`,
      rotate: settings.keep - 1,
      mode: 0o600,
    })
    opened.on('error', (error) => {
      if (stream !== opened) return
      stream = undefined
      broke(error)
    })
    return opened
  }

  function broke(error: Error): void {
    brokenAt = performance.now()
    failed(error)
  }

  function flush(): void {
    clearImmediate(flushing)
    flushing = undefined
    if (gathered === '') return
    const piece = gathered
    gathered = ''
    stream ??= open()
    if (!stream) return instead(piece)
    if (stream.writableLength > MAX_WAITING) {
      dropped += piece.split('\n').length - 1
      return
    }
    const missing = dropped > 0 ? lineOf(dropped) : ''
    dropped = 0
    stream.write(missing + piece, (error) => {
      if (error) instead(missing + piece)
    })
  }

  return {
    write: (line) => {
      gathered += line
      if (gathered.length >= PIECE) flush()
      else flushing ??= setImmediate(flush)
    },
    close: async () => {
      flush()
      const last = stream
      if (!last || last.destroyed) return
      await new Promise<void>((done) => {
        last.once('close', done)
        last.end()
      })
    },
  }
}

const lineOf = (dropped: number): string =>
  `${JSON.stringify({ level: 'WARN', time: new Date().toISOString(), dropped, msg: 'the disk was too slow for these lines of the log' })}\n`
