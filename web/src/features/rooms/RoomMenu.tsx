import '../../theme/chat-acts.css'
import { markRead, markUnread, setRoomPrefs, type InputOf, type RoomLine } from '@connectly/protocol'
import { useEffect, useState } from 'react'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import { slice, useClient, useWatched } from '../../kernel/use-client.ts'
import { LogOut } from '../../ui/Icon.tsx'
import { useBlocks } from '../blocks/index.ts'
import { can } from './can.ts'
import { FloatingItem, FloatingMenu } from './FloatingMenu.tsx'
import { Ban, Bell, BellOff, Eraser, Mail, MailOpen, Pencil, Pin, PinOff, UserPlus } from './icons.ts'
import { nameOfLine } from './line.ts'
import { isMuted, isUnread } from './listing.ts'
import type { At, RoomWays, Want } from './room-chrome.ts'
import type { RoomState } from './rooms.ts'
import { useTry } from './use-try.tsx'

export type RoomMenuProps = {
  line: RoomLine
  at: At
  ways: RoomWays
  canBlock: boolean
  onWant: Want
  onClose: () => void
}

/** What may be done with a chat, from its row or its header. What cannot be done is not listed. */
export function RoomMenu({ line, at, ways, canBlock, onWant, onClose }: RoomMenuProps) {
  const { connection, replica } = useClient()
  const attempt = useTry()
  const [now] = useState(() => Date.now())
  const { isBlocked } = useBlocks()
  const { room, other } = line
  const { roomId } = room
  const name = nameOfLine(line)
  const seat = slice<RoomState>(useWatched(replica.room(roomId)), 'rooms')?.me
  const prefs = (change: Omit<InputOf<typeof setRoomPrefs>, 'roomId'>, said?: string) =>
    void attempt(() => connection.ask(setRoomPrefs, { roomId, ...change }), said)
  /** Closes first, so that what comes after finds the focus where it belongs. */
  const after = (act: () => void) => () => {
    onClose()
    act()
  }
  useEffect(() => {
    // The rights of a room that is not held are not known: its seat comes with it.
    if (room.kind === 'group' && seat === undefined) replica.hold(roomId).catch(() => undefined)
  }, [replica, room.kind, roomId, seat])
  const last = Math.max(line.last?.seq ?? 0, line.unread[0] ?? 0, line.readSeq)
  return (
    <FloatingMenu label={t('chats.menuOf', { name })} at={at} onClose={onClose}>
      {line.pinnedAt === null ? (
        <FloatingItem icon={Pin} onClick={after(() => prefs({ isPinned: true }))}>
          {t('groups.pin')}
        </FloatingItem>
      ) : (
        <FloatingItem icon={PinOff} onClick={after(() => prefs({ isPinned: false }))}>
          {t('groups.unpin')}
        </FloatingItem>
      )}
      {isMuted(line, now) ? (
        <FloatingItem icon={Bell} onClick={after(() => prefs({ mutedUntil: null }, t('groups.unmutedSaid', { name })))}>
          {t('groups.unmute')}
        </FloatingItem>
      ) : (
        <FloatingItem icon={BellOff} onClick={() => onWant({ kind: 'mute', line })}>
          {t('groups.muteFor')}
        </FloatingItem>
      )}
      {isUnread(line) ? (
        <FloatingItem
          icon={MailOpen}
          onClick={after(() => void attempt(() => connection.ask(markRead, { roomId, seq: last })))}
        >
          {t('groups.markRead')}
        </FloatingItem>
      ) : (
        line.last && (
          <FloatingItem
            icon={Mail}
            onClick={after(() => void attempt(() => connection.ask(markUnread, { roomId, seq: last })))}
          >
            {t('groups.markUnread')}
          </FloatingItem>
        )
      )}
      {can(seat, 'rooms.addMember') && room.kind === 'group' && (
        <FloatingItem icon={UserPlus} onClick={() => onWant({ kind: 'add', line })}>
          {t('groups.addPeople')}
        </FloatingItem>
      )}
      {can(seat, 'rooms.edit') && room.kind === 'group' && (
        <FloatingItem icon={Pencil} onClick={after(() => ways.edit(roomId))}>
          {t('groups.editGroup')}
        </FloatingItem>
      )}
      <hr />
      <FloatingItem icon={Eraser} onClick={() => onWant({ kind: 'clear', line })}>
        {t('groups.clearForMe')}
      </FloatingItem>
      {room.kind === 'group' && (
        <FloatingItem icon={LogOut} look="rose" onClick={() => onWant({ kind: 'leave', line })}>
          {t('groups.leaveGroup')}
        </FloatingItem>
      )}
      {other && canBlock && !isBlocked(other.userId) && (
        <FloatingItem icon={Ban} look="rose" onClick={after(() => onWant({ kind: 'block', person: other }))}>
          {t('groups.block')}
        </FloatingItem>
      )}
    </FloatingMenu>
  )
}
