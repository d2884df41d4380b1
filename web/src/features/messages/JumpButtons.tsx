import { type CSSProperties, useContext } from 'react'
import { t } from '../../kernel/i18n.ts'
import { ArrowDown } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { AtSign } from './icons.ts'
import { RoomStatus } from './status.ts'

export type JumpButtonsProps = {
  /** Whether the newest is out of sight. */
  isAway: boolean
  foot: number
  onNewest: () => void
  onMention: (seq: number) => void
}

/** The ways to what is below: the newest, with how much of it is unread, and what mentions me, one after another. */
export function JumpButtons({ isAway, foot, onNewest, onMention }: JumpButtonsProps) {
  const { unread } = useContext(RoomStatus)
  const next = unread.mentions.length > 0 ? Math.min(...unread.mentions) : null
  if (!isAway) return null
  return (
    <div className="jumps" style={{ '--foot': `${foot}px` } as CSSProperties}>
      {next !== null && (
        <span className="jump__b">
          <IconButton
            icon={AtSign}
            label={t('room.jumpMention', { count: unread.mentions.length })}
            className="jump glass"
            onClick={() => onMention(next)}
          />
          <Badge count={unread.mentions.length} />
        </span>
      )}
      <span className="jump__b">
        <IconButton
          icon={ArrowDown}
          label={unread.count > 0 ? t('room.jumpUnread', { count: unread.count }) : t('room.jump')}
          className="jump glass"
          onClick={onNewest}
        />
        <Badge count={unread.count} />
      </span>
    </div>
  )
}

function Badge({ count }: { count: number }) {
  if (count === 0) return null
  return (
    <span className="badge" aria-hidden="true">
      {count > 99 ? '99+' : count}
    </span>
  )
}
