import { useEffect, useSyncExternalStore } from 'react'
import { countWanting, type LinesState } from '../features/rooms/index.ts'
import { useMine } from '../kernel/use-client.ts'
import { setTitleCount } from '../kernel/use-page-title.ts'

/** How often a room is looked at whose silence may have ended, in ms. */
const LOOK_EVERY = 30_000

/** How many chats want me, which the page's title says as well. */
export function useUnreadTitle(): number {
  const lines = useMine<LinesState>('rooms')?.lines
  const now = useSyncExternalStore(everySoOften, () => Math.floor(Date.now() / LOOK_EVERY) * LOOK_EVERY)
  const count = countWanting(Object.values(lines ?? {}), now)
  useEffect(() => setTitleCount(count), [count])
  useEffect(() => () => setTitleCount(0), [])
  return count
}

function everySoOften(look: () => void): () => void {
  const timer = setInterval(look, LOOK_EVERY)
  return () => clearInterval(timer)
}
