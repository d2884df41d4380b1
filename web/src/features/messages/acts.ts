import { DELETE_WINDOW, type Right } from '@connectly/protocol'
import type { MessageItem } from './layout.ts'
import { isText } from './plain-text.ts'

/** What one may do with a message, in the order of its menu. */
export type Act = 'retry' | 'revise' | 'reply' | 'copy' | 'edit' | 'unread' | 'select' | 'info' | 'delete'

/** What a room lets me do, as far as messages go. */
export type Rights = { can: (right: Right) => boolean }

/** What can be done with a message now. What can't is not listed. */
export function actsOf(item: MessageItem, { can }: Rights): Act[] {
  const isWords = isText(item.message.body)
  if (item.state === 'failed') return ['retry', 'revise', 'copy', 'delete']
  if (item.state === 'sending') return isWords ? ['copy'] : []
  const isGone = item.message.deletedAt !== null
  const acts: (Act | false)[] = [
    can('messages.send') && !isGone && 'reply',
    isWords && 'copy',
    item.own && isWords && can('messages.send') && 'edit',
    !item.own && 'unread',
    'select',
    item.own && !isGone && 'info',
    'delete',
  ]
  return acts.filter((act) => act !== false)
}

/** Until when I can delete these for everyone: `never`, or `always` where that is my right, or a moment. */
export function deletableUntil(items: readonly MessageItem[], { can }: Rights): number | 'always' | 'never' {
  if (items.some(({ message }) => message.deletedAt !== null)) return 'never'
  if (can('messages.deleteAny')) return 'always'
  if (items.some(({ own }) => !own)) return 'never'
  return Math.min(...items.map(({ message }) => message.at)) + DELETE_WINDOW
}

/** The act that a key does on a focused message. */
export function actOfKey(key: string): Act | 'menu' | null {
  return keys[key.length === 1 ? key.toLowerCase() : key] ?? null
}

const keys: Readonly<Record<string, Act | 'menu'>> = {
  r: 'reply',
  c: 'copy',
  u: 'unread',
  s: 'select',
  i: 'info',
  Delete: 'delete',
  e: 'menu',
  Enter: 'menu',
  ContextMenu: 'menu',
}
