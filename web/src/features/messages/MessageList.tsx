import { defaultRangeExtractor, useVirtualizer, type Range, type VirtualItem } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { JumpButtons } from './JumpButtons.tsx'
import type { ListItem, MessageItem } from './layout.ts'
import { MessageRow } from './MessageRow.tsx'
import { MessageTools } from './MessageTools.tsx'
import { PickRow } from './PickRow.tsx'
import { RoomView } from './room-view.ts'
import type { Picking } from './selecting.ts'
import { StickyDate } from './StickyDate.tsx'
import { FOLLOWED_WITHIN, useFollowing } from './use-following.ts'
import { useHighlight, type Lit } from './useHighlight.ts'
import { useRowFocus } from './use-row-focus.ts'
import { useRowPointer } from './use-row-pointer.ts'

export type MessageListProps = {
  items: readonly ListItem[]
  /** Whether there is more before and after what is loaded. */
  older: boolean
  newer: boolean
  /** Asked for while the reader nears that end; may be called again before more has come. */
  onOlder: () => void
  onNewer: () => void
  /** Loads the newest page, where `newer` says that it isn't here. */
  onNewest: () => void
  /** The newest message that can be seen, by number. */
  onSeen: (seq: number) => void
  onMention: (seq: number) => void
  /** A key on a focused message; `true` when it meant something. */
  onKey: (item: MessageItem, event: KeyboardEvent, row: HTMLElement) => boolean
  picking: Picking | null
  canReply: boolean
  /** A message to scroll to and flash. */
  lit: Lit | null
  /** What stands below the last message: who is writing. */
  foot?: ReactNode
  /** Room kept free at the foot for the composer over it, in px. */
  paddingEnd?: number
}

const HEADER = 84
const NEAR = 1200

