import { useCallback, useRef, useState } from 'react'
import { AskError } from '../../kernel/ask-error.ts'

/** One ask of a form at a time: whether it runs, how it was refused, and until when another would be refused, in ms. */
export function useAsking() {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [until, setUntil] = useState<number | null>(null)
  const isRunning = useRef(false)

  /** Answers with nothing where it was refused, or where another ask still runs. */
  const run = useCallback(async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    if (isRunning.current) return undefined
    isRunning.current = true
    setBusy(true)
    setFailure(null)
    try {
      return await ask()
    } catch (error) {
      setFailure(error)
      setUntil(waitOf(error))
      return undefined
    } finally {
      isRunning.current = false
      setBusy(false)
    }
  }, [])
  const forget = useCallback(() => setFailure(null), [])
  return { busy, failure, until, run, forget }
}

/** Until when asking again is no use, by this device's clock; null where it is. */
function waitOf(error: unknown): number | null {
  if (!(error instanceof AskError) || error.code !== 'TooManyRequests') return null
  return Date.now() + Math.max(1, Number(error.params['retryAfter'] ?? 1)) * 1000
}
