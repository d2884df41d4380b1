import { markDelivered, MARKS_SHOWN_UP_TO, MAX_DELIVERIES, type RoomId } from '@connectly/protocol'
import { useEffect, useRef } from 'react'
import { useClient, useLine, useMine } from '../../kernel/use-client.ts'
import type { LinesState } from '../rooms/index.ts'

const SAY_AFTER = 600

/**
 * Confirms what this device has got, for all rooms at once and at most twice a second: what others said in rooms small
 * enough to show it.
 */
export function useDeliveries(): void {
  const { connection, me } = useClient()
  const isOpen = useLine().state === 'open'
  const lines = useMine<LinesState>('rooms')?.lines
  const confirmed = useRef(new Map<RoomId, number>())
  useEffect(() => {
    if (!isOpen || !lines) return
    const timer = setTimeout(() => {
      const fresh = Object.values(lines)
        .filter(
          ({ room, last }) =>
            last !== null &&
            last.authorId !== me &&
            room.members <= MARKS_SHOWN_UP_TO &&
            last.seq > (confirmed.current.get(room.roomId) ?? 0),
        )
        .filter(({ unread, last }) => unread.includes(last?.seq ?? 0))
        .slice(0, MAX_DELIVERIES)
      if (fresh.length === 0) return
      const marks = fresh.map(({ room, last }) => ({ roomId: room.roomId, seq: last?.seq ?? 0 }))
      for (const { roomId, seq } of marks) confirmed.current.set(roomId, seq)
      connection.ask(markDelivered, { marks }).catch(() => {
        for (const { roomId } of marks) confirmed.current.delete(roomId)
      })
    }, SAY_AFTER)
    return () => clearTimeout(timer)
  }, [isOpen, lines, me, connection])
}
