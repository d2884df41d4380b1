import { useEffect } from 'react'

/** The page's title: what it is, then whose. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Connectly` : 'Connectly'
  }, [title])
}
