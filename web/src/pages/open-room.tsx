import type { MessageId, RoomId, RoomLine, UserId } from '@connectly/protocol'
import { Suspense, useMemo, useState } from 'react'
import { usePeople } from '../features/accounts/index.ts'
import { RoomPane } from '../features/messages/index.tsx'
import { usePresence, useRoomOnline, useShows, useTyping } from '../features/presence/index.ts'
import {
  foremost,
  HereContext,
  RoomChromeContext,
  typingText,
  useIsClearing,
  type Here,
  type RoomChrome,
  type RoomWays,
  type Status,
} from '../features/rooms/index.ts'
import { RoomDetails } from '../features/rooms/index.tsx'
import { t } from '../kernel/i18n.ts'
import { Awaited } from '../shell/Awaited.tsx'
import { NotFoundScreen } from '../shell/NotFoundScreen.tsx'
import { Pane } from '../shell/Pane.tsx'
import { paths } from './frame.tsx'
import { WithMarks } from './room-status.tsx'
import { useDetails } from './use-details.ts'

export type OpenRoomProps = {
  roomId: RoomId
  messageId: MessageId | undefined
  line: RoomLine | undefined
  ways: RoomWays
}

const none: readonly UserId[] = []

/** The room that is open: who is here and types there, what is read, and its details beside it. */
export function OpenRoom({ roomId, messageId, line, ways }: OpenRoomProps) {
  const details = useDetails(line?.room.kind === 'group')
  // A room that was in my list and is no more: I left it, or was removed.
  const [seenId, setSeenId] = useState(line ? roomId : null)
  if (line && seenId !== roomId) setSeenId(roomId)
  const isGone = !line && seenId === roomId
  const status = useStatus(roomId, line)
  const isClearing = useIsClearing(roomId)
  const [listed, setListed] = useState(none)
  useShows(listed, null)
  const presence = usePresence()
  const here = useMemo<Here>(() => ({ of: presence, show: setListed }), [presence])
  const { isOpen, isDocked, toggle, close } = details
  const chrome = useMemo<RoomChrome>(
    () => ({ status, isDetailsOpen: isOpen, onDetails: toggle, onProfile: ways.profile }),
    [status, isOpen, toggle, ways],
  )
  if (isGone) {
    return (
      <Pane label={t('room.label')} centred>
        <NotFoundScreen chatsPath={paths.chats} level={1} />
      </Pane>
    )
  }
  return (
    <HereContext value={here}>
      <RoomChromeContext value={chrome}>
        <WithMarks key={roomId} roomId={roomId}>
          <div className={isClearing ? 'clearing' : 'clearing--not'}>
            <RoomPane key={roomId} roomId={roomId} messageId={messageId} line={line} chatsPath={paths.chats} />
          </div>
        </WithMarks>
        {line && isOpen && (
          <Suspense fallback={<Awaited />}>
            <RoomDetails key={roomId} line={line} ways={ways} isDocked={isDocked} onClose={close} />
          </Suspense>
        )}
      </RoomChromeContext>
    </HereContext>
  )
}

/** What the line under the room's name says, as far as others make it. */
function useStatus(roomId: RoomId, line: RoomLine | undefined): Status {
  const otherId = line?.other?.userId
  useShows(
    useMemo(() => (otherId ? [otherId] : none), [otherId]),
    // Of a room that is not mine nobody may know; asked for it, the server would not answer for the rest either.
    line ? roomId : null,
  )
  const presence = usePresence()
  const typing = useTyping(roomId)
  const online = useRoomOnline(roomId)
  const people = usePeople(typing.userIds, noPeople)
  return useMemo(() => {
    if (!line) return { state: 'none' }
    const names = typing.userIds.flatMap((userId) => people.get(userId)?.name ?? [])
    const text = typingText(line.room.kind, names, typing.count)
    const other = otherId === undefined ? undefined : presence.get(otherId)
    return foremost([
      ...(text === null ? [] : [{ state: 'typing' as const, text }]),
      ...(other?.state === 'online' ? [{ state: 'online' as const, text: t('chats.onlineNow') }] : []),
      ...(other?.state === 'offline' && other.lastSeenAt !== null
        ? [{ state: 'lastSeen' as const, at: other.lastSeenAt }]
        : []),
      { state: 'members', text: plain(line, online) },
    ])
  }, [line, otherId, presence, typing, people, online])
}

const noPeople: readonly never[] = []

function plain({ room, other }: RoomLine, online: number | null): string {
  if (other) return `@${other.username}`
  const members = t('room.members', { count: room.members })
  return online !== null && online > 1 ? t('chats.membersOnline', { members, count: online }) : members
}
