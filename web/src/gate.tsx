import type { UserId } from '@connectly/protocol'
import { signOut } from '@connectly/protocol'
import { type ReactNode, useMemo, useState } from 'react'
import { Redirect, useSearchParams } from './kernel/router.ts'
import { askByHttp } from './kernel/http.ts'
import { SessionContext, storedMe, storeMe, useSession, type Session } from './kernel/session.ts'

/** Knows who is signed in on this device. */
export function SessionGate({ children }: { children: ReactNode }) {
  const [me, setMe] = useState<UserId | null>(storedMe)
  const session = useMemo<Session>(
    () => ({
      me,
      begin: (userId) => {
        const before = storedMe()
        if (before && before !== userId) {
          void import('./kernel/storage.ts').then((storage) => storage.wipeStorage(before))
          void dropDraftsOf(before)
        }
        storeMe(userId)
        setMe(userId)
      },
      end: async (wipe) => {
        await askByHttp(signOut, {}).catch(unlessSignedOut)
        await wipe()
        sessionStorage.clear()
        storeMe(null)
        setMe(null)
      },
      lapse: () => setMe(null),
    }),
    [me],
  )
  return <SessionContext value={session}>{children}</SessionContext>
}

/** What they were writing goes with them. */
async function dropDraftsOf(userId: UserId): Promise<void> {
  const { dropDrafts } = await import('./features/messages/index.ts')
  dropDrafts(userId)
}

/** Signing out of a session that is over already is signing out. */
function unlessSignedOut(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'SignedOut')) throw error
}

/** Pages for coming in; who is in already goes on. */
export function SignedOut({ children }: { children: ReactNode }) {
  const { me } = useSession()
  const [search] = useSearchParams()
  const next = search.get('next') ?? '/'
  return me ? <Redirect to={/^\/(?![/\\])/.test(next) ? next : '/'} replace /> : children
}
