import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef } from 'react'
import { Icon, Search, X } from './Icon.tsx'
import { IconButton } from './IconButton.tsx'

export type SearchBoxProps = {
  label: string
  clearLabel: string
  value: string
  onChange: (value: string) => void
  /** Shown while empty; Ctrl K, or ⌘ K, leads here from anywhere. */
  shortcut?: string
}

export function SearchBox({ label, clearLabel, value, onChange, shortcut }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null)
  const hasShortcut = shortcut !== undefined
  useEffect(() => (hasShortcut ? onShortcut(() => input.current?.focus()) : undefined), [hasShortcut])
  const clear = () => {
    onChange('')
    input.current?.focus()
  }
  const onKeyDown = (event: ReactKeyboardEvent) => {
    if (event.key !== 'Escape' || !value) return
    // Esc empties the field first; pressed again, it closes what the field stands in.
    event.preventDefault()
    onChange('')
  }
  return (
    <search className="search">
      <Icon of={Search} size={16} />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="search"
        maxLength={64}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {value ? (
        <IconButton icon={X} iconSize={16} label={clearLabel} onClick={clear} />
      ) : (
        shortcut && (
          <span className="kbd only-desk" aria-hidden="true">
            {shortcut}
          </span>
        )
      )}
    </search>
  )
}

function onShortcut(act: () => void): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    act()
  }
  addEventListener('keydown', hear)
  return () => removeEventListener('keydown', hear)
}