/** A room's messages, of which only those in sight exist. Prepending moves nothing; at the end it stays at the end. */
export function MessageList(props: MessageListProps) {
  const { items, older, newer, onOlder, onNewer, onNewest, onSeen, onMention, onKey, picking, canReply, lit } = props
  const { foot, paddingEnd = 84 } = props
  const view = useContext(RoomView)
  const scroller = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const [openedAt] = useState(items.at(-1)?.id)
  const kept = useRef(-1)
  const getItemKey = useCallback((index: number) => items[index]?.id ?? index, [items])
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimate(items[index]),
    getItemKey,
    anchorTo: 'end',
    followOnAppend: !newer,
    scrollEndThreshold: FOLLOWED_WITHIN,
    overscan: 5,
    paddingStart: HEADER,
    paddingEnd,
    scrollPaddingStart: HEADER,
    scrollPaddingEnd: paddingEnd,
    rangeExtractor: useCallback((range: Range) => withKept(range, kept.current), []),
  })
  const flashingId = useHighlight(virtualizer, items, lit)
  const rows = useRowFocus({ scroller, items, virtualizer: () => virtualizer, onKey, mode: picking ? 'pick' : 'read' })
  useLayoutEffect(() => {
    kept.current = rows.index
  })
  const { hovered, handlers } = useRowPointer((row) => {
    const item = items[Number(row.dataset['index'])]
    if (item?.kind === 'message' && !picking) view?.onMenu(item, row)
  })

  useLayoutEffect(() => {
    if (lit) return
    const unread = items.findIndex((item) => item.kind === 'unread')
    if (unread < 0) return virtualizer.scrollToEnd()
    virtualizer.scrollToIndex(unread, { align: 'start' })
    const again = setTimeout(() => virtualizer.scrollToIndex(unread, { align: 'start' }), 60)
    return () => clearTimeout(again)
    // oxlint-disable-next-line react/exhaustive-deps -- once, on opening
  }, [])

  const lastOwn = ownPendingId(items.at(-1))
  useEffect(() => {
    if (lastOwn !== undefined) virtualizer.scrollToEnd()
  }, [lastOwn, virtualizer])

  useLayoutEffect(() => {
    if (virtualizer.isAtEnd(160)) virtualizer.scrollToEnd()
  }, [paddingEnd, virtualizer])

  const follow = useFollowing(scroller, virtualizer, !newer && !lit && items.every((item) => item.kind !== 'unread'))
  const look = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const below = element.scrollHeight - element.clientHeight - element.scrollTop
    follow(element.scrollTop, below, !newer)
    setAtEnd(below < 160)
    if (older && element.scrollTop < NEAR) onOlder()
    if (newer && below < NEAR) onNewer()
    const floor = element.scrollTop + element.clientHeight - paddingEnd + 12
    const seen = newestSeen(virtualizer.getVirtualItems(), items, floor)
    if (seen > 0) onSeen(seen)
  }, [older, newer, onOlder, onNewer, onSeen, items, paddingEnd, virtualizer, follow])

  // Looked at once a frame, when it is laid out anyway. A page that doesn't fill the screen never scrolls: look again
  // whenever more has come.
  const frame = useRef(0)
  const lookSoon = useCallback(() => {
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(look)
  }, [look])
  useEffect(() => {
    lookSoon()
    return () => cancelAnimationFrame(frame.current)
  }, [lookSoon, items.length])

  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys move within the list in it */}
      <div
        className={classes('msgs', picking && 'msgs--picking')}
        ref={scroller}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={lookSoon}
        onKeyDown={rows.onKeyDown}
        onFocus={rows.onFocus}
        onBlur={rows.onBlur}
      >
        <ol
          className="msgs__ol"
          aria-label={t('room.messages')}
          style={{ '--total': `${virtualizer.getTotalSize()}px`, '--foot': `${paddingEnd}px` } as CSSProperties}
          {...handlers}
        >
          {virtualizer.getVirtualItems().map((row) => {
            const item = items[row.index]
            const isFresh = row.index === items.length - 1 && item?.id !== openedAt
            const isTooled = !picking && (row.index === hovered || (rows.isShown && row.index === rows.index))
            return (
              item && (
                <li
                  key={row.key}
                  ref={virtualizer.measureElement}
                  className={classes('msgs__li', isFresh && 'msgs__li--fresh')}
                  data-index={row.index}
                  data-id={item.id}
                  tabIndex={item.kind === 'message' && !picking ? -1 : undefined}
                  style={{ '--row-y': `${row.start}px` } as CSSProperties}
                >
                  {picking && item.kind === 'message' ? (
                    <PickRow item={item} picking={picking} />
                  ) : (
                    <MessageRow
                      item={item}
                      isFlashing={item.id === flashingId}
                      tools={isTooled && isActable(item) && <MessageTools item={item} canReply={canReply} />}
                    />
                  )}
                </li>
              )
            )
          })}
          {foot}
        </ol>
      </div>
      <StickyDate virtualizer={virtualizer} items={items} />
      <JumpButtons
        isAway={!isAtEnd || newer}
        foot={paddingEnd}
        onNewest={() => (newer ? onNewest() : virtualizer.scrollToEnd({ behavior: 'smooth' }))}
        onMention={onMention}
      />
    </>
  )
}

/** Close enough that the scrollbar keeps still; the real size is measured. */
function estimate(item: ListItem | undefined): number {
  if (item?.kind !== 'message') return 46
  const text = 'text' in item.message.body ? item.message.body.text : ''
  const lines = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 52)), 0)
  const quote = item.message.replyTo ? 53 : 0
  return 17 + lines * 22 + (item.first ? 12 : 2) + (item.showAuthor ? 20 : 0) + quote
}

function withKept(range: Range, kept: number): number[] {
  const indexes = defaultRangeExtractor(range)
  return kept < 0 || kept >= range.count || indexes.includes(kept) ? indexes : [...indexes, kept].sort((a, b) => a - b)
}

/** The number of the last message that ends above this line of the list. */
function newestSeen(rows: readonly VirtualItem[], items: readonly ListItem[], floor: number): number {
  let seen = 0
  for (const { index, end } of rows) {
    const item = items[index]
    const seq = item?.kind === 'message' ? item.message.seq : item?.kind === 'system' ? item.seq : 0
    if (end <= floor && seq > seen && seq < Number.MAX_SAFE_INTEGER) seen = seq
  }
  return seen
}

function ownPendingId(item: ListItem | undefined): string | undefined {
  return item?.kind === 'message' && item.state === 'sending' ? item.id : undefined
}

function isActable(item: ListItem): item is MessageItem {
  return item.kind === 'message' && item.state !== 'sending'
}
