import type { InputOf, Method, OutputOf } from '@connectly/protocol'
import { useCallback, useEffect, useState } from 'react'
import { useClient, useLine } from '../kernel/use-client.ts'

/** What was asked for: on its way, here, or not to be had. */
export type Answered<T> =
  | { state: 'waiting' }
  | { state: 'offline' }
  | { state: 'here'; answer: T }
  | { state: 'failed'; error: unknown }

export type Asking<T> = {
  answered: Answered<T>
  again: () => void
  /** Shows what is known to be so now, without asking. */
  put: (answer: T) => void
}

/**
 * Asks as soon as the line is open, and again where the question changes; `null` asks nothing. What was answered stays
 * while offline.
 */
export function useAnswer<M extends Method>(method: M, input: InputOf<M> | null): Asking<OutputOf<M>> {
  const { connection } = useClient()
  const { state } = useLine()
  const isOpen = state === 'open'
  const question = JSON.stringify(input)
  const [kept, setKept] = useState<{ question: string; answered: Answered<OutputOf<M>> } | null>(null)
  const [tries, setTries] = useState(0)
  const answered = kept?.question === question ? kept.answered : ({ state: 'waiting' } as const)
  const isNeeded = isOpen && input !== null && answered.state === 'waiting'

  useEffect(() => {
    if (!isNeeded) return
    let isLate = false
    connection.ask(method, JSON.parse(question) as InputOf<M>).then(
      (answer) => !isLate && setKept({ question, answered: { state: 'here', answer } }),
      (error: unknown) => !isLate && setKept({ question, answered: { state: 'failed', error } }),
    )
    return () => {
      isLate = true
    }
  }, [isNeeded, connection, method, question, tries])

  const again = useCallback(() => {
    setKept(null)
    setTries((count) => count + 1)
  }, [])
  const put = useCallback(
    (answer: OutputOf<M>) => setKept({ question, answered: { state: 'here', answer } }),
    [question],
  )
  const isStuck = answered.state === 'waiting' && state === 'offline'
  return { answered: isStuck ? { state: 'offline' } : answered, again, put }
}
