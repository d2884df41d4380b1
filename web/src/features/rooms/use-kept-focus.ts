import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react'

/**
 * Keeps the focus in a list whose rows come and go: where the focused row is gone, the one in its place has it. Who took
 * the focus elsewhere keeps it there.
 */
export function useKeptFocus(list: RefObject<HTMLElement | null>, order: string): void {
  const at = useRef(-1)
  useEffect(() => {
    const hear = () => {
      const rows = [...(list.current?.children ?? [])]
      const now = rows.findIndex((row) => row.contains(document.activeElement))
      // A row that is gone with the focus leaves it on the page itself.
      if (now >= 0 || document.activeElement !== document.body) at.current = now
    }
    const drop = () => {
      at.current = -1
    }
    document.addEventListener('focusin', hear)
    document.addEventListener('pointerdown', drop)
    return () => {
      document.removeEventListener('focusin', hear)
      document.removeEventListener('pointerdown', drop)
    }
  }, [list])
  useLayoutEffect(() => {
    if (at.current < 0 || document.activeElement !== document.body) return
    const rows = [...(list.current?.children ?? [])]
    const row = rows[Math.min(at.current, rows.length - 1)]
    row?.querySelector<HTMLElement>('a, button')?.focus({ preventScroll: true })
  }, [list, order])
}
