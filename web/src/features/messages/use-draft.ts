import type { RoomId, UserId } from '@connectly/protocol'
import { useCallback, useState } from 'react'
import { draftOf, keepDraft, type Draft } from './drafts.ts'

/** What stands in a room's composer; it stays on the device until it is sent or its person signs out. */
export function useDraft(userId: UserId, roomId: RoomId): [Draft, (draft: Draft) => void] {
  const [draft, setDraft] = useState(() => draftOf(userId, roomId))
  const keep = useCallback(
    (next: Draft) => {
      setDraft(next)
      keepDraft(userId, roomId, next)
    },
    [userId, roomId],
  )
  return [draft, keep]
}
