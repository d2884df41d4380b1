import type { CSSProperties } from 'react'
import { VisuallyHidden } from './VisuallyHidden.tsx'

const lines = [
  [45, 86],
  [34, 70],
  [50, 94],
  [28, 62],
  [41, 80],
  [37, 74],
] as const

/** Rows of a list before there are any. */
export function SkeletonRows({ label }: { label: string }) {
  return (
    <div className="sks" aria-live="polite">
      <VisuallyHidden>{label}</VisuallyHidden>
      {lines.map(([name, text]) => (
        <div className="skrow" key={name}>
          <span className="sk sk--av" />
          <span className="skrow__t grow">
            <SkeletonBar width={name} height={13} />
            <SkeletonBar width={text} height={11} />
          </span>
        </div>
      ))}
    </div>
  )
}

/** One line of what is still to come. */
export function SkeletonBar({ width, height }: { width: number; height: number }) {
  return <span className="sk" style={{ '--w': `${width}%`, '--h': `${height}px` } as CSSProperties} />
}
