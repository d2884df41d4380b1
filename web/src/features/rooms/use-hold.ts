import { useRef, type MouseEvent, type TouchEvent } from 'react'

/** How long a finger rests before it means more than a tap, in ms. */
const HOLD = 450
/** How far it may stray meanwhile, in px. */
const STRAY = 10

export type Held = {
  onTouchStart: (event: TouchEvent<HTMLElement>) => void
  onTouchMove: (event: TouchEvent<HTMLElement>) => void
  onTouchEnd: () => void
  onTouchCancel: () => void
  onClickCapture: (event: MouseEvent<HTMLElement>) => void
}

/** A finger that rests: what the mouse does with its other button. The tap that ends it goes nowhere. */
export function useHold(act: (on: HTMLElement, x: number, y: number) => void): Held {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const start = useRef({ x: 0, y: 0 })
  const isSpent = useRef(false)
  const stop = () => clearTimeout(timer.current)
  return {
    onTouchStart: (event) => {
      const touch = event.touches[0]
      stop()
      isSpent.current = false
      if (!touch || event.touches.length > 1) return
      const on = event.currentTarget
      start.current = { x: touch.clientX, y: touch.clientY }
      timer.current = setTimeout(() => {
        isSpent.current = true
        act(on, start.current.x, start.current.y)
      }, HOLD)
    },
    onTouchMove: (event) => {
      const touch = event.touches[0]
      if (!touch) return
      if (Math.hypot(touch.clientX - start.current.x, touch.clientY - start.current.y) > STRAY) stop()
    },
    onTouchEnd: stop,
    onTouchCancel: stop,
    onClickCapture: (event) => {
      if (!isSpent.current) return
      isSpent.current = false
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
