import type { RoomId } from '@connectly/protocol'
import { lazy, Suspense, type ReactNode } from 'react'
import { useParams } from '../kernel/router.ts'
import type { Myself } from '../features/accounts/index.ts'
import type { RequestsState } from '../features/requests/index.ts'
import { setPref, usePref } from '../kernel/prefs.ts'
import { useMine } from '../kernel/use-client.ts'
import { AppFrame, type Part, type View } from '../shell/AppFrame.tsx'
import type { Theme } from '../shell/YouMenu.tsx'
import { paths } from './paths.ts'
import { useSignOut } from './sign-out.tsx'
import { useUnreadTitle } from './use-unread-title.ts'

const Over = lazy(async () => ({ default: (await import('./Over.tsx')).Over }))

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
      <Suspense fallback={null}>
        <Over roomId={roomId} onSignOut={signOut.ask} />
      </Suspense>
    </>
  )
}

const nobody = { userId: '', name: '', username: '' }

export const useMe = () => useMine<Myself>('accounts')?.me ?? nobody

/** Light, dark, or as the system has it; kept on the device. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [usePref('theme'), (theme) => setPref('theme', theme)]
}
