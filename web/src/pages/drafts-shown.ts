import type { RoomId, UserId } from '@connectly/protocol'
import { useEffect, useMemo, useState } from 'react'

/** What I began to write in rooms that are not open, by room. The open one's draft stands in its composer. */
export function useDraftsShown(me: UserId, openRoomId: RoomId | undefined): ReadonlyMap<RoomId, string> {
  const [heard, setHeard] = useState(0)
  useEffect(() => {
    const hear = () => setHeard((count) => count + 1)
    addEventListener('storage', hear)
    return () => removeEventListener('storage', hear)
  }, [])
  // oxlint-disable-next-line react/exhaustive-deps -- `heard` says that another tab wrote
  return useMemo(() => readDrafts(me, openRoomId), [me, openRoomId, heard])
}

function readDrafts(me: UserId, openRoomId: RoomId | undefined): Map<RoomId, string> {
  const prefix = `connectly.draft.${me}.`
  const drafts = new Map<RoomId, string>()
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(prefix)) continue
      const roomId = key.slice(prefix.length) as RoomId
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
      const text = typeof kept === 'object' && kept !== null && 'text' in kept ? kept.text : null
      if (roomId !== openRoomId && typeof text === 'string' && text.trim() !== '') drafts.set(roomId, text)
    }
  } catch {
    // A device that keeps nothing has no drafts to show.
  }
  return drafts
}
