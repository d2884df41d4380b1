import type { Message, RoomId } from '@connectly/protocol'
import { type ReactNode, useCallback, useMemo } from 'react'
import { statusOf, useMarks, useMarkUnread, useReading } from '../features/marks/index.ts'
import { RoomStatus } from '../features/messages/index.ts'

/** Gives a room's screen what marks know: how far my messages have come, what I have not read, and how to say that I did. */
export function WithMarks({ roomId, children }: { roomId: RoomId; children: ReactNode }) {
  const { readSeq, unreadFrom, unread, mentions, theirs } = useMarks(roomId)
  const onSeen = useReading(roomId)
  const markUnread = useMarkUnread()
  const onMarkUnread = useCallback(
    (seq: number) => void markUnread(roomId, seq).catch(() => undefined),
    [markUnread, roomId],
  )
  const from = unread.length > 0 ? Math.min(readSeq + 1, unreadFrom ?? Infinity) : null
  const status = useMemo(
    () => ({
      statusOf: (message: Message) => statusOf(message, theirs.values()),
      unread: { from, count: unread.length, mentions },
      onSeen,
      onMarkUnread,
    }),
    [theirs, from, unread.length, mentions, onSeen, onMarkUnread],
  )
  return <RoomStatus value={status}>{children}</RoomStatus>
}
