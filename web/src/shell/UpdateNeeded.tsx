import { t } from '../kernel/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Icon, RotateCw } from '../ui/Icon.tsx'

/** The server speaks a newer protocol than this page: the only way on is to load it anew. */
export function UpdateNeeded({ onReload }: { onReload: () => void }) {
  return (
    <EmptyState
      scene="chats"
      level={1}
      title={t('states.updateTitle')}
      text={t('states.updateText')}
      actions={
        <Button look="primary" onClick={onReload}>
          <Icon of={RotateCw} size={16} />
          {t('states.reload')}
        </Button>
      }
    />
  )
}
