import { entryRules, type EntryRules } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { askByHttp } from '../../kernel/http.ts'

/** How long a form waits to know which ways in there are, in ms; then it comes without the other ones. */
const PATIENCE = 600

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

/** The rules once they are there, and whether there is still a point in waiting for them. */
export function useRules(): { rules: EntryRules | null; isSettled: boolean } {
  const [state, setState] = useState({ rules: known, isSettled: known !== null })
  useEffect(() => {
    let isGone = false
    const settle = (rules: EntryRules | null) => {
      if (!isGone) setState((before) => ({ rules: rules ?? before.rules, isSettled: true }))
    }
    const timer = setTimeout(() => settle(null), PATIENCE)
    askRules().then(settle, () => settle(null))
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [])
  return state
}
