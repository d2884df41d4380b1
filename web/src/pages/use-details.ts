import { useCallback, useState } from 'react'
import { useLocation, useNavigate, useSearchParams } from '../kernel/router.ts'
import { useWide } from '../ui/useWide.ts'

export type Details = { isOpen: boolean; isDocked: boolean; open: () => void; close: () => void; toggle: () => void }

/**
 * Whether a room's details are open. From 1280 px on they stand beside the room and stay from room to room; below, they
 * lie over it, are part of the address, and the way back closes them. From 1680 px on groups have them open.
 */
export function useDetails(isGroup: boolean): Details {
  const isDocked = useWide(1280)
  const isWide = useWide(1680)
  const [chosen, setChosen] = useState<boolean | null>(null)
  const [search, setSearch] = useSearchParams()
  const navigate = useNavigate()
  const cameFrom = useLocation().state as { fromRoom?: true } | null
  const isOpen = isDocked ? (chosen ?? (isWide && isGroup)) : search.has('details')

  const open = useCallback(() => {
    if (isDocked) return setChosen(true)
    setSearch(
      (now) => {
        now.set('details', '')
        return now
      },
      { state: { fromRoom: true } },
    )
  }, [isDocked, setSearch])
  const close = useCallback(() => {
    if (isDocked) return setChosen(false)
    if (cameFrom?.fromRoom) return navigate(-1)
    setSearch(
      (now) => {
        now.delete('details')
        return now
      },
      { replace: true },
    )
  }, [isDocked, cameFrom, navigate, setSearch])
  return { isOpen, isDocked, open, close, toggle: isOpen ? close : open }
}
