import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from './classes.ts'
import { CircleAlert, Icon } from './Icon.tsx'

export type FieldProps = ComponentProps<'input'> & {
  label: string
  /** What is wrong; takes the hint's place. */
  error?: string | undefined
  hint?: string | undefined
  /** Stands before what is typed, such as @. */
  lead?: string
  /** Stands after what is typed, such as a button. */
  tail?: ReactNode
  /** Stands between the input and its hint. */
  meter?: ReactNode
}

/** A label, an input, and its hint or error: tied together for readers. */
export function Field({ label, error, hint, lead, tail, meter, className, ...input }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint
  return (
    <div className="f">
      <label htmlFor={id}>{label}</label>
      <div className={classes('in', className)}>
        {lead && (
          <span className="ph" aria-hidden="true">
            {lead}
          </span>
        )}
        <input
          placeholder=" "
          {...input}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? noteId : undefined}
        />
        {tail}
      </div>
      {meter}
      {note && <Note id={noteId} error={error} hint={hint} />}
    </div>
  )
}

function Note({ id, error, hint }: { id: string; error?: string | undefined; hint?: string | undefined }) {
  if (!error) {
    return (
      <p className="hint" id={id}>
        {hint}
      </p>
    )
  }
  return (
    <p className="hint hint--err" id={id}>
      <Icon of={CircleAlert} size={16} />
      <span>{error}</span>
    </p>
  )
}
