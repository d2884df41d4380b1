import { useLayoutEffect, useRef, type RefObject } from 'react'

const TIMING = { duration: 240, easing: 'cubic-bezier(.05, .7, .1, 1)' }

/**
 * Lets the rows of a list (each with its `data-key`) glide to their new places, and who comes fade in, as `order` changes.
 * Another `scope` is another list: nothing glides between the two. Where nothing may move, nothing does.
 */
export function useGlide(list: RefObject<HTMLElement | null>, scope: string, order: string): void {
  const before = useRef({ scope, tops: new Map<string, number>() })
  useLayoutEffect(() => {
    const tops = new Map<string, number>()
    const rows = [...(list.current?.children ?? [])].filter((row) => row instanceof HTMLElement)
    for (const row of rows) tops.set(row.dataset['key'] ?? '', row.offsetTop)
    const was = before.current
    before.current = { scope, tops }
    if (was.scope !== scope || was.tops.size === 0 || isStill()) return
    for (const row of rows) {
      const key = row.dataset['key'] ?? ''
      const [from, to] = [was.tops.get(key), tops.get(key) ?? 0]
      if (from === undefined) {
        row.animate(
          [
            { opacity: 0, transform: 'translateY(-8px)' },
            { opacity: 1, transform: 'none' },
          ],
          TIMING,
        )
      } else if (from !== to) {
        row.animate([{ transform: `translateY(${from - to}px)` }, { transform: 'none' }], TIMING)
      }
    }
  }, [list, scope, order])
}

const isStill = (): boolean =>
  document.documentElement.dataset['motion'] === 'reduce' || matchMedia('(prefers-reduced-motion: reduce)').matches
