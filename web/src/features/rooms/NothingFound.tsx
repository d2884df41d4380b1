import { t } from '../../kernel/i18n.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'

export function NothingFound({ query }: { query: string }) {
  return (
    <div aria-live="polite">
      <EmptyState scene="search" title={t('chats.nothingFor', { query })} text={t('chats.nothingForText')} />
    </div>
  )
}
