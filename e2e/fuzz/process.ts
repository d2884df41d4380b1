import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Actor } from './packets.ts'
import type { Order, Reply, Things } from './server.ts'

export type Fuzzed = Awaited<ReturnType<typeof startFuzzed>>

type Wish = { order: 'world'; actor: Actor } | { order: 'neighbours' } | { order: 'weigh' }

/**
 * Starts the server that is fuzzed. `onFault` hears of every fault it logs, and of its end if it was not asked to. With
 * a fault planted, its store fails whenever somebody is looked for by name: to see that it is found.
 */
export async function startFuzzed(onFault: (line: string) => void, isPlanted = false) {
  const child = fork(path.join(import.meta.dirname, 'server.ts'), {
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'test', FUZZ_PLANTED: isPlanted ? 'yes' : '' },
  })
  const waiting = new Map<number, { done: (value: Things) => void; fail: (error: Error) => void }>()
  let asked = 0
  let isStopping = false
  let started: (url: string) => void
  const url = new Promise<string>((done) => (started = done))
  const ended = once(child, 'exit').then(([code, signal]) => {
    const how = `the server ended by itself, with ${String(code ?? signal)}`
    if (!isStopping) onFault(how)
    for (const { fail } of waiting.values()) fail(new Error(how))
    return how
  })
  child.on('message', (reply: Reply) => {
    if (reply.kind === 'started') started(reply.url)
    else if (reply.kind === 'fault') onFault(reply.line)
    else {
      const waits = waiting.get(reply.id)
      waiting.delete(reply.id)
      if (reply.kind === 'done') waits?.done(reply.value)
      else waits?.fail(new Error(reply.error))
    }
  })

  const order = (wish: Wish): Promise<Things> =>
    new Promise((done, fail) => {
      const id = ++asked
      waiting.set(id, { done, fail })
      child.send({ id, ...wish } satisfies Order)
    })

  return {
    url: await Promise.race([
      url,
      ended.then((how) => {
        throw new Error(how)
      }),
    ]),
    world: (actor: Actor) => order({ order: 'world', actor }),
    neighbours: () => order({ order: 'neighbours' }),
    /** What the process weighs, and its heap within, in bytes, after it has tidied up. */
    weigh: async () => {
      const { rss, heap } = await order({ order: 'weigh' })
      return { rss: Number(rss), heap: Number(heap) }
    },
    stop: async () => {
      isStopping = true
      if (child.connected) child.disconnect()
      const hard = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(hard)
    },
  }
}
