import type { Logger } from './logger.ts'

/** What is done from time to time while the process listens: each by itself, never twice at once, waited for at the end. */
/** @param atLeast how often each is done at least, in ms, whatever it says itself */
export function createChores(logger: Logger, atLeast = Number.POSITIVE_INFINITY) {
  const chores: { name: string; ms: number; run: () => Promise<void> }[] = []
  const running = new Map<string, Promise<void>>()
  const timers: NodeJS.Timeout[] = []

  function go(name: string, run: () => Promise<void>): void {
    if (running.has(name)) return
    const done = run()
      .catch((error: unknown) => logger.error({ error, chore: name }, 'a chore failed; it is done again later'))
      .finally(() => running.delete(name))
    running.set(name, done)
  }

  return {
    every: (name: string, ms: number, run: () => Promise<void>): void => void chores.push({ name, ms, run }),
    start: (): void => {
      for (const { name, ms, run } of chores) {
        go(name, run)
        timers.push(setInterval(() => go(name, run), Math.min(ms, atLeast)).unref())
      }
    },
    stop: async (): Promise<void> => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(running.values())
    },
  }
}
