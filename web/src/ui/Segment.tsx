import { type KeyboardEvent, type ReactNode, useRef } from 'react'

export type SegmentProps<Value extends string> = {
  label: string
  /** `tabs` show another part of the screen, a `choice` sets something. */
  kind: 'tabs' | 'choice'
  options: readonly { value: Value; label: string; count?: number; icon?: ReactNode }[]
  value: Value
  onChange: (value: Value) => void
  /** The element that tabs fill. */
  panelId?: string
}

/** Two or three short ones, of which one is on. Arrow keys move and choose; Tab goes past. */
export function Segment<Value extends string>(props: SegmentProps<Value>) {
  const { label, kind, options, value, onChange, panelId } = props
  const list = useRef<HTMLDivElement>(null)
  const isTabs = kind === 'tabs'
  const move = (event: KeyboardEvent) => {
    const step = stepOf(event)
    if (step === null) return
    event.preventDefault()
    const now = options.findIndex((option) => option.value === value)
    const next =
      typeof step === 'number'
        ? (now + step + options.length) % options.length
        : step === 'Home'
          ? 0
          : options.length - 1
    const option = options[next]
    if (option) onChange(option.value)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div className="seg" role={isTabs ? 'tablist' : 'radiogroup'} aria-label={label} ref={list}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role={isTabs ? 'tab' : 'radio'}
          {...{ [isTabs ? 'aria-selected' : 'aria-checked']: option.value === value }}
          aria-controls={isTabs ? panelId : undefined}
          tabIndex={option.value === value ? 0 : -1}
          onClick={() => onChange(option.value)}
          onKeyDown={move}
        >
          {option.icon}
          {option.label}
          {option.count ? <span className="badge">{option.count}</span> : null}
        </button>
      ))}
    </div>
  )
}

/** How far an arrow key moves along the line of reading. */
function stepOf(event: KeyboardEvent): 1 | -1 | 'Home' | 'End' | null {
  const isRightToLeft = getComputedStyle(event.currentTarget).direction === 'rtl'
  switch (event.key) {
    case 'ArrowRight':
      return isRightToLeft ? -1 : 1
    case 'ArrowLeft':
      return isRightToLeft ? 1 : -1
    case 'Home':
    case 'End':
      return event.key
    default:
      return null
  }
}
