import type { ReactNode } from 'react'
import { Link2Off, WifiOff } from 'lucide-react'
import { codeOf } from '../features/accounts/index.ts'
import { StepHead } from '../features/accounts/index.tsx'
import { t } from '../kernel/i18n.ts'
import { Link } from '../kernel/router.ts'
import { Button, buttonClass } from '../ui/Button.tsx'
import { SkeletonBar } from '../ui/Skeleton.tsx'
import { entryPaths } from './entry-paths.ts'

/** A link of a mail that is being looked at. */
export function LinkLoading() {
  return (
    <output aria-label={t('entry.lookingAtLink')} className="entry__wait">
      <SkeletonBar width={70} height={32} />
      <SkeletonBar width={90} height={18} />
      <SkeletonBar width={100} height={50} />
    </output>
  )
}

/** A link of a mail that opens nothing: used, run out, or not whole. */
export function LinkSpentState({ isMissing, action }: { isMissing: boolean; action?: ReactNode }) {
  return (
    <>
      <StepHead
        icon={Link2Off}
        title={isMissing ? t('entry.noLinkTitle') : t('entry.spentTitle')}
        sub={isMissing ? t('entry.noLinkText') : t('entry.spentText')}
        takesFocus
      />
      {action}
      <Link className={buttonClass('ghost')} to={entryPaths.signIn}>
        {t('entry.backToSignIn')}
      </Link>
    </>
  )
}

/** Nobody answered. What the link is good for is not lost. */
export function LinkAway({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const isOffline = codeOf(error) === 'Offline'
  return (
    <>
      <StepHead
        icon={WifiOff}
        title={isOffline ? t('entry.offlineTitle') : t('entry.awayTitle')}
        sub={isOffline ? t('entry.offlineText') : t('entry.awayText')}
        takesFocus
      />
      <Button look="primary" size="wide" onClick={onRetry}>
        {t('entry.tryAgain')}
      </Button>
    </>
  )
}
