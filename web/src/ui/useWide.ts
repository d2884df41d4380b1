import { useCallback, useSyncExternalStore } from 'react'

/** Whether the window is at least so many px wide. */
export function useWide(px: number): boolean {
  const query = `(min-width: ${px}px)`
  const watch = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(watch, () => matchMedia(query).matches)
}
