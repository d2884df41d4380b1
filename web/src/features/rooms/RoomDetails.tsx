import '../../theme/chat-acts.css'
import '../../theme/room-details.css'
import { setRoomPrefs, type RoomLine } from '@connectly/protocol'
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { number, t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { slice, useClient, useWatched } from '../../kernel/use-client.ts'
import { Icon, type IconProps, UserRound, X } from '../../ui/Icon.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { useWide } from '../../ui/useWide.ts'
import { can } from './can.ts'
import { RoomFace } from './Face.tsx'
import { Bell, BellOff, EllipsisVertical, Pencil, UserPlus } from './icons.ts'
import { nameOfLine } from './line.ts'
import { isMuted } from './listing.ts'
import { MemberList } from './MemberList.tsx'
import { under, useRoomChrome, useWant, type RoomWays } from './room-chrome.ts'
import type { RoomState } from './rooms.ts'
import { dateText } from './status.ts'
import { StatusLine } from './StatusLine.tsx'
import { useTry } from './use-try.tsx'

export type RoomDetailsProps = {
  line: RoomLine
  ways: RoomWays
  /** Docked beside the room it does not take the focus; over it, it does. */
  isDocked: boolean
  onClose: () => void
}

/** About an open room: docked beside it, a sheet over it, or a view of its own on a phone. */
export function RoomDetails({ line, ways, isDocked, onClose }: RoomDetailsProps) {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    if (isDocked) return
    const before = document.activeElement
    panel.current?.querySelector('button')?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [isDocked])
  useLayoutEffect(() => {
    const element = panel.current
    // Docked it took no focus as it came; what it has when it goes is for the button that opens it again.
    return () => {
      if (!isDocked || !element?.contains(document.activeElement)) return
      document.querySelector<HTMLElement>('.head__a [aria-pressed]')?.focus({ preventScroll: true })
    }
  }, [isDocked])
  const name = nameOfLine(line)
  // On a phone they are all there is to see.
  const isWhole = !useWide(768)
  const label = line.other ? t('groups.personDetails', { name }) : t('groups.details')
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Esc closes what lies over the room
    <aside
      ref={panel}
      className="details"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !isDocked && !event.defaultPrevented) onClose()
      }}
    >
      <div className="d__hero">
        <IconButton icon={X} label={t('groups.closeDetails')} className="d__x" onClick={onClose} />
        <RoomFace line={line} size={96} />
        {isWhole && <h1 className="sr">{label}</h1>}
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <About line={line} />
      </div>
      <Actions line={line} ways={ways} />
      {line.room.kind === 'group' && <MemberList line={line} />}
    </aside>
  )
}

function About({ line: { room, other } }: { line: RoomLine }) {
  const chrome = useRoomChrome()
  if (other) {
    return (
      <>
        <p className="dim">
          <bdi>@{other.username}</bdi>
        </p>
        {chrome && chrome.status.state !== 'members' && (
          <p className="d__st">
            <StatusLine status={chrome.status} />
          </p>
        )}
      </>
    )
  }
  return (
    <>
      <p className="dim">{t('groups.groupSince', { count: number(room.members), day: dateText(room.createdAt) })}</p>
      {room.about && (
        <p className="d__about" dir="auto">
          {room.about}
        </p>
      )}
    </>
  )
}

function Actions({ line, ways }: { line: RoomLine; ways: RoomWays }) {
  const { connection, replica } = useClient()
  const attempt = useTry()
  const want = useWant()
  const [now] = useState(() => Date.now())
  const { room, other } = line
  const seat = slice<RoomState>(useWatched(replica.room(room.roomId)), 'rooms')?.me
  const unmute = () =>
    void attempt(
      () => connection.ask(setRoomPrefs, { roomId: room.roomId, mutedUntil: null }),
      t('groups.unmutedSaid', { name: nameOfLine(line) }),
    )
  return (
    <div className="d__acts">
      {isMuted(line, now) ? (
        <Act icon={BellOff} onClick={unmute}>
          {t('groups.unmute')}
        </Act>
      ) : (
        <Act icon={Bell} onClick={() => want?.({ kind: 'mute', line })}>
          {t('groups.mute')}
        </Act>
      )}
      {other && (
        <Act icon={UserRound} onClick={() => ways.profile(other.userId)}>
          {t('groups.profile')}
        </Act>
      )}
      {!other && can(seat, 'rooms.addMember') && (
        <Act icon={UserPlus} onClick={() => want?.({ kind: 'add', line })}>
          {t('groups.addPeople')}
        </Act>
      )}
      {!other && can(seat, 'rooms.edit') && (
        <Act icon={Pencil} onClick={() => ways.edit(room.roomId)}>
          {t('groups.edit')}
        </Act>
      )}
      <Act icon={EllipsisVertical} hasMenu onClick={(from) => want?.({ kind: 'menu', line, at: under(from) })}>
        {t('groups.more')}
      </Act>
    </div>
  )
}

type ActProps = { icon: IconProps['of']; hasMenu?: true; onClick: (from: HTMLElement) => void; children: ReactNode }

function Act({ icon, hasMenu, onClick, children }: ActProps) {
  return (
    <button
      type="button"
      className="d__act"
      aria-haspopup={hasMenu && 'menu'}
      onClick={(event) => onClick(event.currentTarget)}
    >
      <Icon of={icon} />
      {children}
    </button>
  )
}
