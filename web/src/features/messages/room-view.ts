import type { Message, MessageId, UserId } from '@connectly/protocol'
import { createContext } from 'react'
import type { MessageItem } from './layout.ts'

/** What every message of a room is drawn with, besides itself. */
export type RoomView = {
  me: UserId
  isGroup: boolean
  /** What somebody is called today, as far as this device knows. */
  nameOf: (userId: UserId) => string | undefined
  /** What a message answers: `null` where it is gone, `undefined` while it is fetched. */
  quoteOf: (messageId: MessageId) => Message | null | undefined
  /** Shows where something stands: scrolls there, and flashes it. */
  onJump: (messageId: MessageId) => void
  onVersions: (item: MessageItem) => void
  onReply: (item: MessageItem) => void
  /** Opens the menu of a message, over it. */
  onMenu: (item: MessageItem, row: HTMLElement) => void
  onRetry: (item: MessageItem) => void
  onRevise: (item: MessageItem) => void
  onDrop: (item: MessageItem) => void
}

export const RoomView = createContext<RoomView | null>(null)
