import type { Person } from '@connectly/protocol'
import { useEffect } from 'react'
import { useBlocking } from './blocking.tsx'

/** Asks before somebody is blocked from their chat. */
export function BlockFromChat({ person }: { person: Person }) {
  const { ask, dialog } = useBlocking()
  useEffect(() => ask(person), [ask, person])
  return dialog
}
