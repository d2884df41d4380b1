import { createPortal } from 'react-dom'
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { classes } from '../../ui/classes.ts'
import { Icon, type IconProps } from '../../ui/Icon.tsx'
import type { At } from './room-chrome.ts'

export type FloatingMenuProps = { label: string; at: At; onClose: () => void; children: ReactNode }

/**
 * A menu at a point, or a sheet on a phone: open as long as it is mounted. Arrow keys move in it; Esc, a press outside
 * and a choice close it, and the focus goes back where it came from.
 */
export function FloatingMenu({ label, at, onClose, children }: FloatingMenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  const items = () => [...(menu.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]

  useLayoutEffect(() => {
    const element = menu.current
    if (!element) return
    element.showPopover()
    place(element, at)
    element.querySelector<HTMLElement>('[role^=menuitem]')?.focus({ preventScroll: true })
    return () => {
      // A dialog that came in its place has the focus; then it is not taken back.
      const isHere = element.contains(document.activeElement) || document.activeElement === document.body
      if (isHere && at.from.isConnected) at.from.focus({ preventScroll: true })
    }
  }, [at])

  const onKeyDown = (event: KeyboardEvent) => {
    const all = items()
    const now = all.findIndex((item) => item === document.activeElement)
    const next = { ArrowDown: now + 1, ArrowUp: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    if (event.key === 'Tab' || event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      return onClose()
    }
    if (next === undefined) return
    event.preventDefault()
    all[next % all.length]?.focus()
  }
  // Within the page's main part, so that a reader finds it in a landmark; it is drawn above everything.
  return createPortal(
    <>
      {/* A popover that closes by itself would do so as the finger that opened it lifts. */}
      <div
        className="menu__veil"
        aria-hidden="true"
        onPointerDown={onClose}
        onContextMenu={(event) => event.preventDefault()}
      />
      <div
        ref={menu}
        popover="manual"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        className="menu menu--at glass glass--strong"
        onKeyDown={onKeyDown}
        onContextMenu={(event) => event.preventDefault()}
      >
        <span className="menu__grip" aria-hidden="true" />
        {children}
      </div>
    </>,
    document.querySelector('main') ?? document.body,
  )
}

export type FloatingItemProps = {
  icon: IconProps['of']
  look?: 'rose'
  onClick: () => void
  children: string
}

/** One thing to do. */
export function FloatingItem({ icon, look, onClick, children }: FloatingItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={classes(look === 'rose' && 'menu__rose')}
      onClick={onClick}
    >
      <Icon of={icon} />
      {children}
    </button>
  )
}

const EDGE = 8

/** At the point, on the side that has room, and never over an edge. A phone's sheet takes no notice of it. */
function place(menu: HTMLElement, { from, x, y, align }: At): void {
  const { offsetWidth: width, offsetHeight: height } = menu
  // Counted along the line of reading, as the style is.
  const start = getComputedStyle(from).direction === 'rtl' ? innerWidth - x : x
  const fits = align !== 'end' && start + width <= innerWidth - EDGE
  const inline = fits ? start : start - width
  const block = y + height <= innerHeight - EDGE ? y : y - height
  menu.style.setProperty('--menu-x', `${clamp(inline, innerWidth - width)}px`)
  menu.style.setProperty('--menu-y', `${clamp(block, innerHeight - height)}px`)
}

const clamp = (value: number, most: number): number => Math.max(EDGE, Math.min(value, most - EDGE))
