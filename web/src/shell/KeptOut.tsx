import { moment, t } from '../kernel/i18n.ts'
import { EmptyState } from '../ui/EmptyState.tsx'

/** This account is kept out for a while: until when, and that it comes back by itself. */
export function KeptOut({ until }: { until: number }) {
  return (
    <EmptyState
      scene="offline"
      level={1}
      title={t('states.keptOutTitle')}
      text={t('states.keptOutText', { until: moment(until) })}
    />
  )
}
