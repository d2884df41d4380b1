import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type BannerProps = {
  look: 'offline' | 'again' | 'error'
  id?: string
  icon?: ReactNode
  end?: ReactNode
  children: ReactNode
}

const looks = { offline: 'banner--off', again: 'banner--re', error: 'banner--err' } as const

/** One line about the state of things. Errors interrupt a reader; the rest waits its turn. */
export function Banner({ look, id, icon, end, children }: BannerProps) {
  return (
    <div id={id} className={classes('banner', looks[look])} role={look === 'error' ? 'alert' : 'status'}>
      {icon}
      <span>{children}</span>
      {end && <span className="banner__end">{end}</span>}
    </div>
  )
}
