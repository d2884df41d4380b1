import { useId } from 'react'
import { classes } from './classes.ts'

const left = 'M6 25.5A12.5 12.5 0 0 1 18.5 13 12.5 12.5 0 0 1 31 25.5 12.5 12.5 0 0 1 18.5 38H9a3 3 0 0 1-3-3z'
const right = 'M17 22.5A12.5 12.5 0 0 1 29.5 10H39a3 3 0 0 1 3 3v9.5A12.5 12.5 0 0 1 29.5 35 12.5 12.5 0 0 1 17 22.5z'

/** The product's mark: two leaves and the lens they share. */
export function Mark({ className }: { className?: string }) {
  const clip = useId()
  return (
    <span className={classes('av', className)}>
      <svg viewBox="0 0 48 48" aria-hidden="true" focusable="false">
        <clipPath id={clip}>
          <path d={left} />
        </clipPath>
        <path fill="#a594f9" d={left} />
        <path fill="#5d56df" d={right} />
        <path fill="#f5efff" clipPath={`url(#${clip})`} d={right} />
      </svg>
    </span>
  )
}
