import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useParams as useRouteParams, useSearch } from 'wouter'
import { navigate as go, usePathname } from 'wouter/use-browser-location'

/* Where the page is and how to get elsewhere: the one place that knows which router it is. */

export { Link, Redirect, Route, Switch } from 'wouter'

/** Where to: a path with or without a search, a search alone, or so many steps back. */
type To = string | { search: string } | number
/** `replace` leaves no step back to where one was; `state` is kept with the new place in the browser's history. */
export type How = { replace?: boolean; state?: unknown }

/** Goes elsewhere. The same function always. */
export const useNavigate = (): typeof navigate => navigate

function navigate(to: To, how: How = {}): void {
  if (typeof to === 'number') history.go(to)
  else go(typeof to === 'string' ? to : `${location.pathname}${to.search}`, { state: null, ...how })
}

/** The path of the page, and what was kept with it when one came. */
export function useLocation(): { pathname: string; state: unknown } {
  const pathname = usePathname()
  const state: unknown = useSyncExternalStore(whenMoved, stateNow)
  return { pathname, state }
}

/** The parts of the path that the route names. */
export const useParams = (): Readonly<Record<string, string | undefined>> => useRouteParams()

type SetSearch = (next: SearchInit | ((now: URLSearchParams) => SearchInit), how?: How) => void
type SearchInit = URLSearchParams | Record<string, string>

/** What stands behind the question mark, and how to change it. */
export function useSearchParams(): [URLSearchParams, SetSearch] {
  const search = useSearch()
  const params = useMemo(() => new URLSearchParams(search), [search])
  const set = useCallback<SetSearch>((next, how) => {
    const now = new URLSearchParams(location.search)
    const text = new URLSearchParams(typeof next === 'function' ? next(now) : next).toString()
    navigate(text === '' ? location.pathname : { search: `?${text}` }, how)
  }, [])
  return [params, set]
}

const moves = ['popstate', 'pushState', 'replaceState']
const stateNow = (): unknown => history.state

function whenMoved(listener: () => void): () => void {
  for (const move of moves) addEventListener(move, listener)
  return () => {
    for (const move of moves) removeEventListener(move, listener)
  }
}
