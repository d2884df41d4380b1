import { useEffect, useSyncExternalStore } from 'react'
import { t } from '../kernel/i18n.ts'
import { missing } from '../kernel/late.ts'
import { OfflineScreen } from './OfflineScreen.tsx'
import { PageState } from './PageState.tsx'
import { useToast } from './Toaster.tsx'

const useIsMissing = (): boolean => useSyncExternalStore(missing.watch, missing.get) > 0

/** Stands for what was asked for until it is there. Where it cannot be fetched for now, that is said, and the page goes on. */
export function Awaited() {
  const isMissing = useIsMissing()
  const say = useToast()
  useEffect(() => {
    if (isMissing) say({ kind: 'error', text: t('states.offlineText') })
  }, [isMissing, say])
  return null
}

/** The same for a whole page. */
export function AwaitedPage() {
  if (!useIsMissing()) return null
  return (
    <PageState>
      <OfflineScreen level={1} />
    </PageState>
  )
}
