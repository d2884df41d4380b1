import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import { classes } from './classes.ts'
import { Check, Icon, type IconProps } from './Icon.tsx'

export type MenuProps = {
  /** The button that opens it gets these. */
  button: (props: { popoverTarget: string; 'aria-haspopup': 'menu' }) => ReactNode
  label: string
  className?: string
  children: ReactNode
}

/** A native popover: closes on Esc, on a press outside, and after a choice. Arrow keys move in it. */
export function Menu({ button, label, className, children }: MenuProps) {
  const id = useId()
  const menu = useRef<HTMLDivElement>(null)
  const items = () => [...(menu.current?.querySelectorAll('button') ?? [])]
  const move = (event: KeyboardEvent) => {
    const all = items()
    const now = all.findIndex((item) => item === document.activeElement)
    const next = { ArrowDown: now + 1, ArrowUp: now - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    all[next % all.length]?.focus()
  }
  return (
    <>
      {button({ popoverTarget: id, 'aria-haspopup': 'menu' })}
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        className={classes('menu glass glass--strong', className)}
        onToggle={(event) => event.newState === 'open' && items()[0]?.focus()}
        onClick={() => menu.current?.hidePopover()}
        onKeyDown={move}
      >
        {children}
      </div>
    </>
  )
}

export type MenuItemProps = { icon: IconProps['of']; isChecked?: boolean; onClick: () => void; children: string }

/** With `isChecked` it is one of several of which one is on. */
export function MenuItem({ icon, isChecked, onClick, children }: MenuItemProps) {
  const isChoice = isChecked !== undefined
  return (
    <button
      type="button"
      role={isChoice ? 'menuitemradio' : 'menuitem'}
      aria-checked={isChoice ? isChecked : undefined}
      tabIndex={-1}
      onClick={onClick}
    >
      <Icon of={icon} />
      {children}
      {isChecked && <Icon of={Check} size={16} />}
    </button>
  )
}
