import type { RoomLine } from '@connectly/protocol'
import { classes } from '../../ui/classes.ts'
import { initials, tintOf } from '../../ui/tint.ts'
import { faceOfLine, nameOfLine, tintOfLine } from './line.ts'

type Size = 20 | 24 | 32 | 36 | 40 | 48 | 56 | 72 | 96 | 112

export type FaceProps = {
  id: string
  name: string
  /** A tint that was chosen, 0 to 7; without one the id decides. */
  tint?: number | null
  size?: Size
  /** Shows that somebody is here. */
  isOnline?: boolean
}

const tints = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const

/** The class of a tint: a chosen one, or the one that an id gives. */
export const tintClass = (id: string, tint: number | null): string =>
  tint === null ? tintOf(id) : `tint--${tints[tint] ?? 'a'}`

/** Initials on a tint, with a dot for who is here. The name always stands beside it, so readers skip it. */
export function Face({ id, name, tint = null, size = 48, isOnline = false }: FaceProps) {
  return (
    <span className={classes('av', size !== 48 && `av--${size}`, tintClass(id, tint))} aria-hidden="true">
      <span data-initials={initials(name)} />
      {isOnline && <i className="av__p" />}
    </span>
  )
}

/** The face of a room: the other person's, or the group's own. */
export function RoomFace({ line, size, isOnline }: { line: RoomLine; size?: Size; isOnline?: boolean }) {
  return (
    <Face
      id={faceOfLine(line)}
      name={nameOfLine(line)}
      tint={tintOfLine(line)}
      {...(size && { size })}
      {...(isOnline !== undefined && { isOnline })}
    />
  )
}
