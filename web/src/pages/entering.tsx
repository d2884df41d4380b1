import type { SecondStep as Way, SignedIn, UserId } from '@connectly/protocol'
import { type ReactNode, Suspense, useState } from 'react'
import { storedMe, useSession } from '../kernel/session.ts'
import { late } from '../kernel/late.ts'

const SecondStep = late(async () => (await import('./SecondStepPart.tsx')).SecondStep)

export type Half = { ticket: string; offers: readonly Way[]; name?: string | undefined }

/** Whoever is let in begins here: what another had in this tab goes first. */
export function useBeginning(): (me: UserId) => void {
  const session = useSession()
  return (me) => {
    if (storedMe() !== me) sessionStorage.clear()
    session.begin(me)
  }
}

/** Signed in, or half way: then the second step is shown, in place of what led there. */
export function useEntering(onSpent: () => void, begin: (me: UserId) => void) {
  const [half, setHalf] = useState<Half | null>(null)
  const enter = (answer: SignedIn, name?: string) => {
    if (answer.person) begin(answer.person.userId)
    else if (answer.second) setHalf({ ...answer.second, name })
  }
  const step: ReactNode = half && (
    <Suspense fallback={null}>
      <SecondStep
        ticket={half.ticket}
        offers={half.offers}
        name={half.name}
        onDone={(person) => begin(person.userId)}
        onBack={(isSpent) => {
          setHalf(null)
          if (isSpent) onSpent()
        }}
      />
    </Suspense>
  )
  return { enter, step }
}
