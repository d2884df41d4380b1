import type { RoomId } from '@connectly/protocol'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import { type Myself, useShownProfile } from '../features/accounts/index.ts'
import { useMarkAllRead } from '../features/marks/index.ts'
import type { RequestsState } from '../features/requests/index.ts'
import { isUnread, type LinesState } from '../features/rooms/index.ts'
import { setPref, usePref } from '../kernel/prefs.ts'
import { useMine } from '../kernel/use-client.ts'
import { AppFrame, type Part, type View } from '../shell/AppFrame.tsx'
import type { Theme } from '../shell/YouMenu.tsx'
import { Notices } from './Notices.tsx'
import { paths, roomPath } from './paths.ts'
import { useSignOut } from './sign-out.tsx'
import { useKeys } from './use-keys.ts'
import { useUnreadTitle } from './use-unread-title.ts'

const Profile = lazy(async () => ({ default: (await import('./Profile.tsx')).Profile }))
const Finder = lazy(async () => ({ default: (await import('./Finder.tsx')).Finder }))
const ShortcutSheet = lazy(async () => ({ default: (await import('./Finder.tsx')).ShortcutSheet }))

export { paths, roomPath, type Asked } from './paths.ts'

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
      <Notices openRoomId={roomId} />
      <Over roomId={roomId} onSignOut={signOut.ask} />
    </>
  )
}

/** What opens over any page: a profile, the palette, the keys. */
function Over({ roomId, onSignOut }: { roomId: RoomId | undefined; onSignOut: () => void }) {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const profile = useShownProfile()
  const readAll = useMarkAllRead()
  const lines = useMine<LinesState>('rooms')?.lines
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null)
  const close = () => setOpen(null)
  useKeys({
    openRoomId: roomId,
    onPalette: () => setOpen('palette'),
    onShortcuts: () => setOpen('shortcuts'),
    onNewChat: () => void navigate(`${roomId ? pathname : paths.chats}?new`),
    onRoom: (id) => void navigate(roomPath(id)),
    onReadAll: () => readAll(Object.values(lines ?? {}).filter(isUnread)),
  })
  return (
    <Suspense fallback={null}>
      {profile.userId && (
        <Profile key={profile.userId} userId={profile.userId} roomId={roomId} onClose={profile.close} />
      )}
      {open === 'palette' && <Finder onShortcuts={() => setOpen('shortcuts')} onSignOut={onSignOut} onClose={close} />}
      {open === 'shortcuts' && <ShortcutSheet onClose={close} />}
    </Suspense>
  )
}

const nobody = { userId: '', name: '', username: '' }

export const useMe = () => useMine<Myself>('accounts')?.me ?? nobody

/** Light, dark, or as the system has it; kept on the device. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [usePref('theme'), (theme) => setPref('theme', theme)]
}
