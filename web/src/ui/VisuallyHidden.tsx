import type { ReactNode } from 'react'

/** There for readers, not for eyes. */
export function VisuallyHidden({ children }: { children: ReactNode }) {
  return <span className="sr">{children}</span>
}
