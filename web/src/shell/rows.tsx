import { useId } from 'react'
import type { ReactNode } from 'react'
import { ChevronDown } from 'lucide-react'
import { Icon, type IconProps } from '../ui/Icon.tsx'
import { classes } from '../ui/classes.ts'

type RowProps = { icon: IconProps['of']; label: string; hint?: string }

export type SwitchRowProps = RowProps & { isOn: boolean; onChange: (isOn: boolean) => void }

/** On or off, at once; the whole row toggles it. */
export function SwitchRow({ icon, label, hint, isOn, onChange }: SwitchRowProps) {
  const id = useId()
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- the switch lies in it
    <label className="li li--sw">
      <span className="li__ic">
        <Icon of={icon} />
      </span>
      <span className="grow">
        <b id={id}>{label}</b>
        {hint && <small id={`${id}-hint`}>{hint}</small>}
      </span>
      <input
        className="sw"
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        aria-labelledby={id}
        aria-describedby={hint && `${id}-hint`}
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  )
}

export type SelectRowProps<Value extends string> = RowProps & {
  options: readonly { value: Value; label: string }[]
  value: Value
  onChange: (value: Value) => void
}

/** One of a few, at once. */
export function SelectRow<Value extends string>(props: SelectRowProps<Value>) {
  const { icon, label, hint, options, value, onChange } = props
  const id = useId()
  const choose = (chosen: string) => {
    const option = options.find((each) => each.value === chosen)
    if (option) onChange(option.value)
  }
  return (
    <div className="li li--sel">
      <span className="li__ic">
        <Icon of={icon} />
      </span>
      <span className="grow">
        <label htmlFor={id}>{label}</label>
        {hint && <small id={`${id}-hint`}>{hint}</small>}
      </span>
      <span className="selw">
        <select
          className="sel"
          id={id}
          aria-describedby={hint && `${id}-hint`}
          value={value}
          onChange={(event) => choose(event.target.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon of={ChevronDown} size={16} />
      </span>
    </div>
  )
}

export type ChoiceProps<Value extends string> = {
  label: string
  options: readonly { value: Value; label: string; icon?: IconProps['of'] }[]
  value: Value
  onChange: (value: Value) => void
}

/** Two or three short ones side by side, as radio buttons. */
export function Choice<Value extends string>({ label, options, value, onChange }: ChoiceProps<Value>) {
  const name = useId()
  return (
    <div className="setl">
      <span className="lbl" aria-hidden="true">
        {label}
      </span>
      <fieldset className="segr">
        <legend className="sr">{label}</legend>
        {options.map((option) => (
          <label key={option.value}>
            <input
              className="segr__r"
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.icon && <Icon of={option.icon} size={16} />}
            <span>{option.label}</span>
          </label>
        ))}
      </fieldset>
    </div>
  )
}

export type InfoRowProps = {
  /** An icon, or an avatar. */
  lead: ReactNode
  title: ReactNode
  text?: ReactNode
  end?: ReactNode
}

/** A thing in a list: what it is, one line about it, and what may be done with it. */
export function InfoRow({ lead, title, text, end }: InfoRowProps) {
  return (
    <li className="li">
      {lead}
      <span className="grow">
        <b>{title}</b>
        {text && <small>{text}</small>}
      </span>
      {end}
    </li>
  )
}

/** The tile an icon lies on, at the start of a row. */
export function Tile({ icon, look }: { icon: IconProps['of']; look?: 'honey' | 'mint' | 'mute' | 'rose' | false }) {
  return (
    <span className={classes('li__ic', look && `li__ic--${look}`)}>
      <Icon of={icon} />
    </span>
  )
}
