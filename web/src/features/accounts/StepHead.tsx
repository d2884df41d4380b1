import { type ReactNode, useEffect, useRef } from 'react'
import { classes } from '../../ui/classes.ts'
import { Icon, type IconProps } from '../../ui/Icon.tsx'

export type StepHeadProps = {
  title: string
  sub?: ReactNode
  icon?: IconProps['of']
  /** Mint where something is done. */
  isDone?: boolean
  /** Takes the focus also where it is the first thing on the page. */
  takesFocus?: boolean
}

let isFirst = true

/** What a step of coming in is about. One that follows another takes the focus, so that a reader learns of it. */
export function StepHead({ title, sub, icon, isDone, takesFocus }: StepHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus || !isFirst) heading.current?.focus()
    isFirst = false
  }, [takesFocus, title])
  return (
    <>
      {icon && (
        <span className={classes('entry__ic', isDone && 'entry__ic--mint')}>
          <Icon of={icon} size={24} />
        </span>
      )}
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {sub && <p className="auth__sub">{sub}</p>}
      </div>
    </>
  )
}
