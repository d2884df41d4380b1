import type { RoomLine } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { nextHeard } from './listing.ts'

/** The longest that a timer can wait. */
const LONGEST = 2 ** 31 - 1

/** The time, which moves on when the next of these rooms is no longer muted. */
export function useNow(lines: readonly RoomLine[]): number {
  const [now, setNow] = useState(() => Date.now())
  const next = nextHeard(lines, now)
  useEffect(() => {
    if (next === null) return
    const timer = setTimeout(() => setNow(Date.now()), Math.min(Math.max(0, next - Date.now()) + 50, LONGEST))
    return () => clearTimeout(timer)
  }, [next, now])
  return now
}
