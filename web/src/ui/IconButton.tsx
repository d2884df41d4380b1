import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { Icon, type IconProps } from './Icon.tsx'

export type IconButtonProps = Omit<ComponentProps<'button'>, 'children' | 'type'> & {
  icon: IconProps['of']
  /** What it does: read out, and shown as the tooltip. */
  label: string
  look?: 'plain' | 'primary' | 'white'
  iconSize?: IconProps['size']
  directional?: true
  submit?: true
}

const looks = { plain: false, primary: 'ib--p', white: 'ib--w' } as const

export function IconButton(props: IconButtonProps) {
  const { icon, label, look = 'plain', iconSize, directional, submit, className, ...rest } = props
  const shared = { ...rest, className: classes('ib', looks[look], className), 'aria-label': label, title: label }
  const drawing = <Icon of={icon} {...(iconSize && { size: iconSize })} {...(directional && { directional })} />
  return submit ? (
    <button type="submit" {...shared}>
      {drawing}
    </button>
  ) : (
    <button type="button" {...shared}>
      {drawing}
    </button>
  )
}
