import type { RoomId } from '@connectly/protocol'
import { Suspense, useEffect } from 'react'
import { useShownProfile } from '../features/accounts/index.ts'
import { Notices } from './Notices.tsx'
import { useRenewals } from './renewal.ts'
import { late } from '../kernel/late.ts'
import { Awaited } from '../shell/Awaited.tsx'

const Profile = late(async () => (await import('./Profile.tsx')).Profile)
const LeavingNotice = late(async () => (await import('./LeavingNotice.tsx')).LeavingNotice, true)
const finder = () => import('./Finder.tsx')
const Finder = late(async () => (await finder()).Finder)
const ShortcutSheet = late(async () => (await finder()).ShortcutSheet)

/** When the palette is fetched though nobody asked for it yet, in ms: it opens at once then, and offline as well. */
const AHEAD = 2500

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
  useRenewals()
  useEffect(() => {
    const timer = setTimeout(() => void finder().catch(() => undefined), AHEAD)
    return () => clearTimeout(timer)
  }, [])
  return (
    <>
      <Notices openRoomId={roomId} />
      <Suspense fallback={null}>
        <LeavingNotice />
      </Suspense>
      <Suspense fallback={<Awaited />}>
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
