import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

export type ButtonProps = ComponentProps<'button'> & { look?: Look; size?: 'small' | 'wide'; busy?: boolean }
export type Look = 'primary' | 'tonal' | 'outline' | 'ghost' | 'plain'

const looks: Record<Look, string | false> = {
  primary: 'btn--p',
  tonal: 'btn--t',
  outline: 'btn--o',
  ghost: 'btn--g',
  plain: false,
}

/** The class of something that looks like a button, for links that act like one. */
export function buttonClass(look: Look, size?: ButtonProps['size'], className?: string): string {
  return classes('btn', looks[look], size === 'small' && 'btn--sm', size === 'wide' && 'btn--w', className)
}

/** Busy keeps its place in the tab order and swallows presses, so that focus is never lost. */
export function Button({
  look = 'plain',
  size,
  busy = false,
  className,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type -- 'button' unless the caller says 'submit'
      type={type}
      className={buttonClass(look, size, className)}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    />
  )
}
