import { useState } from 'react'

/**
 * What stands behind the `#` of this page's address, taken out of it at once: it opens an account, so it stays in no history
 * and on no screen. Null where there is none.
 */
export function useToken(): string | null {
  const [token] = useState(takeToken)
  return token
}

let taken: { path: string; token: string } | null = null

function takeToken(): string | null {
  const token = location.hash.slice(1)
  if (token) {
    taken = { path: location.pathname, token }
    history.replaceState(history.state, '', location.pathname + location.search)
  }
  // Drawn anew, the page still has it.
  return taken?.path === location.pathname ? taken.token : null
}
