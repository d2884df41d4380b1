import type { Person } from '@connectly/protocol'
import { memo, useContext, type ReactNode } from 'react'
import { bodyText, t, time } from '../../kernel/i18n.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Bubble } from '../../ui/Bubble.tsx'
import { Button } from '../../ui/Button.tsx'
import { classes } from '../../ui/classes.ts'
import { Icon } from '../../ui/Icon.tsx'
import { tintOf } from '../../ui/tint.ts'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import { useOpenProfile } from '../accounts/index.ts'
import { Ban } from './icons.ts'
import type { MessageItem } from './layout.ts'
import { Quote } from './Quote.tsx'
import { RoomLookups, RoomView } from './room-view.ts'
import { Tick } from './Tick.tsx'
import { Words } from './Words.tsx'

export type MessageBubbleProps = {
  item: MessageItem
  /** Lights up once: what a search or a quote led to. */
  isFlashing?: boolean
  tools?: ReactNode
}

/** A message with all that belongs to it: who, what it answers, when, and how far it has come. */
export const MessageBubble = memo(function MessageBubble({ item, isFlashing, tools }: MessageBubbleProps) {
  const isGroup = useContext(RoomView)?.isGroup ?? false
  const { message, own, first, last, author } = item
  const isGone = message.body.kind === 'deleted'
  return (
    <>
      <Bubble
        text={bodyText(message.body)}
        words={isGone ? <Tomb item={item} /> : <Words body={message.body} />}
        side={own ? 'out' : 'in'}
        isFirst={first}
        look={isGone ? 'tomb' : undefined}
        className={classes(isFlashing && 'msg--flash')}
        face={isGroup && !own ? last && author && <Face author={author} /> : undefined}
        who={<Author item={item} />}
        quote={message.replyTo && !isGone && <Quote messageId={message.replyTo.messageId} />}
        meta={<Meta item={item} />}
        tools={tools}
      />
      {item.state === 'failed' && <Failed item={item} />}
    </>
  )
})

function Author({ item: { own, author, showAuthor } }: { item: MessageItem }) {
  const openProfile = useOpenProfile()
  if (!author || own) return null
  if (!showAuthor) return <VisuallyHidden>{author.name}: </VisuallyHidden>
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes('bubble__who tint-name', tintOf(author.userId))}
      onClick={() => openProfile(author.userId)}
    >
      <bdi>{author.name}</bdi>
    </button>
  )
}

/** Opens a profile as the name does; readers and keys have that one. */
function Face({ author }: { author: Person }) {
  const openProfile = useOpenProfile()
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden="true"
      className="msg__face"
      onClick={() => openProfile(author.userId)}
    >
      <Avatar id={author.userId} name={author.name} size={32} />
    </button>
  )
}

function Meta({ item }: { item: MessageItem }) {
  const view = useContext(RoomView)
  const { message, own, state } = item
  const isGone = message.deletedAt !== null
  return (
    <>
      {message.editedAt !== null && !isGone && (
        <button type="button" tabIndex={-1} className="meta__ed" onClick={() => view?.onVersions(item)}>
          {t('room.edited')}
        </button>
      )}
      <time dateTime={new Date(message.at).toISOString()}>{time(message.at)}</time>
      {own && !isGone && <Tick state={state} message={message} />}
    </>
  )
}

/** What stays of a message that was deleted for everyone: who did it. */
function Tomb({ item }: { item: MessageItem }) {
  const view = useContext(RoomView)
  const { nameOf } = useContext(RoomLookups)
  const { body } = item.message
  const byId = 'byId' in body ? body.byId : undefined
  const name = byId && nameOf(byId)
  return (
    <span className="tomb">
      <Icon of={Ban} size={16} />
      {byId === view?.me
        ? t('room.deletedByYou')
        : name === undefined
          ? t('room.deleted')
          : t('room.deletedBy', { name })}
    </span>
  )
}

function Failed({ item }: { item: MessageItem }) {
  const view = useContext(RoomView)
  return (
    <p className="fail">
      <span>{item.failure ?? t('room.notSent')}</span>
      <Button onClick={() => view?.onRetry(item)}>{t('room.tryAgain')}</Button>
      <Button onClick={() => view?.onRevise(item)}>{t('room.revise')}</Button>
      <Button onClick={() => view?.onDrop(item)}>{t('room.delete')}</Button>
    </p>
  )
}
