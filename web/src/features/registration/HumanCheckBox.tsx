import { lazy, Suspense } from 'react'
import type { HumanCheck } from './use-human-check.ts'

const Sum = lazy(async () => ({ default: (await import('./Sum.tsx')).Sum }))
const Widget = lazy(async () => ({ default: (await import('./Widget.tsx')).Widget }))

/** Where a form shows its human check: how far the sum is, or a service's box. Nothing where none is wanted. */
export function HumanCheckBox({ check }: { check: HumanCheck }) {
  const { kind, siteKey, work, turn, setToken } = check
  if (kind === 'none') return null
  return (
    <Suspense fallback={null}>
      {kind === 'work' ? (
        work && <Sum state={work.state} />
      ) : (
        <Widget key={turn} kind={kind} siteKey={siteKey} onToken={setToken} />
      )}
    </Suspense>
  )
}
