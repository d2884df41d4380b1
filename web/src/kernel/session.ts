import type { UserId } from '@connectly/protocol'
import { createContext, useContext } from 'react'

/** Who is signed in on this device. The proof is the cookie, which no script can read; this only says whose data to show. */
export type Session = {
  me: UserId | null
  begin: (me: UserId) => void
  /** Signs out, and leaves nothing on the device: `wipe` takes what the client kept. */
  end: (wipe: () => Promise<void>) => Promise<void>
  /** The server says that the session has ended: sign in again, keeping what is on the device. */
  lapse: () => void
}

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('no session here')
  return session
}

const KEY = 'connectly.me'

export const storedMe = (): UserId | null => read(KEY) as UserId | null
export const storeMe = (me: UserId | null): void => write(KEY, me)

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** A browser that keeps nothing still works, until its page is closed. */
function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Nothing to be done, and nothing is lost.
  }
}
