import type { RoomId } from '@connectly/protocol'
import { Suspense, useState, type ReactNode } from 'react'
import { useLocation, useNavigate, useParams } from '../kernel/router.ts'
import type { Myself } from '../features/accounts/index.ts'
import { useMarkAllRead } from '../features/marks/index.ts'
import type { RequestsState } from '../features/requests/index.ts'
import { isUnread, type LinesState } from '../features/rooms/index.ts'
import { setPref, usePref } from '../kernel/prefs.ts'
import { useMine } from '../kernel/use-client.ts'
import { AppFrame, type Part, type View } from '../shell/AppFrame.tsx'
import type { Theme } from '../shell/YouMenu.tsx'
import type { Opened } from './Over.tsx'
import { paths } from './paths.ts'
import { useSignOut } from './sign-out.tsx'
import { useGoToRoom } from './use-go-to-room.ts'
import { useKeys } from './use-keys.ts'
import { useUnreadTitle } from './use-unread-title.ts'
import { late } from '../kernel/late.ts'

const Over = late(async () => (await import('./Over.tsx')).Over, true)

export { paths, roomPath } from './paths.ts'

/** The frame of every signed-in page, and what may open over any of them. */
export function Framed({
  view,
  part,
  list,
  children,
}: {
  view: View
  part: Part
  list: ReactNode
  children: ReactNode
}) {
  const me = useMe()
  const requests = useMine<RequestsState>('requests')
  const [theme, setTheme] = useTheme()
  const signOut = useSignOut()
  const { roomId } = useParams() as { roomId?: RoomId }
  const waiting = requests?.received.filter((request) => request.state === 'pending').length ?? 0
  const wanting = useUnreadTitle()
  const [opened, setOpened] = useOpenedByKey(roomId)
  return (
    <>
      <AppFrame
        view={view}
        part={part}
        me={me}
        chatCount={wanting}
        requestCount={waiting}
        theme={theme}
        onTheme={setTheme}
        onSignOut={signOut.ask}
        paths={paths}
        list={list}
      >
        {children}
        {signOut.dialog}
      </AppFrame>
      <Suspense fallback={null}>
        <Over roomId={roomId} opened={opened} onOpen={setOpened} onSignOut={signOut.ask} />
      </Suspense>
    </>
  )
}

/** The app's keys; what they open is drawn by `Over`. */
function useOpenedByKey(roomId: RoomId | undefined): [Opened, (opened: Opened) => void] {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const goToRoom = useGoToRoom()
  const readAll = useMarkAllRead()
  const lines = useMine<LinesState>('rooms')?.lines
  const [opened, setOpened] = useState<Opened>(null)
  useKeys({
    openRoomId: roomId,
    onPalette: () => setOpened('palette'),
    onShortcuts: () => setOpened('shortcuts'),
    onNewChat: () => navigate(`${roomId ? pathname : paths.chats}?new`),
    onRoom: goToRoom,
    onReadAll: () => readAll(Object.values(lines ?? {}).filter(isUnread)),
  })
  return [opened, setOpened]
}

const nobody = { userId: '', name: '', username: '' }

export const useMe = () => useMine<Myself>('accounts')?.me ?? nobody

/** Light, dark, or as the system has it; kept on the device. */
function useTheme(): [Theme, (theme: Theme) => void] {
  return [usePref('theme'), (theme) => setPref('theme', theme)]
}
