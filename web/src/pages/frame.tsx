import type { UserId } from '@connectly/protocol'
import { useEffect, useState, type ReactNode } from 'react'
import { useMine } from '../kernel/use-client.ts'
import { storedTheme, storeTheme } from '../kernel/session.ts'
import type { Myself } from '../features/accounts/index.ts'
import type { RequestsState } from '../features/requests/index.ts'
import { AppFrame, type Part, type View } from '../shell/AppFrame.tsx'
import type { Theme } from '../shell/YouMenu.tsx'
import { useSignOut } from './sign-out.tsx'

export const paths = { chats: '/', requests: '/requests', you: '/you' } as const
/** What comes along to the page of a request that was just made: by then the other may have made it a chat. */
export type Asked = { userId: UserId }

export const roomPath = (roomId: string): string => `/r/${roomId}`

/** The frame of every signed-in page. */
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
  const waiting = requests?.received.filter((request) => request.state === 'pending').length ?? 0
  return (
    <AppFrame
      view={view}
      part={part}
      me={me}
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
  )
}

const nobody = { userId: '', name: '', username: '' }

export const useMe = () => useMine<Myself>('accounts')?.me ?? nobody

/** Light, dark, or as the system has it; kept on the device. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const stored = storedTheme()
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  })
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    storeTheme(theme === 'system' ? null : theme)
  }, [theme])
  return [theme, setTheme]
}
