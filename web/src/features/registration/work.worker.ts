import { solve } from './work.ts'

/* Does the sum beside the page, which stays free for whoever types. It is given one, says how far it is, and ends. */

/** How often it says how far it is, in ms. */
const SAY_EVERY = 200

export type WorkGiven = { salt: string; bits: number }
export type WorkSaid = { tried: number } | { n: number }

addEventListener('message', ({ data }: MessageEvent<WorkGiven>) => {
  let said = performance.now()
  const n = solve(data.salt, data.bits, (tried) => {
    if (performance.now() - said < SAY_EVERY) return
    said = performance.now()
    say({ tried })
  })
  say({ n })
})

const say = (what: WorkSaid): void => postMessage(what)
