import { useSyncExternalStore } from 'react'

/** Whole seconds until a moment of this device's clock, counting down to 0; 0 for none. */
export function useSecondsUntil(moment: number | null): number {
  const left = () => (moment === null ? 0 : Math.max(0, Math.ceil((moment - Date.now()) / 1000)))
  return useSyncExternalStore(everyQuarterSecond, left)
}

function everyQuarterSecond(look: () => void): () => void {
  const timer = setInterval(look, 250)
  return () => clearInterval(timer)
}
