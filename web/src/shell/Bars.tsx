import type { ReactNode } from 'react'

/** What lies under a room's header, over its messages: a banner. */
export function Bars({ children }: { children: ReactNode }) {
  return <div className="bars">{children}</div>
}
