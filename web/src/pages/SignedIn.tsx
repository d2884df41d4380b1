import { type ReactNode, useEffect, useState } from 'react'
import { Redirect, useLocation } from '../kernel/router.ts'
import { useDeliveries } from '../features/marks/index.ts'
import { listing } from '../features/rooms/index.ts'
import { slices } from '../features/slices.ts'
import { openClient, type Client } from '../kernel/client.ts'
import { storedMe, useSession } from '../kernel/session.ts'
import { ClientContext, useClient, useLine } from '../kernel/use-client.ts'
import { PageState } from '../shell/PageState.tsx'
import { KeptOut } from '../shell/KeptOut.tsx'
import { UpdateNeeded } from '../shell/UpdateNeeded.tsx'

/** Pages for who is signed in. Others sign in first, and come back to where they were going. */
export function SignedIn({ children }: { children: ReactNode }) {
  const { me } = useSession()
  const { pathname } = useLocation()
  const [client, setClient] = useState<Client | null>(null)
  useEffect(() => {
    if (!me) return
    let isLate = false
    let mine: Client | undefined
    void openClient(me, slices, listing).then((opened) => {
      if (isLate) return opened.stop()
      mine = opened
      setClient(opened)
    })
    return () => {
      isLate = true
      mine?.stop()
      setClient(null)
    }
  }, [me])
  if (!me)
    return (
      <Redirect
        to={`/sign-in?${new URLSearchParams({ ...(storedMe() && { ended: '' }), ...(pathname !== '/' && { next: pathname }) }).toString()}`}
        replace
      />
    )
  if (!client || client.me !== me) return null
  return (
    <ClientContext value={client}>
      <Watch>{children}</Watch>
    </ClientContext>
  )
}

/** What the server says about the session and the version, whatever page is open. */
function Watch({ children }: { children: ReactNode }) {
  const session = useSession()
  const line = useLine()
  const { state } = line
  const client = useClient()
  const isOver = state === 'signedOut'
  useDeliveries()
  useEffect(() => {
    if (!isOver) return
    void client.replica.keep().finally(session.lapse)
  }, [isOver, client, session])
  if (state === 'outdated') {
    return (
      <PageState>
        <UpdateNeeded onReload={() => location.reload()} />
      </PageState>
    )
  }
  if (line.state === 'banned') {
    return (
      <PageState>
        <KeptOut until={line.until} />
      </PageState>
    )
  }
  return children
}
