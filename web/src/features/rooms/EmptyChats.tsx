import { t } from '../../kernel/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Icon, SquarePen } from '../../ui/Icon.tsx'
import type { Filter } from './listing.ts'

export type EmptyChatsProps = {
  filter: Filter
  onFindPeople: () => void
  onNewGroup: () => void
  onAll: () => void
}

/** A list without a chat: none at all, none unread, or no group. */
export function EmptyChats({ filter, onFindPeople, onNewGroup, onAll }: EmptyChatsProps) {
  switch (filter) {
    case 'unread':
      return (
        <EmptyState
          scene="chats"
          title={t('chats.noUnreadTitle')}
          text={t('chats.noUnreadText')}
          actions={
            <Button look="tonal" onClick={onAll}>
              {t('chats.showAll')}
            </Button>
          }
        />
      )
    case 'groups':
      return (
        <EmptyState
          scene="chats"
          title={t('chats.noGroupsTitle')}
          text={t('chats.noGroupsText')}
          actions={
            <Button look="primary" onClick={onNewGroup}>
              {t('chats.newGroup')}
            </Button>
          }
        />
      )
    case 'all':
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
