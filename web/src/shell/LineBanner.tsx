import { useEffect, useState } from 'react'
import type { Line } from '../kernel/connection.ts'
import { useLine } from '../kernel/use-client.ts'
import { ConnectionBanner } from './ConnectionBanner.tsx'

/** How long a lost line is only a word in the header. */
const PATIENCE = 4000

/** About the line to the server, when there is something to say. */
export function LineBanner() {
  const line = useLine()
  const isDown = line.state === 'waiting' || line.state === 'connecting' || line.state === 'opening'
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    if (!isDown) return
    const timer = setTimeout(() => setLong(true), PATIENCE)
    return () => {
      clearTimeout(timer)
      setLong(false)
    }
  }, [isDown])
  if (line.state === 'offline') return <ConnectionBanner state="offline" />
  if (!isDown || !isLong) return null
  return (
    <ConnectionBanner
      state="again"
      attempt={Math.max(1, triesOf(line))}
      nextAt={line.state === 'waiting' ? line.retryAt : null}
    />
  )
}

const triesOf = (line: Line): number => ('tries' in line ? line.tries : 0)

/** Whether the header says "connecting". */
export function useIsConnecting(): boolean {
  const { state } = useLine()
  return state !== 'open' && state !== 'offline'
}
