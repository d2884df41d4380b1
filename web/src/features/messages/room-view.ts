import type { Message, MessageId, UserId } from '@connectly/protocol'
import { createContext } from 'react'
import type { MessageItem } from './layout.ts'

/** What every message of a room is drawn with, besides itself. It stays the same while messages come and go. */
export type RoomView = {
  me: UserId
  isGroup: boolean
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

/** What is looked up for those messages that name or answer others; it changes with every page that comes. */
export type RoomLookups = {
  /** What somebody is called today, as far as this device knows. */
  nameOf: (userId: UserId) => string | undefined
  /** What a message answers: `null` where it is gone, `undefined` while it is fetched. */
  quoteOf: (messageId: MessageId) => Message | null | undefined
}

export const RoomLookups = createContext<RoomLookups>({ nameOf: () => undefined, quoteOf: () => undefined })
