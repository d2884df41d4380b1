import { type ReactNode, useEffect, useRef } from 'react'
import { classes } from '../../ui/classes.ts'
import { Icon, type IconProps } from '../../ui/Icon.tsx'

export type StepHeadProps = {
  title: string
  sub?: ReactNode
  icon?: IconProps['of']
  /** Mint where something is done. */
  isDone?: boolean
  /** Takes the focus when it comes, so that a reader learns of the new step. */
  takesFocus?: boolean
}

/** What a step of coming in is about. */
export function StepHead({ title, sub, icon, isDone, takesFocus }: StepHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus, title])
  return (
    <>
      {icon && (
        <span className={classes('entry__ic', isDone && 'entry__ic--mint')}>
          <Icon of={icon} size={24} />
        </span>
      )}
      <div>
        <h1 ref={heading} tabIndex={takesFocus ? -1 : undefined}>
          {title}
        </h1>
        {sub && <p className="auth__sub">{sub}</p>}
      </div>
    </>
  )
}
