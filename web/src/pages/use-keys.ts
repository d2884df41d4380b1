import type { RoomId } from '@connectly/protocol'
import { useEffect, useRef } from 'react'
import { inOrder, isUnread, type LinesState } from '../features/rooms/index.ts'
import { useClient } from '../kernel/use-client.ts'
import { actOf, neighbour, type KeyAct } from '../shell/keys.ts'

export type KeyActs = {
  openRoomId: RoomId | undefined
  onPalette: () => void
  onShortcuts: () => void
  onNewChat: () => void
  onRoom: (roomId: RoomId) => void
  onReadAll: () => void
}

/** The app's own keys, on every page. Esc is not among them: what lies on top closes itself. */
export function useKeys(acts: KeyActs): void {
  const { replica } = useClient()
  const latest = useRef(acts)
  useEffect(() => {
    latest.current = acts
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const act = actOf(event, placeOf(event))
      if (!act) return
      event.preventDefault()
      event.stopPropagation()
      perform(act, latest.current, () => {
        const lines = (replica.mine.get()?.slices['rooms'] as LinesState | undefined)?.lines ?? {}
        return inOrder(Object.values(lines))
      })
    }
    // Before the page's own parts hear it, some of which know the same keys.
    addEventListener('keydown', hear, { capture: true })
    return () => removeEventListener('keydown', hear, { capture: true })
  }, [replica])
}

function perform(act: KeyAct, acts: KeyActs, lines: () => ReturnType<typeof inOrder>): void {
  switch (act) {
    case 'palette':
      return acts.onPalette()
    case 'shortcuts':
      return acts.onShortcuts()
    case 'newChat':
      return acts.onNewChat()
    case 'readAll':
      return acts.onReadAll()
    case 'previousRoom':
    case 'nextRoom':
    case 'previousUnread':
    case 'nextUnread': {
      const rooms = lines()
      const unread = new Set(rooms.filter(isUnread).map(({ room }) => room.roomId))
      const found = neighbour(
        rooms.map(({ room }) => room.roomId),
        acts.openRoomId,
        act.startsWith('next') ? 1 : -1,
        act.endsWith('Unread') ? (roomId) => unread.has(roomId) : undefined,
      )
      if (found) acts.onRoom(found)
    }
  }
}

function placeOf(event: KeyboardEvent) {
  const field = fieldOf(event.target)
  return {
    isCovered: document.querySelector('dialog[open], :popover-open') !== null,
    isField: field !== null,
    hasSelection:
      (field instanceof HTMLTextAreaElement && field.selectionStart !== field.selectionEnd) ||
      (field?.isContentEditable === true && getSelection()?.isCollapsed === false),
    isMac: /mac|iphone|ipad/i.test(navigator.userAgent),
  }
}

/** Where one writes, if the focus is there. */
function fieldOf(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof HTMLElement)) return null
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable)
    return target
  return target instanceof HTMLInputElement && !/^(checkbox|radio|range|button|submit)$/.test(target.type)
    ? target
    : null
}
