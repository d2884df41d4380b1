import type { ReactNode } from 'react'

/** A page that is nothing but a state: not found, update needed. */
export function PageState({ children }: { children: ReactNode }) {
  return <main className="page-state">{children}</main>
}
