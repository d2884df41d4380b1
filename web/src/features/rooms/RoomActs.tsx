import type { Person } from '@connectly/protocol'
import { Suspense, useCallback, useEffect, useState, type ReactNode } from 'react'
import { useLine, useMine } from '../../kernel/use-client.ts'
import { Awaited } from '../../shell/Awaited.tsx'
import type { ClearToastProps } from './ClearToast.tsx'
import { WantContext, type RoomWays, type Wanted } from './room-chrome.ts'
import type { LinesState } from './rooms.ts'
import { useClearing } from './use-clearing.tsx'
import { late } from '../../kernel/late.ts'

const parts = {
  menu: async () => (await import('./RoomMenu.tsx')).RoomMenu,
  memberMenu: async () => (await import('./MemberMenu.tsx')).MemberMenu,
  dialogs: async () => (await import('./RoomDialogs.tsx')).RoomDialogs,
  toast: async () => (await import('./ClearToast.tsx')).ClearToast,
  details: () => import('./RoomDetails.tsx'),
}
const RoomMenu = late(parts.menu)
const MemberMenu = late(parts.memberMenu)
const Dialogs = late(parts.dialogs)
const ClearToast = late(parts.toast)

/** When the first screen is long done, in ms: then the rest is had, so that it is there without a connection too. */
const LATER = 3000

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
  const lines = useMine<LinesState>('rooms')?.lines
  const isOpen = useLine().state === 'open'
  useEffect(() => {
    if (!isOpen) return
    const timer = setTimeout(() => {
      for (const load of Object.values(parts)) load().catch(() => undefined)
    }, LATER)
    return () => clearTimeout(timer)
  }, [isOpen])
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
  const now = wanted && withLine(wanted, lines)
  if (wanted && !now) setWanted(null)
  const toast: ClearToastProps | null = clearing.now && {
    line: clearing.now,
    onUndo: clearing.undo,
    onOver: clearing.over,
  }
  return (
    <WantContext value={want}>
      {children}
      <Suspense fallback={<Awaited />}>
        {now?.kind === 'menu' && (
          <RoomMenu {...now} ways={ways} canBlock={onBlock !== undefined} onWant={want} onClose={close} />
        )}
        {now?.kind === 'memberMenu' && <MemberMenu {...now} ways={ways} onWant={want} onClose={close} />}
        {now && now.kind !== 'menu' && now.kind !== 'memberMenu' && (
          <Dialogs wanted={now} ways={ways} onWant={want} onClear={clearing.begin} onClose={close} />
        )}
        {toast && <ClearToast key={toast.line.room.roomId} {...toast} />}
      </Suspense>
    </WantContext>
  )
}

/** What is wanted, of the room as it is now; nothing where the room is gone meanwhile. */
function withLine(wanted: Wanted, lines: LinesState['lines'] | undefined): Wanted | null {
  if (!('line' in wanted) || !lines) return wanted
  const line = lines[wanted.line.room.roomId]
  return line ? { ...wanted, line } : null
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
