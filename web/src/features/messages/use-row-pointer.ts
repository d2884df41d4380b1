import { useCallback, useEffect, useMemo, useRef, useState, type MouseEvent, type PointerEvent } from 'react'

/** How long a mouse rests on a message before its tools come, and a finger before its menu does, in ms. */
const REST = 120
const HOLD = 350
/** How far a finger may stray meanwhile, in px. */
const STRAY = 10

export type RowPointer = {
  onPointerOver: (event: PointerEvent) => void
  onPointerLeave: () => void
  onPointerDown: (event: PointerEvent) => void
  onPointerMove: (event: PointerEvent) => void
  onPointerUp: () => void
  onPointerCancel: () => void
  onContextMenu: (event: MouseEvent) => void
  onClickCapture: (event: MouseEvent) => void
}

/** What a mouse and a finger do on a list of rows: which row the mouse rests on, and what opens a row's menu. */
export function useRowPointer(openMenu: (row: HTMLElement) => void): { hovered: number | null; handlers: RowPointer } {
  const [hovered, setHovered] = useState<number | null>(null)
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined)
  const hold = useRef<ReturnType<typeof setTimeout>>(undefined)
  const from = useRef({ x: 0, y: 0 })
  const isSpent = useRef(false)
  const latest = useRef(openMenu)
  useEffect(() => {
    latest.current = openMenu
  })
  useEffect(
    () => () => {
      clearTimeout(rest.current)
      clearTimeout(hold.current)
    },
    [],
  )
  const letGo = useCallback(() => clearTimeout(hold.current), [])
  const handlers = useMemo<RowPointer>(
    () => ({
      onPointerOver: (event) => {
        if (event.pointerType !== 'mouse') return
        clearTimeout(rest.current)
        const index = indexOf(rowOf(event.target))
        rest.current = setTimeout(() => setHovered(index), REST)
      },
      onPointerLeave: () => {
        clearTimeout(rest.current)
        setHovered(null)
      },
      onPointerDown: (event) => {
        letGo()
        isSpent.current = false
        const row = rowOf(event.target)
        if (event.pointerType === 'mouse' || !event.isPrimary || !row) return
        from.current = { x: event.clientX, y: event.clientY }
        hold.current = setTimeout(() => {
          isSpent.current = true
          latest.current(row)
        }, HOLD)
      },
      onPointerMove: (event) => {
        if (Math.hypot(event.clientX - from.current.x, event.clientY - from.current.y) > STRAY) letGo()
      },
      onPointerUp: letGo,
      onPointerCancel: letGo,
      onContextMenu: (event) => {
        const row = rowOf(event.target)
        // Chosen text and links keep the browser's own menu.
        if (!row || isOnText(event.target)) return
        event.preventDefault()
        if (!isSpent.current) latest.current(row)
      },
      onClickCapture: (event) => {
        if (!isSpent.current) return
        isSpent.current = false
        event.preventDefault()
        event.stopPropagation()
      },
    }),
    [letGo],
  )
  return { hovered, handlers }
}

function rowOf(target: EventTarget): HTMLElement | null {
  const on = target instanceof Element ? target.closest('.msg, .fail') : null
  return on?.closest<HTMLElement>('.msgs__li') ?? null
}

function indexOf(row: HTMLElement | null): number | null {
  return row ? Number(row.dataset['index']) : null
}

function isOnText(target: EventTarget): boolean {
  if (target instanceof Element && target.closest('a')) return true
  const chosen = getSelection()
  return chosen !== null && !chosen.isCollapsed && target instanceof Node && chosen.containsNode(target, true)
}
