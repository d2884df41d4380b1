import type { RoomId } from '@connectly/protocol'
import { useCallback } from 'react'
import { useSayTyping } from '../presence/index.ts'

/** Tells the others that I write, as what stands in the composer changes. */
export function useWriting(roomId: RoomId): (before: string, after: string) => void {
  const say = useSayTyping(roomId)
  return useCallback(
    (before, after) => {
      if (before !== after) say(after.trim() !== '')
    },
    [say],
  )
}
