import { classes } from './classes.ts'
import { initials, tintOf } from './tint.ts'

export type AvatarProps = { id: string; name: string; size?: 28 | 32 | 36 | 40 | 48 | 112; className?: string }

/** Initials on one of eight tints that the id decides. The name always stands beside it, so readers skip it. */
export function Avatar({ id, name, size = 48, className }: AvatarProps) {
  return (
    <span className={classes('av', size !== 48 && `av--${size}`, tintOf(id), className)} aria-hidden="true">
      <span data-initials={initials(name)} />
    </span>
  )
}
