import type { RoomId } from '@connectly/protocol'
import { useCallback } from 'react'
import { useNavigate } from '../kernel/router.ts'
import { roomPath } from './paths.ts'

/** How long a room may take to be there, in ms. */
const PATIENCE = 2000

/**
 * Goes to a room from a key, the palette or a card: what had the focus goes with the page that was left, so it goes to
 * where one writes. On a touch screen it does not, where that would bring up the keyboard.
 */
export function useGoToRoom(): (roomId: RoomId, options?: { replace: true }) => void {
  const navigate = useNavigate()
  return useCallback(
    (roomId, options) => {
      navigate(roomPath(roomId), options)
      if (!matchMedia('(pointer: coarse)').matches) catchFocus(performance.now() + PATIENCE)
    },
    [navigate],
  )
}

/** Takes a focus that was lost, and nobody's who has it. */
function catchFocus(until: number): void {
  if (document.activeElement === document.body) {
    const foot = document.querySelector('.pane .comp')
    // Where one can't write, what stands in the field's place has the way on.
    const field = foot?.querySelector<HTMLElement>('textarea') ?? foot?.querySelector<HTMLElement>('button')
    field?.focus({ preventScroll: true })
  }
  if (performance.now() < until) requestAnimationFrame(() => catchFocus(until))
}
