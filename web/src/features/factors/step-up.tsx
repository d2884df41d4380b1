import type { StepUp } from '@connectly/protocol'
import { createContext, type ReactNode, Suspense, useCallback, useContext, useRef, useState } from 'react'
import type { Client } from '../../kernel/client.ts'
import { useClient } from '../../kernel/use-client.ts'
import { codeOf } from '../accounts/index.ts'
import { late } from '../../kernel/late.ts'
import { Awaited } from '../../shell/Awaited.tsx'

const StepUpDialog = /* @__PURE__ */ late(async () => (await import('./StepUpDialog.tsx')).StepUpDialog)

/** Runs what needs a step-up, and gives its answer; nothing where the person did not show who they are. */
export type WithStepUp = <T>(run: (stepUp: string) => Promise<T>) => Promise<T | undefined>

/** What was shown, by client: it goes with the page, and with whoever signs out. Never kept in the browser's storage. */
const shown = /* @__PURE__ */ new WeakMap<Client, StepUp>()
const Asking = /* @__PURE__ */ createContext<WithStepUp | null>(null)

/** Asks who one is before a dangerous act; once for fifteen minutes of them. */
export function useStepUp(): {
  withStepUp: WithStepUp
  forgetStepUp: () => void
} {
  const client = useClient()
  const withStepUp = useContext(Asking)
  if (!withStepUp) throw new Error('nothing here asks for a step-up')
  const forgetStepUp = useCallback(() => void shown.delete(client), [client])
  return { withStepUp, forgetStepUp }
}

/** The one dialog that asks, for all that is below. */
export function StepUps({ onSignOut, children }: { onSignOut: () => void; children: ReactNode }) {
  const client = useClient()
  const [isOpen, setOpen] = useState(false)
  const settle = useRef<(stepUp: StepUp | null) => void>(undefined)
  const close = (stepUp: StepUp | null) => {
    setOpen(false)
    settle.current?.(stepUp)
  }
  const withStepUp = useCallback<WithStepUp>(
    async (run) => {
      const kept = shown.get(client)
      if (kept && kept.until > Date.now()) {
        try {
          return await run(kept.stepUp)
        } catch (error) {
          // It ran out by the server's clock, or counts for less than this act takes.
          if (codeOf(error) !== 'StepUpNeeded') throw error
        }
      }
      shown.delete(client)
      settle.current?.(null)
      const fresh = await new Promise<StepUp | null>((resolve) => {
        settle.current = resolve
        setOpen(true)
      })
      if (!fresh) return undefined
      shown.set(client, fresh)
      return run(fresh.stepUp)
    },
    [client],
  )
  return (
    <Asking value={withStepUp}>
      {children}
      <Suspense fallback={<Awaited />}>
        {isOpen && <StepUpDialog onShown={close} onClose={() => close(null)} onSignOut={onSignOut} />}
      </Suspense>
    </Asking>
  )
}
