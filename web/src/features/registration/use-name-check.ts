import { isNameFree, USERNAME } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { askByHttp } from '../../kernel/http.ts'

/** How long nobody types before it is asked, in ms. */
const PAUSE = 400

export type NameState = 'unknown' | 'free' | 'taken'

/** Whether a username that is being typed is free. What is no username is not asked about, and no answer is no matter. */
export function useNameCheck(typed: string): NameState {
  const [answer, setAnswer] = useState<{ name: string; isFree: boolean } | null>(null)
  const name = typed.trim().toLowerCase()
  useEffect(() => {
    if (!USERNAME.test(name)) return
    let isLate = false
    const timer = setTimeout(() => {
      askByHttp(isNameFree, { username: name }).then(
        ({ isFree }) => {
          if (!isLate) setAnswer({ name, isFree })
        },
        () => undefined,
      )
    }, PAUSE)
    return () => {
      isLate = true
      clearTimeout(timer)
    }
  }, [name])
  if (answer?.name !== name) return 'unknown'
  return answer.isFree ? 'free' : 'taken'
}
