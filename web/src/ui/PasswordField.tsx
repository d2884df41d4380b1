import { useState } from 'react'
import { classes } from './classes.ts'
import { Field, type FieldProps } from './Field.tsx'
import { Eye, EyeOff } from './Icon.tsx'
import { IconButton } from './IconButton.tsx'

export type PasswordFieldProps = Omit<FieldProps, 'type' | 'tail' | 'meter' | 'lead'> & {
  showLabel: string
  hideLabel: string
  /** How many of four bars are lit. Without it there is no meter; the hint says the same in words. */
  strength?: 0 | 1 | 2 | 3 | 4
}

export function PasswordField({ showLabel, hideLabel, strength, ...field }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false)
  return (
    <Field
      {...field}
      type={isShown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      tail={
        <IconButton
          icon={isShown ? EyeOff : Eye}
          label={isShown ? hideLabel : showLabel}
          onClick={() => setShown(!isShown)}
        />
      }
      meter={strength !== undefined && <Meter lit={strength} />}
    />
  )
}

function Meter({ lit }: { lit: number }) {
  return (
    <div className="meter" aria-hidden="true">
      {[1, 2, 3, 4].map((bar) => (
        <i key={bar} className={classes(bar <= lit && 'on')} />
      ))}
    </div>
  )
}
