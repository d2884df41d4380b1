import type { ReactNode } from 'react'
import { classes } from '../ui/classes.ts'

export type PaneProps = {
  label: string
  /** Centres what is in it: empty states. */
  centred?: true
  children: ReactNode
}

/** The sheet that holds a room, a request or what stands in their place, on the well and its pattern. */
export function Pane({ label, centred, children }: PaneProps) {
  return (
    <section className="pane" aria-label={label}>
      <div className={classes('room', centred && 'room--c')}>
        <div className="wall" />
        {children}
      </div>
    </section>
  )
}
