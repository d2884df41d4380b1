import { t } from '../../kernel/i18n.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'

export function NoRequests({ box }: { box: 'received' | 'sent' }) {
  return box === 'received' ? (
    <EmptyState scene="requests" title={t('requests.emptyTitle')} text={t('requests.emptyText')} />
  ) : (
    <EmptyState scene="requests" title={t('requests.emptySentTitle')} text={t('requests.emptySentText')} />
  )
}

/** A pane without a request. */
export function PickRequest() {
  return <EmptyState scene="requests" title={t('requests.pickTitle')} text={t('requests.pickText')} />
}
