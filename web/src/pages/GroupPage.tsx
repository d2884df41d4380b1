import '../theme/settings.css'
import '../theme/settings-controls.css'
import '../theme/chat-acts.css'
import '../theme/groups.css'
import type { RoomId, UserId } from '@connectly/protocol'
import { Suspense, useMemo, useState } from 'react'
import { useParams } from '../kernel/router.ts'
import { usePresence, useShows } from '../features/presence/index.ts'
import { can, HereContext, nameOfLine, type Here, type LinesState, type RoomState } from '../features/rooms/index.ts'
import { EditGroup, RoomActs } from '../features/rooms/index.tsx'
import { AskError } from '../kernel/ask-error.ts'
import { codeOf } from '../kernel/ErrorBoundary.tsx'
import { t } from '../kernel/i18n.ts'
import '../kernel/late-texts.ts'
import { slice, useLine, useMine, useRoom } from '../kernel/use-client.ts'
import { usePageTitle } from '../kernel/use-page-title.ts'
import { ErrorScreen } from '../shell/ErrorScreen.tsx'
import { NotFoundScreen } from '../shell/NotFoundScreen.tsx'
import { OfflineScreen } from '../shell/OfflineScreen.tsx'
import { Pane } from '../shell/Pane.tsx'
import { SkeletonRows } from '../ui/Skeleton.tsx'
import { Framed, paths, roomPath } from './frame.tsx'
import { useRoomWays } from './room-ways.ts'

const nobody: readonly UserId[] = []

/** A group's own page: what it is called, who is in it, and the ways out. For whoever has the right to change it. */
export function GroupPage() {
  const { roomId } = useParams() as { roomId: RoomId }
  const ways = useRoomWays()
  const lines = useMine<LinesState>('rooms')
  const line = lines?.lines[roomId]
  const [listed, setListed] = useState(nobody)
  useShows(listed, null)
  const presence = usePresence()
  const here = useMemo<Here>(() => ({ of: presence, show: setListed }), [presence])
  usePageTitle(line ? `${t('groups.editGroup')}, ${nameOfLine(line)}` : t('states.lostTitle'))
  return (
    <RoomActs ways={ways}>
      <HereContext value={here}>
        <Framed view="page" part="chats" list={null}>
          <Editing roomId={roomId} lines={lines} />
        </Framed>
      </HereContext>
    </RoomActs>
  )
}

function Editing({ roomId, lines }: { roomId: RoomId; lines: LinesState | null }) {
  const { held, error, retry } = useRoom(roomId)
  const { state } = useLine()
  const line = lines?.lines[roomId]
  const seat = slice<RoomState>(held, 'rooms')?.me
  const isLost = error instanceof AskError && error.code === 'NotFound'
  // Who may not change a group finds nothing here, as if it did not exist.
  const isClosed = held !== null && (!line || line.room.kind !== 'group' || !can(seat, 'rooms.edit'))
  if (isLost || isClosed) {
    return (
      <Pane label={t('groups.editGroup')} centred>
        <NotFoundScreen chatsPath={paths.chats} level={1} />
      </Pane>
    )
  }
  if (held && line) {
    return (
      <Suspense fallback={<Waiting />}>
        <EditGroup line={line} backPath={roomPath(roomId)} />
      </Suspense>
    )
  }
  if (error) {
    return (
      <Pane label={t('groups.editGroup')} centred>
        <ErrorScreen
          code={error instanceof AskError && error.requestId ? codeOf(error.requestId) : codeOf(error)}
          onRetry={retry}
          level={1}
        />
      </Pane>
    )
  }
  if (state === 'offline') {
    return (
      <Pane label={t('groups.editGroup')} centred>
        <OfflineScreen level={1} />
      </Pane>
    )
  }
  return <Waiting />
}

function Waiting() {
  return (
    <section className="pane" aria-label={t('groups.editGroup')}>
      <div className="page">
        <div className="page__in">
          <SkeletonRows label={t('groups.loadingGroup')} />
        </div>
      </div>
    </section>
  )
}
