import type { Logger } from './logger.ts'

/** Lines of one kind from one side, and of all kinds, that are written within a minute; the rest is counted. */
const MAX_ALIKE = 30
const MAX_TOGETHER = 300
/** Lines that then say how much was left out; what is beyond them is told in one. */
const MAX_SUMMARIES = 20
const MINUTE = 60_000

export type Sparing = {
  /**
   * Writes a line, or counts it where there were many.
   * @param kind what it is about: one of few
   * @param from whose doing it is: a person, an address
   */
  write(level: 'info' | 'warn' | 'error', kind: string, from: string, fields: object, message: string): void
  /** Says what was left out so far. */
  stop(): void
}

/** Writes what others can bring about at will, so that a flood of it fills no disk and hides nothing else. */
export function createSparing(logger: Logger, everything: boolean, every = MINUTE): Sparing {
  let written = 0
  let alike = new Map<string, number>()
  let left = new Map<string, { kind: string; from: string; suspicious: boolean; count: number }>()
  let timer: NodeJS.Timeout | undefined

  function count(kind: string, from: string, fields: object): void {
    const key = `${kind} ${from}`
    const known = left.get(key) ?? left.get(kind)
    if (known) return void known.count++
    const isKnown = left.size < MAX_SUMMARIES
    left.set(isKnown ? key : kind, {
      kind,
      from: isKnown ? from : 'many',
      suspicious: 'suspicious' in fields,
      count: 1,
    })
  }

  function summarise(): void {
    clearTimeout(timer)
    timer = undefined
    for (const { suspicious, ...line } of left.values()) {
      const message = 'more of the same, which was counted only'
      if (suspicious) logger.warn({ ...line, suspicious }, message)
      else logger.info(line, message)
    }
    written = 0
    alike = new Map()
    left = new Map()
  }

  return {
    write: (level, kind, from, fields, message) => {
      if (everything) return logger[level](fields, message)
      timer ??= setTimeout(summarise, every).unref()
      const key = `${kind} ${from}`
      const before = alike.get(key) ?? 0
      if (written >= MAX_TOGETHER || before >= MAX_ALIKE) return count(kind, from, fields)
      written++
      alike.set(key, before + 1)
      logger[level](fields, message)
    },
    stop: summarise,
  }
}
