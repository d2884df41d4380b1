import type { Message, Seq } from '@connectly/protocol'
import { createContext } from 'react'

/** How far a sent message of mine has come. */
export type Reached = 'sent' | 'delivered' | 'read'

/** What a room's screen must know of marks, and tells of reading. Marks are a storey above: a page gives it this. */
export type RoomStatus = {
  statusOf: (message: Message) => Reached
  /** Where what I have not read begins, how much it is, and which of it mentions me. */
  unread: { from: Seq | null; count: number; mentions: readonly Seq[] }
  /** The newest message in sight while the page is looked at. */
  onSeen: (seq: Seq) => void
  onMarkUnread: (seq: Seq) => void
}

const nothing = { from: null, count: 0, mentions: [] }

/** Until a page says otherwise, what is sent is sent and nothing is unread. */
export const RoomStatus = createContext<RoomStatus>({
  statusOf: () => 'sent',
  unread: nothing,
  onSeen: () => undefined,
  onMarkUnread: () => undefined,
})
