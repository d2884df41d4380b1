import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Answered, Order, Work, Worked } from './worker.ts'

/** Processes that work on one store. */
export type Crew = { pids: readonly number[]; begin: () => void; end: () => Promise<Worked[]> }

/** Starts a process for each piece of work; resolves when all are at it. One that fails fails them all. */
export async function startCrew(works: readonly Work[]): Promise<Crew> {
  const children = works.map(() => fork(join(import.meta.dirname, 'worker.ts'), { serialization: 'advanced' }))
  const failed = Promise.race(children.map(failure))
  const isReady = (answer: Answered) => (answer === 'ready' ? true : undefined)
  const ready = children.map((child, nth) => order(child, { work: works[nth] as Work }, isReady))
  await Promise.race([failed, Promise.all(ready)])
  return {
    pids: children.map(({ pid }) => pid ?? NaN),
    begin: () => {
      for (const child of children) child.send('begin' satisfies Order)
    },
    end: async () => {
      const isWorked = (answer: Answered) => (answer === 'ready' ? undefined : answer.worked)
      const worked = await Promise.race([failed, Promise.all(children.map((child) => order(child, 'end', isWorked)))])
      for (const child of children) child.disconnect()
      return worked
    },
  }
}

function order<T>(child: ChildProcess, what: Order, pick: (answer: Answered) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    child.on('message', (answer: Answered) => {
      const picked = pick(answer)
      if (picked !== undefined) resolve(picked)
    })
    child.send(what)
  })
}

function failure(child: ChildProcess): Promise<never> {
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', (code, signal) => reject(new Error(`a process on the store ended: ${signal ?? code}`))),
  )
  // After the end, nobody asks any more.
  gone.catch(() => undefined)
  return gone
}
