import type { UserId } from '@connectly/protocol'
import { useCallback } from 'react'
import { useLocation, useNavigate, useSearchParams } from '../../kernel/router.ts'

const PROFILE = 'profile'
/** Set where a profile was opened from within: closing it is going back then. */
type Opened = { profileOpened: true }

/** Opens somebody's profile over whatever page is open; the rest of the address stays. */
export function useOpenProfile(): (userId: UserId) => void {
  const navigate = useNavigate()
  return useCallback(
    (userId) => {
      const search = new URLSearchParams(location.search)
      search.set(PROFILE, userId)
      navigate({ search: `?${search.toString()}` }, { state: { profileOpened: true } satisfies Opened })
    },
    [navigate],
  )
}

/** Whose profile the address shows, and how to close it. */
export function useShownProfile(): { userId: UserId | null; close: () => void } {
  const [search, setSearch] = useSearchParams()
  const navigate = useNavigate()
  const { state } = useLocation() as { state: Partial<Opened> | null }
  const close = () => {
    if (state?.profileOpened) return navigate(-1)
    search.delete(PROFILE)
    setSearch(search, { replace: true })
  }
  return { userId: search.get(PROFILE) as UserId | null, close }
}
