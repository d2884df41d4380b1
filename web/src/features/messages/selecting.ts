import type { ListItem, MessageItem } from './layout.ts'

/** Several messages being chosen. */
export type Picking = {
  ids: ReadonlySet<string>
  onToggle: (id: string) => void
}

/** The chosen ones among these, in their order. What is gone is chosen no longer. */
export function pickedOf(items: readonly ListItem[], ids: ReadonlySet<string>): MessageItem[] {
  return items.filter((item): item is MessageItem => isPickable(item) && ids.has(item.id))
}

/** Whether a line can be chosen: messages that were sent. */
export function isPickable(item: ListItem | undefined): item is MessageItem {
  return item?.kind === 'message' && item.state === 'sent'
}

/** With this one in, or out if it was in. */
export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return ids.has(id) ? new Set([...ids].filter((each) => each !== id)) : new Set([...ids, id])
}
