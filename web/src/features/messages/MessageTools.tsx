import { useContext } from 'react'
import { t } from '../../kernel/i18n.ts'
import { IconButton } from '../../ui/IconButton.tsx'
import { Ellipsis, Reply } from './icons.ts'
import type { MessageItem } from './layout.ts'
import { RoomView } from './room-view.ts'

/** What waits beside a message under a mouse, or under the keyboard's focus. */
export function MessageTools({ item, canReply }: { item: MessageItem; canReply: boolean }) {
  const view = useContext(RoomView)
  if (!view) return null
  return (
    <span className="htools glass" role="toolbar" aria-label={t('room.tools')}>
      {canReply && <IconButton icon={Reply} directional label={t('room.reply')} onClick={() => view.onReply(item)} />}
      <IconButton
        icon={Ellipsis}
        label={t('room.more')}
        aria-haspopup="menu"
        onClick={(event) => {
          const row = event.currentTarget.closest<HTMLElement>('.msgs__li')
          if (row) view.onMenu(item, row)
        }}
      />
    </span>
  )
}
