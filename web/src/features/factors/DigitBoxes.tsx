import { type ChangeEvent, useEffect, useId, useRef } from 'react'
import { classes } from '../../ui/classes.ts'
import { CircleAlert, Icon } from '../../ui/Icon.tsx'
import { digitsOf } from './digits.ts'

const PLACES = [0, 1, 2, 3, 4, 5]

export type DigitBoxesProps = {
  label: string
  value: string
  error?: string | undefined
  onChange: (digits: string) => void
}

/**
 * Six digits: one input as `code` of its form, over six boxes that show what is in it. So a code can be pasted with spaces,
 * filled in by the browser, and read like any other field.
 */
export function DigitBoxes({ label, value, error, onChange }: DigitBoxesProps) {
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  // What was wrong is gone: the next one is typed from the beginning.
  useEffect(() => input.current?.focus(), [error])
  const change = (event: ChangeEvent<HTMLInputElement>) =>
    onChange(digitsOf(event.target.value).slice(0, PLACES.length))
  return (
    <div className="f">
      <label className="sr" htmlFor={id}>
        {label}
      </label>
      <div className="otp">
        {PLACES.map((place) => (
          <span key={place} aria-hidden="true" className={classes(place === Math.min(value.length, 5) && 'otp__at')}>
            {value[place]}
          </span>
        ))}
        <input
          ref={input}
          id={id}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          dir="ltr"
          value={value}
          onChange={change}
          onSelect={keepAtEnd}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-note` : undefined}
        />
      </div>
      {error && (
        <p className="hint hint--err" id={`${id}-note`} role="alert">
          <Icon of={CircleAlert} size={16} />
          <span>{error}</span>
        </p>
      )}
    </div>
  )
}

/** The boxes show the cursor behind the last digit: so that is where it is. What is selected whole may be replaced. */
function keepAtEnd({ currentTarget }: { currentTarget: HTMLInputElement }): void {
  const { selectionStart, selectionEnd, value } = currentTarget
  if (selectionStart === selectionEnd && selectionEnd !== value.length)
    currentTarget.setSelectionRange(value.length, value.length)
}
