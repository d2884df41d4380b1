import { giveWork } from '@connectly/protocol'
import { askByHttp } from '../../kernel/http.ts'
import { scriptUrl } from '../../kernel/trusted.ts'
import { watched } from '../../kernel/watched.ts'
// oxlint-disable-next-line import/default -- Vite makes it: the address of the worker's file
import workerUrl from './work.worker.ts?worker&url'
import type { WorkGiven, WorkSaid } from './work.worker.ts'

/** How it stands with the sum. `part` is how likely it is to be done by now, from 0 to 1; `left` and `took` in seconds. */
export type WorkState =
  | { is: 'idle' }
  | { is: 'working'; part: number; left: number; since: number }
  | { is: 'done'; took: number }
  | { is: 'failed' }

export type WorkCheck = ReturnType<typeof createWorkCheck>

/** A human check that asks nobody: the device does a sum, in a worker, while the person types. */
export function createWorkCheck() {
  const state = watched<WorkState>({ is: 'idle' })
  let worker: Worker | undefined
  let running: Promise<string> | undefined

  async function work(): Promise<string> {
    const since = Date.now()
    state.set({ is: 'working', part: 0, left: 1, since })
    const { salt, bits } = await askByHttp(giveWork, {})
    const solver = new Worker(scriptUrl(workerUrl), { type: 'module' })
    worker = solver
    const n = await new Promise<number>((done, fail) => {
      solver.addEventListener('error', () => fail(new Error('the worker did not start')))
      solver.addEventListener('message', ({ data }: MessageEvent<WorkSaid>) => {
        if ('n' in data) return done(data.n)
        state.set({ is: 'working', since, ...howFar(data.tried, bits, Date.now() - since) })
      })
      solver.postMessage({ salt, bits } satisfies WorkGiven)
    })
    solver.terminate()
    state.set({ is: 'done', took: Math.max(1, Math.round((Date.now() - since) / 1000)) })
    return `${salt}.${n}`
  }

  /** Begins, unless it has. */
  function begin(): Promise<string> {
    running ??= work().catch((error: unknown) => {
      running = undefined
      state.set({ is: 'failed' })
      throw error
    })
    return running
  }

  /** Stops, and forgets what there is: an answer is good once. */
  function drop(): void {
    worker?.terminate()
    running = undefined
    state.set({ is: 'idle' })
  }

  return { state, begin, drop }
}

/** Every number is as likely as the last one: the share of luck that is used up, and what an even share would still take. */
function howFar(tried: number, bits: number, ms: number): { part: number; left: number } {
  const expected = 2 ** bits
  const part = 1 - Math.exp(-tried / expected)
  const left = Math.max(0, Math.round(((expected - tried) / Math.max(1, tried)) * (ms / 1000)))
  return { part, left }
}
