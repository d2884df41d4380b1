import { t } from '../kernel/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Icon, RotateCw } from '../ui/Icon.tsx'

export type ErrorScreenProps = {
  /** What to mention to whoever runs the server. */
  code?: string | undefined
  /** 1 where it is all there is on the page. */
  level?: 1 | 2
  onRetry: () => void
}

export function ErrorScreen({ code, level = 2, onRetry }: ErrorScreenProps) {
  return (
    <EmptyState
      scene="error"
      level={level}
      title={t('states.errorTitle')}
      text={t('states.errorText')}
      actions={
        <Button look="primary" onClick={onRetry}>
          <Icon of={RotateCw} size={16} />
          {t('states.tryAgain')}
        </Button>
      }
      note={code && t('states.mention', { code })}
    />
  )
}
