import type { RoomId } from '@connectly/protocol'
import { lazy, Suspense } from 'react'
import { useShownProfile } from '../features/accounts/index.ts'
import { Notices } from './Notices.tsx'

const Profile = lazy(async () => ({ default: (await import('./Profile.tsx')).Profile }))
const Finder = lazy(async () => ({ default: (await import('./Finder.tsx')).Finder }))
const ShortcutSheet = lazy(async () => ({ default: (await import('./Finder.tsx')).ShortcutSheet }))

/** What a key opens. */
export type Opened = 'palette' | 'shortcuts' | null

export type OverProps = {
  roomId: RoomId | undefined
  opened: Opened
  onOpen: (opened: Opened) => void
  onSignOut: () => void
}

/** What opens over any page: a profile, the palette, the keys, and a card about news elsewhere. Loaded after the page. */
export function Over({ roomId, opened, onOpen, onSignOut }: OverProps) {
  const profile = useShownProfile()
  const close = () => onOpen(null)
  return (
    <>
      <Notices openRoomId={roomId} />
      <Suspense fallback={null}>
        {profile.userId && (
          <Profile key={profile.userId} userId={profile.userId} roomId={roomId} onClose={profile.close} />
        )}
        {opened === 'palette' && (
          <Finder onShortcuts={() => onOpen('shortcuts')} onSignOut={onSignOut} onClose={close} />
        )}
        {opened === 'shortcuts' && <ShortcutSheet onClose={close} />}
      </Suspense>
    </>
  )
}
