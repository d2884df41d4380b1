import type { Virtualizer } from '@tanstack/react-virtual'
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
} from 'react'
import type { ListItem, MessageItem } from './layout.ts'

export type RowFocus = {
  /** The row that has, or last had, the focus: it is kept in the page wherever the list is scrolled to. */
  index: number
  /** Whether the keyboard brought it there, so that its tools stand beside it. */
  isShown: boolean
  onKeyDown: (event: KeyboardEvent) => void
  onFocus: (event: FocusEvent) => void
  onBlur: (event: FocusEvent) => void
  /** Gives the focus to a message. */
  focus: (id: string) => void
}

/**
 * One stop for Tab: arrow keys move from message to message within. A row that goes away hands the focus to its
 * neighbour, so that it is never lost.
 */
export function useRowFocus(parts: {
  scroller: RefObject<HTMLElement | null>
  items: readonly ListItem[]
  virtualizer: () => Virtualizer<HTMLDivElement, Element>
  /** A key on a focused message that is none of the list's own; `true` when something was done. */
  onKey: (item: MessageItem, event: KeyboardEvent, row: HTMLElement) => boolean
  /** While several are being chosen, rows have boxes, and those have the focus. */
  mode: 'read' | 'pick'
}): RowFocus {
  const { scroller, items, virtualizer, onKey, mode } = parts
  const [id, setId] = useState<string | null>(null)
  const [isShown, setShown] = useState(false)
  const wanted = useRef<string | null>(null)
  const lastIndex = useRef(-1)
  const found = id === null ? -1 : items.findIndex((item) => item.id === id)

  /** Focuses a row once it is drawn. */
  const settle = useCallback(() => {
    if (wanted.current === null) return
    const row = scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(wanted.current)}"]`)
    if (!row) return
    wanted.current = null
    targetOf(row).focus({ preventScroll: true })
  }, [scroller])
  useLayoutEffect(settle)

  const shownMode = useRef(mode)
  useLayoutEffect(() => {
    if (mode === shownMode.current) return
    shownMode.current = mode
    wanted.current = id
    settle()
    // What was pressed is gone with the bar it stood in.
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true })
  }, [mode, id, settle, scroller])

  const focusAt = useCallback(
    (index: number) => {
      const item = items[index]
      if (!item) return
      setId(item.id)
      wanted.current = item.id
      virtualizer().scrollToIndex(index, { align: 'auto' })
      settle()
    },
    [items, virtualizer, settle],
  )

  useEffect(() => {
    if (found >= 0) lastIndex.current = found
    else if (id !== null && document.activeElement === document.body) {
      const next = nearest(items, lastIndex.current)
      if (next >= 0) focusAt(next)
    }
  }, [found, id, items, focusAt])

  const onKeyDown = (event: KeyboardEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.msgs__li') : null
    const isOnList = event.target === scroller.current
    if (!isOnList && (!row || event.target !== targetOf(row))) return
    const at = row ? Number(row.dataset['index']) : -1
    const item = items[at]
    if (item?.kind === 'message' && row && onKey(item, event, row)) return event.preventDefault()
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const to = isOnList ? entry(event.key, items, found) : step(event.key, items, at)
    if (to === null) return
    event.preventDefault()
    if (to >= 0) focusAt(to)
  }
  return {
    index: found,
    isShown,
    onKeyDown,
    onFocus: (event) => {
      const row = event.target.closest<HTMLElement>('.msgs__li')
      setShown(row !== null && row.matches(':focus-visible, :has(:focus-visible)'))
      if (row?.dataset['id']) setId(row.dataset['id'])
    },
    onBlur: (event) => {
      if (event.relatedTarget === null || event.currentTarget.contains(event.relatedTarget)) return
      setShown(false)
    },
    focus: (wantedId) => focusAt(items.findIndex((item) => item.id === wantedId)),
  }
}

/** While selecting, the focus is on the row's box. */
function targetOf(row: HTMLElement): HTMLElement {
  return row.querySelector<HTMLElement>('.pick > input') ?? row
}

const isMessage = (item: ListItem | undefined) => item?.kind === 'message'

function entry(key: string, items: readonly ListItem[], last: number): number | null {
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null
  return last >= 0 ? last : items.findLastIndex(isMessage)
}

function step(key: string, items: readonly ListItem[], at: number): number | null {
  const by = { ArrowUp: -1, ArrowDown: 1 }[key]
  if (by === undefined) return null
  let index = at + by
  while (index >= 0 && index < items.length && !isMessage(items[index])) index += by
  return index >= 0 && index < items.length ? index : -1
}

function nearest(items: readonly ListItem[], at: number): number {
  const after = items.findIndex((item, index) => index >= at && isMessage(item))
  return after >= 0 ? after : items.findLastIndex(isMessage)
}
