import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { ArrowDown } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import type { ListItem } from './layout.ts'
import { MessageRow } from './MessageRow.tsx'
import { StickyDate } from './StickyDate.tsx'
import { useHighlight } from './useHighlight.ts'

export type MessageListProps = {
  items: readonly ListItem[]
  isGroup: boolean
  /** Whether there is more before and after what is loaded. */
  older: boolean
  newer: boolean
  /** Asked for while the reader nears that end; may be called again before more has come. */
  onOlder: () => void
  onNewer: () => void
  /** Loads the newest page, where `newer` says that it isn't here. */
  onNewest: () => void
  onRetry: (id: string) => void
  onDelete: (id: string) => void
  /** A message (its `messageId`) to scroll to and flash. */
  highlightId?: string | undefined
  /** Room kept free at the foot for the composer over it, in px. */
  paddingEnd?: number
}

const HEADER = 84
const NEAR = 1200

/** A room's messages, of which only those in sight exist. Prepending moves nothing; at the end it stays at the end. */
export function MessageList(props: MessageListProps) {
  const { items, isGroup, older, newer, onOlder, onNewer, onNewest, onRetry, onDelete, highlightId } = props
  const { paddingEnd = 84 } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const [openedAt] = useState(items.at(-1)?.id)
  const getItemKey = useCallback((index: number) => items[index]?.id ?? index, [items])
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(items[index]),
    getItemKey,
    anchorTo: 'end',
    followOnAppend: !newer,
    scrollEndThreshold: 80,
    overscan: 8,
    paddingStart: HEADER,
    paddingEnd,
    scrollPaddingStart: HEADER,
    scrollPaddingEnd: paddingEnd,
  })
  const flashingId = useHighlight(virtualizer, items, highlightId)

  useLayoutEffect(() => {
    if (highlightId === undefined) virtualizer.scrollToEnd()
    // oxlint-disable-next-line react/exhaustive-deps -- once, on opening
  }, [])

  const lastOwn = ownPendingId(items.at(-1))
  useEffect(() => {
    if (lastOwn !== undefined) virtualizer.scrollToEnd()
  }, [lastOwn, virtualizer])

  useLayoutEffect(() => {
    if (virtualizer.isAtEnd(160)) virtualizer.scrollToEnd()
  }, [paddingEnd, virtualizer])

  const look = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const below = element.scrollHeight - element.clientHeight - element.scrollTop
    setAtEnd(below < 160)
    if (older && element.scrollTop < NEAR) onOlder()
    if (newer && below < NEAR) onNewer()
  }, [older, newer, onOlder, onNewer])

  // A page that doesn't fill the screen never scrolls: look again whenever more has come.
  useEffect(() => {
    const frame = requestAnimationFrame(look)
    return () => cancelAnimationFrame(frame)
  }, [look, items.length])

  const rows = virtualizer.getVirtualItems()
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className="msgs" ref={scroller} tabIndex={0} onScroll={look}>
        <ol
          className="msgs__ol"
          aria-label={t('room.messages')}
          style={{ '--total': `${virtualizer.getTotalSize()}px` } as CSSProperties}
        >
          {rows.map((row) => {
            const item = items[row.index]
            const isFresh = row.index === items.length - 1 && item?.id !== openedAt
            return (
              item && (
                <li
                  key={row.key}
                  ref={virtualizer.measureElement}
                  className={classes('msgs__li', isFresh && 'msgs__li--fresh')}
                  data-index={row.index}
                  style={{ '--y': `${row.start}px` } as CSSProperties}
                >
                  <MessageRow
                    item={item}
                    isGroup={isGroup}
                    isFlashing={item.id === flashingId}
                    onRetry={onRetry}
                    onDelete={onDelete}
                  />
                </li>
              )
            )
          })}
        </ol>
      </div>
      <StickyDate virtualizer={virtualizer} items={items} />
      {(!isAtEnd || newer) && (
        <IconButton
          icon={ArrowDown}
          label={t('room.jump')}
          className="jump glass"
          style={{ '--foot': `${paddingEnd}px` } as CSSProperties}
          onClick={() => (newer ? onNewest() : virtualizer.scrollToEnd({ behavior: 'smooth' }))}
        />
      )}
    </>
  )
}

/** Close enough that the scrollbar keeps still; the real size is measured. */
function estimate(item: ListItem | undefined): number {
  if (item?.kind !== 'message') return 46
  const text = 'text' in item.message.body ? item.message.body.text : ''
  const lines = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 52)), 0)
  return 20 + lines * 22 + (item.first ? 12 : 2) + (item.showAuthor ? 20 : 0)
}

function ownPendingId(item: ListItem | undefined): string | undefined {
  return item?.kind === 'message' && item.state === 'sending' ? item.id : undefined
}
