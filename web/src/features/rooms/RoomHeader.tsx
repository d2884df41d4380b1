import type { ReactNode } from 'react'
import { Link } from '../../kernel/router.ts'
import type { RoomLine } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import { slice, useClient, useWatched } from '../../kernel/use-client.ts'
import { classes } from '../../ui/classes.ts'
import { ChevronLeft, Icon } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { Face, RoomFace, tintClass } from './Face.tsx'
import { EllipsisVertical, PanelRight } from './icons.ts'
import { faceOfLine, nameOfLine, tintOfLine } from './line.ts'
import { under, useRoomChrome, useWant } from './room-chrome.ts'
import type { RoomState } from './rooms.ts'
import { StatusLine } from './StatusLine.tsx'
import { foremost, type Status } from './status.ts'

export type RoomHeaderProps = { line: RoomLine; isConnecting?: boolean; backPath: string; actions?: ReactNode }

/** Faces that stand for a group. */
const STACKED = 3

/** The page's title: who is being talked to, how they are, and what may be done here. */
export function RoomHeader({ line, isConnecting = false, backPath, actions }: RoomHeaderProps) {
  const chrome = useRoomChrome()
  const want = useWant()
  const { room, other } = line
  const name = nameOfLine(line)
  const status: Status = foremost([
    ...(isConnecting ? [{ state: 'connecting' } as const] : []),
    chrome?.status ?? plain(line),
  ])
  const isOnline = chrome?.status.state === 'online' && other !== null
  return (
    <header className={classes('head glass', tintClass(faceOfLine(line), tintOfLine(line)))}>
      <Link className="ib only-mob head__back" to={backPath} aria-label={t('room.back')} title={t('room.back')}>
        <Icon of={ChevronLeft} size={24} directional />
      </Link>
      <div className="head__who grow">
        <RoomFace line={line} size={40} isOnline={isOnline} />
        <div className="grow">
          <h1 className="head__n">
            <span className="cut" dir="auto">
              {name}
            </span>
          </h1>
          <div className="head__s">
            {!other && <Stack line={line} />}
            <StatusLine status={status} />
          </div>
        </div>
        {chrome && (
          <button
            type="button"
            className="head__open"
            aria-label={t(other ? 'chats.openProfile' : 'chats.openDetails', { name })}
            onClick={() => (other ? chrome.onProfile(other.userId) : chrome.onDetails())}
          />
        )}
      </div>
      <div className="head__a">
        {actions}
        {chrome && (
          <IconButton
            icon={PanelRight}
            directional
            label={t('chats.details')}
            aria-pressed={chrome.isDetailsOpen}
            className={classes('only-desk', chrome.isDetailsOpen && 'ib--on')}
            onClick={chrome.onDetails}
          />
        )}
        {want && (
          <IconButton
            icon={EllipsisVertical}
            label={t('chats.menu')}
            aria-haspopup="menu"
            onClick={(event) => want({ kind: 'menu', line, at: under(event.currentTarget) })}
          />
        )}
      </div>
      <span className="sr">{room.kind === 'group' ? t('room.members', { count: room.members }) : ''}</span>
    </header>
  )
}

/** The first faces of a group, and how many more there are. */
function Stack({ line }: { line: RoomLine }) {
  const { me, replica } = useClient()
  const members = slice<RoomState>(useWatched(replica.room(line.room.roomId)), 'rooms')?.members ?? []
  const shown = members.filter((member) => member.seat.userId !== me).slice(0, STACKED)
  const more = line.room.members - 1 - shown.length
  if (shown.length === 0) return null
  return (
    <span className="stack head__stack" aria-hidden="true">
      {shown.map(({ person }) => (
        <Face key={person.userId} id={person.userId} name={person.name} size={20} />
      ))}
      {more > 0 && <span className="stack__k num">+{more > 999 ? '999' : more}</span>}
    </span>
  )
}

/** What can be said without knowing who is here. */
function plain({ room, other }: RoomLine): Status {
  return { state: 'members', text: other ? `@${other.username}` : t('room.members', { count: room.members }) }
}
