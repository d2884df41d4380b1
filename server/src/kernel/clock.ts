/** Milliseconds since 1970, UTC. */
export type Clock = () => number

/** The wall clock, never backwards within this process. */
export function systemClock(): Clock {
  let last = 0
  return () => (last = Math.max(last, Date.now()))
}
