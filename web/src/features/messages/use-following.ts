import type { Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react'

/** Whoever is this close to the end stays at it as more comes, in px. */
export const FOLLOWED_WITHIN = 80

/**
 * Keeps a list at its end once it is there, until the reader scrolls away. Where the end is at the moment that something
 * comes says too little: in a burst, rows are measured after the next have come, and the list is behind by more than is
 * taken for the end. Only the reader moves up, so only moving up lets go of it.
 * @param fromStart whether the list opens at its end
 * @returns to be told where the list stands, in px from its top and to its end, whenever it has moved, and whether the
 * newest message is in it at all
 */
export function useFollowing(
  scroller: RefObject<HTMLElement | null>,
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  fromStart: boolean,
): (top: number, below: number, isNewest: boolean) => void {
  const follows = useRef(fromStart)
  const lastTop = useRef(0)
  const size = virtualizer.getTotalSize()

  useLayoutEffect(() => {
    if (follows.current && scroller.current) virtualizer.scrollToEnd()
  }, [size, scroller, virtualizer])

  return useCallback((top: number, below: number, isNewest: boolean) => {
    if (!isNewest) follows.current = false
    else if (below < FOLLOWED_WITHIN) follows.current = true
    else if (top < lastTop.current) follows.current = false
    lastTop.current = top
  }, [])
}
