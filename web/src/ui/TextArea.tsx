import { type ComponentProps, useId } from 'react'
import { classes } from './classes.ts'

export type TextAreaProps = ComponentProps<'textarea'> & { label: string; error?: string | undefined }

/** A labelled text of several lines that grows with what is in it. */
export function TextArea({ label, error, className, ...rest }: TextAreaProps) {
  const id = useId()
  return (
    <div className="f">
      <label htmlFor={id}>{label}</label>
      <div className={classes('in', className)}>
        <textarea
          rows={3}
          {...rest}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-note` : undefined}
        />
      </div>
      {error && (
        <p className="hint hint--err" id={`${id}-note`}>
          {error}
        </p>
      )}
    </div>
  )
}
