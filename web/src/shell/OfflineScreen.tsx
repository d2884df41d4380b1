import { t } from '../kernel/i18n.ts'
import { EmptyState } from '../ui/EmptyState.tsx'

/** Offline, and nothing kept to show. */
export function OfflineScreen({ level = 2 }: { level?: 1 | 2 }) {
  return <EmptyState scene="offline" level={level} title={t('states.offlineTitle')} text={t('states.offlineText')} />
}
