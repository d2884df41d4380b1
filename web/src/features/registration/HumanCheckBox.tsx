import { Suspense } from 'react'
import type { HumanCheck } from './use-human-check.ts'
import { late } from '../../kernel/late.ts'

const Sum = late(async () => (await import('./Sum.tsx')).Sum)
const Widget = late(async () => (await import('./Widget.tsx')).Widget)

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
