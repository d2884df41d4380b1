import { useState } from 'react'
import { entryErrorText } from '../features/accounts/index.ts'
import { AskError } from '../kernel/ask-error.ts'
import { useToast } from '../shell/Toaster.tsx'

/**
 * Acts of a page's buttons: which one runs, and a word at the foot of the screen about what came of it. `work` gives what to
 * say; nothing where nothing was done.
 */
export function useAct() {
  const say = useToast()
  const [doing, setDoing] = useState<string | null>(null)
  const act = (what: string, work: () => Promise<string | undefined>): void => {
    setDoing(what)
    work()
      .then((text) => {
        if (text !== undefined) say({ text })
      })
      .catch((error: unknown) => say({ kind: 'error', text: entryErrorText(error, waitOf(error)) }))
      .finally(() => setDoing(null))
  }
  return { doing, act }
}

/** Until when asking again is no use, by this device's clock. */
function waitOf(error: unknown): number | null {
  if (!(error instanceof AskError)) return null
  return Date.now() + Number(error.params['retryAfter'] ?? 1) * 1000
}
