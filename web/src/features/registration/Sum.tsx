import '../../theme/entry.css'
import { useSyncExternalStore } from 'react'
import { CircleCheck, Timer } from 'lucide-react'
import { t } from '../../kernel/i18n.ts'
import type { Watched } from '../../kernel/watched.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Spinner } from '../../ui/Spinner.tsx'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import type { WorkState } from './work-check.ts'

/** From when on it is said that it takes long, in ms. */
const LONG = 15_000

/** How far the sum is. What changes twice a second is for the eye; a reader is told when it begins, drags on and ends. */
export function Sum({ state }: { state: Watched<WorkState> }) {
  const now = useSyncExternalStore(state.watch, state.get)
  if (now.is === 'idle') return null
  return (
    <div className="pow">
      <div className="pow__h">
        <Sign now={now} />
        <span className="grow">
          <output>
            <b>{titleOf(now)}</b>
            {now.is === 'working' ? <VisuallyHidden>{textOf(now)}</VisuallyHidden> : <small>{textOf(now)}</small>}
          </output>
          {now.is === 'working' && <small aria-hidden="true">{isLong(now) ? textOf(now) : leftText(now.left)}</small>}
        </span>
        {now.is === 'working' && (
          <span className="num" aria-hidden="true">
            <b>{t('auth.percent', { percent: percentOf(now) })}</b>
          </span>
        )}
      </div>
      {now.is === 'working' && (
        <progress className="bar" aria-label={t('auth.checkSums')} max={100} value={percentOf(now)} />
      )}
    </div>
  )
}

type Working = Extract<WorkState, { is: 'working' }>

function Sign({ now }: { now: WorkState }) {
  if (now.is === 'done')
    return (
      <span className="pow__ic">
        <Icon of={CircleCheck} size={22} />
      </span>
    )
  return now.is === 'working' && isLong(now) ? <Icon of={Timer} size={22} /> : now.is === 'working' && <Spinner />
}

const isLong = ({ since }: Working): boolean => Date.now() - since > LONG
const percentOf = ({ part }: Working): number => Math.min(99, Math.round(part * 100))
/** How long it may still take is luck: beyond a minute, nobody is told seconds. */
function leftText(seconds: number): string {
  if (seconds < 1) return t('auth.checkNearly')
  return seconds > 60 ? t('auth.checkSlowText') : t('auth.checkLeft', { count: seconds })
}

function titleOf(now: WorkState): string {
  if (now.is === 'done') return t('auth.checkDone')
  if (now.is === 'failed') return t('auth.checkFailed')
  return now.is === 'working' && isLong(now) ? t('auth.checkSlow') : t('auth.checkSums')
}

function textOf(now: WorkState): string {
  if (now.is === 'done') return t('auth.checkTook', { count: now.took })
  if (now.is === 'failed') return t('auth.checkFailedText')
  return now.is === 'working' && isLong(now) ? t('auth.checkSlowText') : t('auth.checkAbout')
}
