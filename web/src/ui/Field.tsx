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
  /** Stands at the end of the label's line, such as a link. */
  labelEnd?: ReactNode
  /** The hint says that all is well. */
  good?: boolean
  /** The hint changes while one types, and readers are told. */
  live?: boolean
  /** What else says something about this field, by id. */
  describedBy?: string | undefined
}

/** A label, an input, and its hint or error: tied together for readers. */
export function Field(props: FieldProps) {
  const { label, error, hint, lead, tail, meter, labelEnd, good, live, describedBy, className, ...input } = props
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint
  return (
    <div className="f">
      {labelEnd ? (
        <div className="f__l">
          <label htmlFor={id}>{label}</label>
          {labelEnd}
        </div>
      ) : (
        <label htmlFor={id}>{label}</label>
      )}
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
          aria-describedby={classes(note && noteId, describedBy) || undefined}
        />
        {tail}
      </div>
      {meter}
      {live ? (
        <div aria-live="polite">{note && <Note id={noteId} error={error} hint={hint} good={good} />}</div>
      ) : (
        note && <Note id={noteId} error={error} hint={hint} good={good} />
      )}
    </div>
  )
}

type NoteProps = { id: string } & Pick<FieldProps, 'error' | 'hint'> & { good: boolean | undefined }

function Note({ id, error, hint, good }: NoteProps) {
  if (!error) {
    return (
      <p className={classes('hint', good && 'hint--ok')} id={id}>
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
