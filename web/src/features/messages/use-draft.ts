import type { RoomId } from '@connectly/protocol'
import { useCallback, useState } from 'react'

const keyOf = (roomId: RoomId) => `connectly.draft.${roomId}`

/** What stands in a room's composer; a reload keeps it, signing out doesn't. */
export function useDraft(roomId: RoomId): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(() => sessionStorage.getItem(keyOf(roomId)) ?? '')
  const keep = useCallback(
    (next: string) => {
      setDraft(next)
      if (next) sessionStorage.setItem(keyOf(roomId), next)
      else sessionStorage.removeItem(keyOf(roomId))
    },
    [roomId],
  )
  return [draft, keep]
}
