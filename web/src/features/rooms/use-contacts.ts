import type { Person } from '@connectly/protocol'
import { useMemo } from 'react'
import { useMine } from '../../kernel/use-client.ts'
import { useBlocks } from '../blocks/index.ts'
import { inOrder } from './listing.ts'
import type { LinesState } from './rooms.ts'

/** The people I talk to, whom I talked to last first, without those I blocked. */
export function useContacts(): readonly Person[] {
  const lines = useMine<LinesState>('rooms')?.lines
  const { isBlocked } = useBlocks()
  return useMemo(
    () =>
      inOrder(Object.values(lines ?? {}))
        .flatMap((line) => line.other ?? [])
        .filter((person) => !isBlocked(person.userId)),
    [lines, isBlocked],
  )
}
