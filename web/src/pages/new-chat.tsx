import type { Person } from '@connectly/protocol'
import { useMemo, useState } from 'react'
import type { LinesState } from '../features/rooms/index.ts'
import { NewChatDialog } from '../features/rooms/index.tsx'
import { useNavigate } from '../kernel/router.ts'
import { useMine } from '../kernel/use-client.ts'
import { roomPath } from './frame.tsx'
import { usePeopleSearch } from './people-search.ts'

export type NewChatProps = { onAsk: (person: Person) => void; onNewGroup: () => void; onClose: () => void }

/** Finds somebody to talk to. */
export function NewChat(props: NewChatProps) {
  const navigate = useNavigate()
  const lines = useMine<LinesState>('rooms')
  const [query, setQuery] = useState('')
  const people = usePeopleSearch(
    query,
    useMemo(() => Object.values(lines?.lines ?? {}), [lines]),
  )
  return (
    <NewChatDialog
      {...props}
      query={query}
      onQuery={setQuery}
      people={people}
      onOpen={(roomId) => navigate(roomPath(roomId))}
    />
  )
}
