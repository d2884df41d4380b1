import type { RoomId } from '@connectly/protocol'
import { lazy, Suspense, useState } from 'react'
import { useLocation, useNavigate } from '../kernel/router.ts'
import { useShownProfile } from '../features/accounts/index.ts'
import { useMarkAllRead } from '../features/marks/index.ts'
import { isUnread, type LinesState } from '../features/rooms/index.ts'
import { useMine } from '../kernel/use-client.ts'
import { Notices } from './Notices.tsx'
import { paths, roomPath } from './paths.ts'
import { useKeys } from './use-keys.ts'

const Profile = lazy(async () => ({ default: (await import('./Profile.tsx')).Profile }))
const Finder = lazy(async () => ({ default: (await import('./Finder.tsx')).Finder }))
const ShortcutSheet = lazy(async () => ({ default: (await import('./Finder.tsx')).ShortcutSheet }))

/** What opens over any page: a profile, the palette, the keys, and a card about news elsewhere. Loaded after the page. */
export function Over({ roomId, onSignOut }: { roomId: RoomId | undefined; onSignOut: () => void }) {
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
    onNewChat: () => navigate(`${roomId ? pathname : paths.chats}?new`),
    onRoom: (id) => navigate(roomPath(id)),
    onReadAll: () => readAll(Object.values(lines ?? {}).filter(isUnread)),
  })
  return (
    <>
      <Notices openRoomId={roomId} />
      <Suspense fallback={null}>
        {profile.userId && (
          <Profile key={profile.userId} userId={profile.userId} roomId={roomId} onClose={profile.close} />
        )}
        {open === 'palette' && (
          <Finder onShortcuts={() => setOpen('shortcuts')} onSignOut={onSignOut} onClose={close} />
        )}
        {open === 'shortcuts' && <ShortcutSheet onClose={close} />}
      </Suspense>
    </>
  )
}
