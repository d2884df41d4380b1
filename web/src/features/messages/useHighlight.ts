import type { Virtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ListItem } from './layout.ts'

/** How long a message stays lit. */
const FLASH = 1200

/** Scrolls to a message as soon as it is there, and says which row to flash. */
export function useHighlight(
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  items: readonly ListItem[],
  messageId: string | undefined,
): string | undefined {
  const [flashing, setFlashing] = useState<string>()
  const index = messageId === undefined ? -1 : items.findIndex((item) => isMessage(item, messageId))
  const latest = useRef({ index, items })
  useLayoutEffect(() => {
    latest.current = { index, items }
  })
  const isThere = index >= 0
  useEffect(() => {
    if (!isThere) return
    const scroll = () => virtualizer.scrollToIndex(latest.current.index, { align: 'center' })
    scroll()
    setFlashing(latest.current.items[latest.current.index]?.id)
    // Rows above may still find their size: aim once more when they have.
    const again = setTimeout(scroll, 120)
    const end = setTimeout(() => setFlashing(undefined), FLASH)
    return () => {
      clearTimeout(again)
      clearTimeout(end)
    }
  }, [isThere, messageId, virtualizer])
  return flashing
}

function isMessage(item: ListItem, messageId: string): boolean {
  return item.kind === 'message' && item.message.messageId === messageId
}
