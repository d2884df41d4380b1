import type { Virtualizer } from '@tanstack/react-virtual'
import { day } from '../../kernel/i18n.ts'
import type { ListItem } from './layout.ts'

type StickyDateProps = { virtualizer: Virtualizer<HTMLDivElement, Element>; items: readonly ListItem[] }

/** While scrolling: the day of what is under the header. Readers have the separators themselves. */
export function StickyDate({ virtualizer, items }: StickyDateProps) {
  if (!virtualizer.isScrolling) return null
  const top = (virtualizer.scrollOffset ?? 0) + virtualizer.options.paddingStart
  const row = virtualizer.getVirtualItemForOffset(top)
  const item = row && items[row.index]
  if (!item || item.kind === 'date') return null
  const date = items.slice(0, row.index).findLast((each) => each.kind === 'date')
  const at = date?.kind === 'date' ? date.at : item.kind === 'message' ? item.message.at : null
  return (
    at !== null && (
      <div className="sep sep--stuck" aria-hidden="true">
        <span>{day(at)}</span>
      </div>
    )
  )
}
