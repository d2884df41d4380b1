import { t } from '../../kernel/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Icon, SquarePen } from '../../ui/Icon.tsx'

/** A list without a chat. */
export function EmptyChats({ onFindPeople }: { onFindPeople: () => void }) {
  return (
    <EmptyState
      scene="chats"
      title={t('chats.emptyTitle')}
      text={t('chats.emptyText')}
      actions={
        <Button look="primary" onClick={onFindPeople}>
          {t('chats.findPeople')}
        </Button>
      }
    />
  )
}

/** A pane without a room. */
export function PickChat({ onNewChat }: { onNewChat: () => void }) {
  return (
    <EmptyState
      scene="chats"
      title={t('chats.pickTitle')}
      text={t('chats.pickText')}
      actions={
        <Button look="primary" onClick={onNewChat}>
          <Icon of={SquarePen} />
          {t('chats.newChat')}
        </Button>
      }
    />
  )
}
