import type { CSSProperties } from 'react'
import { t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'

const bubbles = [
  { side: 'in', width: 62, height: 44 },
  { side: 'in', width: 46, height: 44 },
  { side: 'out', width: 54, height: 62 },
  { side: 'in', width: 70, height: 44 },
  { side: 'out', width: 38, height: 44 },
] as const

/** A room before its messages. */
export function RoomSkeleton() {
  return (
    <div className="msgs msgs--short sks" aria-live="polite">
      <div className="skmsgs">
        {bubbles.map(({ side, width, height }) => (
          <div key={width} className={classes('skmsg', side === 'out' && 'skmsg--out')}>
            <span className="sk sk--bubble" style={{ '--w': `${width}%`, '--h': `${height}px` } as CSSProperties} />
          </div>
        ))}
      </div>
      <VisuallyHidden>{t('room.loading')}</VisuallyHidden>
    </div>
  )
}
