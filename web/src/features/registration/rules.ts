import { entryRules, type EntryRules } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { askByHttp } from '../../kernel/http.ts'

/** How long a form waits to know which ways in there are, in ms; then it comes without the other ones. */
const PATIENCE = 600
/** How long after a failure they are asked for again, in ms: at first, and at most. */
const AGAIN = { first: 1000, longest: 30_000 }

let asked: Promise<EntryRules> | undefined
let known: EntryRules | null = null

/** How one comes in here. Asked once for all pages; again where it failed. */
export function askRules(): Promise<EntryRules> {
  asked ??= askByHttp(entryRules, {}).then(
    (rules) => (known = rules),
    (error: unknown) => {
      asked = undefined
      throw error
    },
  )
  return asked
}

/** Forgets them, since they have changed: the terms have a newer version. */
export function renewRules(): void {
  asked = undefined
  known = null
}

/** The rules once they are there, and whether there is still a point in waiting for them. It asks until they are. */
export function useRules(): { rules: EntryRules | null; isSettled: boolean } {
  const [state, setState] = useState({ rules: known, isSettled: known !== null })
  useEffect(() => {
    let isGone = false
    let again: ReturnType<typeof setTimeout> | undefined
    const settle = (rules: EntryRules | null) => {
      if (!isGone) setState((before) => ({ rules: rules ?? before.rules, isSettled: true }))
    }
    const ask = (wait: number) =>
      askRules().then(settle, () => {
        settle(null)
        if (!isGone) again = setTimeout(() => void ask(Math.min(AGAIN.longest, wait * 2)), wait)
      })
    const timer = setTimeout(() => settle(null), PATIENCE)
    void ask(AGAIN.first)
    return () => {
      isGone = true
      clearTimeout(timer)
      clearTimeout(again)
    }
  }, [])
  return state
}
