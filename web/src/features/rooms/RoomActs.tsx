import type { Person } from '@connectly/protocol'
import { lazy, Suspense, useCallback, useState, type ReactNode } from 'react'
import type { ClearToastProps } from './ClearToast.tsx'
import { WantContext, type RoomWays, type Wanted } from './room-chrome.ts'
import { useClearing } from './use-clearing.tsx'

const Menus = {
  room: lazy(async () => ({ default: (await import('./RoomMenu.tsx')).RoomMenu })),
  member: lazy(async () => ({ default: (await import('./MemberMenu.tsx')).MemberMenu })),
}
const Dialogs = lazy(async () => ({ default: (await import('./RoomDialogs.tsx')).RoomDialogs }))
const ClearToast = lazy(async () => ({ default: (await import('./ClearToast.tsx')).ClearToast }))

export type RoomActsProps = {
  ways: RoomWays
  /** Blocking belongs to another feature; without it, it is not offered. */
  onBlock?: ((person: Person) => void) | undefined
  children: ReactNode
}

/** Answers what is asked for with chats: their menus and dialogs, each loaded when it is first wanted. */
export function RoomActs({ ways, onBlock, children }: RoomActsProps) {
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const clearing = useClearing()
  const want = useCallback(
    (next: Wanted) => {
      if (next.kind === 'block') onBlock?.(next.person)
      else setWanted(next)
    },
    [onBlock],
  )
  const close = useCallback(() => {
    setWanted(null)
    requestAnimationFrame(findFocus)
  }, [])
  const toast: ClearToastProps | null = clearing.now && {
    line: clearing.now,
    onUndo: clearing.undo,
    onOver: clearing.over,
  }
  return (
    <WantContext value={want}>
      {children}
      <Suspense fallback={null}>
        {wanted?.kind === 'menu' && (
          <Menus.room
            key={wanted.line.room.roomId}
            line={wanted.line}
            at={wanted.at}
            ways={ways}
            canBlock={onBlock !== undefined}
            onWant={want}
            onClose={close}
          />
        )}
        {wanted?.kind === 'memberMenu' && <Menus.member {...wanted} ways={ways} onWant={want} onClose={close} />}
        {wanted && wanted.kind !== 'menu' && wanted.kind !== 'memberMenu' && (
          <Dialogs wanted={wanted} ways={ways} onWant={want} onClear={clearing.begin} onClose={close} />
        )}
        {toast && <ClearToast key={toast.line.room.roomId} {...toast} />}
      </Suspense>
    </WantContext>
  )
}

/** What had the focus may be gone with what was done: then it goes to what is nearest, and is never lost. */
function findFocus(): void {
  if (document.activeElement !== document.body) return
  const near = ['.details .d__x', '.page a', '.head__open', '.list .search input']
  for (const selector of near) {
    const element = document.querySelector<HTMLElement>(selector)
    if (element?.checkVisibility()) return element.focus({ preventScroll: true })
  }
}
