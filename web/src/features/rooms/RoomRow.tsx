import { memo, type KeyboardEvent, type MouseEvent } from 'react'
import { Link } from '../../kernel/router.ts'
import type { Person, RoomLine, UserId } from '@connectly/protocol'
import { listTime, number, t } from '../../kernel/i18n.ts'
import { classes } from '../../ui/classes.ts'
import { Icon } from '../../ui/Icon.tsx'
import { VisuallyHidden } from '../../ui/VisuallyHidden.tsx'
import { Dots } from './Dots.tsx'
import { RoomFace } from './Face.tsx'
import { BellOff, Pin } from './icons.ts'
import { nameOfLine } from './line.ts'
import { isUnread } from './listing.ts'
import { previewOf, tickOf, type Preview } from './preview.ts'
import type { At } from './room-chrome.ts'
import { Tick } from './Tick.tsx'
import { useHold } from './use-hold.ts'

export type RoomRowProps = {
  line: RoomLine
  me: UserId
  /** Who said the last words, for a group; without it the words stand alone. */
  author?: Person | undefined
  /** The last words as plain text; without it they are read as they stand. */
  said?: string | undefined
  to: string
  isOpen: boolean
  isOnline: boolean
  isMuted: boolean
  /** What I began to write there. */
  draft: string
  /** Who is writing there, in words. */
  typing: string | null
  /** Asked for by a right-click, a hold, or Shift F10. */
  onMenu: (line: RoomLine, at: At) => void
}

/** A chat in the list. */
export const RoomRow = memo(function RoomRow(props: RoomRowProps) {
  const { line, me, to, isOpen, isOnline, isMuted, onMenu } = props
  const { last } = line
  const tick = tickOf(line, me)
  const hold = useHold((from, x, y) => onMenu(line, { from, x, y }))
  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    event.preventDefault()
    onMenu(line, { from: event.currentTarget, x: event.clientX, y: event.clientY })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return
    event.preventDefault()
    const box = event.currentTarget.getBoundingClientRect()
    onMenu(line, { from: event.currentTarget, x: box.left + 24, y: box.top + box.height / 2 })
  }
  return (
    <Link
      className={classes('row', isUnread(line) && !isMuted && 'row--un')}
      to={to}
      draggable={false}
      aria-current={isOpen ? 'true' : undefined}
      aria-keyshortcuts="Shift+F10"
      onContextMenu={onContextMenu}
      onKeyDown={onKeyDown}
      {...hold}
    >
      <RoomFace line={line} isOnline={isOnline} />
      <span className="grow">
        <span className="row__l">
          <span className="row__n cut" dir="auto">
            {nameOfLine(line)}
          </span>
          {isOnline && <VisuallyHidden>{t('chats.isOnline')}</VisuallyHidden>}
          {isMuted && <Mark icon={BellOff} label={t('chats.muted')} />}
          {last && (
            <time className="row__t" dateTime={new Date(last.at).toISOString()}>
              {tick && <Tick state={tick} />}
              {listTime(last.at)}
            </time>
          )}
        </span>
        <span className="row__l">
          <span className="row__m cut">
            <Words of={previewOf(props)} />
          </span>
          <Badges line={line} isMuted={isMuted} />
        </span>
      </span>
    </Link>
  )
})

function Words({ of: preview }: { of: Preview }) {
  switch (preview.kind) {
    case 'typing':
      return (
        <span className="row__type">
          <Dots />
          <bdi>{preview.text}</bdi>
        </span>
      )
    case 'draft':
      return (
        <>
          <span className="row__draft">{t('chats.draft')}</span> <bdi>{preview.text}</bdi>
        </>
      )
    case 'said':
      return (
        <>
          {preview.by !== null && (
            <>
              <b>
                <bdi>{preview.by}</bdi>:
              </b>{' '}
            </>
          )}
          <bdi>{preview.text}</bdi>
        </>
      )
    case 'quiet':
      return <bdi>{preview.text}</bdi>
  }
}

function Badges({ line, isMuted }: { line: RoomLine; isMuted: boolean }) {
  const count = line.unread.length
  return (
    <>
      {line.mentions.length > 0 && (
        <span className="badge row__at">
          <span aria-hidden="true">@</span>
          <VisuallyHidden>{t('chats.mentionsYou')}</VisuallyHidden>
        </span>
      )}
      {count > 0 && (
        <span className={classes('badge', isMuted && 'badge--mute')}>
          <span aria-hidden="true">{count > 99 ? '99+' : number(count)}</span>
          <VisuallyHidden>{t('chats.unreadCount', { count })}</VisuallyHidden>
        </span>
      )}
      {count === 0 && line.unreadFrom !== null && (
        <span className={classes('badge badge--dot', isMuted && 'badge--mute')}>
          <VisuallyHidden>{t('chats.markedUnread')}</VisuallyHidden>
        </span>
      )}
      {line.pinnedAt !== null && <Mark icon={Pin} label={t('chats.pinned')} />}
    </>
  )
}

function Mark({ icon, label }: { icon: typeof Pin; label: string }) {
  return (
    <>
      <Icon of={icon} size={14} className="dim" />
      <VisuallyHidden>{label}</VisuallyHidden>
    </>
  )
}
