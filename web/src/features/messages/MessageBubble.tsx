import { memo } from 'react'
import { bodyText, t, time } from '../../kernel/i18n.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Bubble } from '../../ui/Bubble.tsx'
import { Button } from '../../ui/Button.tsx'
import { classes } from '../../ui/classes.ts'
import { Check, CircleAlert, Clock, Icon } from '../../ui/Icon.tsx'
import { tintOf } from '../../ui/tint.ts'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import type { MessageItem } from './layout.ts'

export type MessageBubbleProps = {
  item: MessageItem
  isGroup: boolean
  /** Lights up once: what a search or a quote led to. */
  isFlashing?: boolean
  onRetry: (id: string) => void
  onDelete: (id: string) => void
}

export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { item, isGroup, isFlashing, onRetry, onDelete } = props
  const { message, own, first, last, author, showAuthor, state } = item
  const isWithFaces = isGroup && !own
  return (
    <>
      <Bubble
        text={bodyText(message.body)}
        side={own ? 'out' : 'in'}
        isFirst={first}
        className={classes(isFlashing && 'msg--flash')}
        face={isWithFaces ? last && author && <Avatar id={author.userId} name={author.name} size={32} /> : undefined}
        who={
          showAuthor && author ? (
            <span className={classes('bubble__who tint-name', tintOf(author.userId))}>
              <bdi>{author.name}</bdi>
            </span>
          ) : (
            !own && author && <VisuallyHidden>{author.name}: </VisuallyHidden>
          )
        }
        meta={
          <>
            <time dateTime={new Date(message.at).toISOString()}>{time(message.at)}</time>
            {own && <Tick state={state} />}
          </>
        }
      />
      {state === 'failed' && (
        <p className="fail">
          <span>{item.failure ?? t('room.notSent')}</span>
          <Button onClick={() => onRetry(item.id)}>{t('room.tryAgain')}</Button>
          <Button onClick={() => onDelete(item.id)}>{t('room.delete')}</Button>
        </p>
      )}
    </>
  )
})

const ticks = {
  sending: { icon: Clock, label: 'room.sending' },
  sent: { icon: Check, label: 'room.sent' },
  failed: { icon: CircleAlert, label: 'room.failed' },
} as const

function Tick({ state }: { state: MessageItem['state'] }) {
  return (
    <>
      <Icon of={ticks[state].icon} />
      <VisuallyHidden>{t(ticks[state].label)}</VisuallyHidden>
    </>
  )
}
