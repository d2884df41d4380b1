import type { Virtualizer } from '@tanstack/react-virtual'
import type { MessageId } from '@connectly/protocol'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ListItem } from './layout.ts'

/** How long a message stays lit. */
const FLASH = 1200

/** A message to show; `n` tells one wish from the next for the same message. */
export type Lit = { messageId: MessageId; n: number }

/** Scrolls to a message as soon as it is there, and says which row to flash. */
export function useHighlight(
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  items: readonly ListItem[],
  lit: Lit | null,
): string | undefined {
  const [flashing, setFlashing] = useState<string>()
  const index = lit === null ? -1 : items.findIndex((item) => isMessage(item, lit.messageId))
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
      setFlashing(undefined)
    }
  }, [isThere, lit?.messageId, lit?.n, virtualizer])
  return flashing
}

function isMessage(item: ListItem, messageId: string): boolean {
  return item.kind === 'message' && item.message.messageId === messageId
}
