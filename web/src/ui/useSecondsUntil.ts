import { useEffect, useState } from 'react'

/** Whole seconds until a moment of this device's clock, counting down to 0; 0 for none. */
export function useSecondsUntil(moment: number | null): number {
  const [now, setNow] = useState(Date.now)
  const left = moment === null ? 0 : Math.max(0, Math.ceil((moment - now) / 1000))
  const isRunning = left > 0
  useEffect(() => {
    setNow(Date.now())
    if (!isRunning) return
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [moment, isRunning])
  return left
}
