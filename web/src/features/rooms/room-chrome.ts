import type { Member, Person, Presence, RoomId, RoomLine, Seat, UserId } from '@connectly/protocol'
import { createContext, useContext } from 'react'
import type { Status } from './status.ts'

/** What stands around an open room and is known above this storey: who is here, who types, whether the details are open. */
export type RoomChrome = {
  status: Status
  isDetailsOpen: boolean
  /** Opens and closes the details of the open room. */
  onDetails: () => void
  onProfile: (userId: UserId) => void
}

export const RoomChromeContext = createContext<RoomChrome | null>(null)
/** The open room's chrome; without one its header says the least. */
export const useRoomChrome = (): RoomChrome | null => useContext(RoomChromeContext)

/** Who of the people on the screen is here; a list says whom it shows, and hears of them. */
export type Here = {
  of: ReadonlyMap<UserId, Presence>
  show: (userIds: readonly UserId[]) => void
}
const nobody: Here = { of: new Map(), show: () => undefined }
export const HereContext = createContext<Here>(nobody)
export const useHere = (): Here => useContext(HereContext)

/** Where a menu opens: at a point, for the element that gets the focus back. `end` puts its end there. */
export type At = { from: HTMLElement; x: number; y: number; align?: 'end' }

/** Under a button, its end at the button's end. */
export function under(from: HTMLElement): At {
  const box = from.getBoundingClientRect()
  const isRightToLeft = getComputedStyle(from).direction === 'rtl'
  return { from, x: isRightToLeft ? box.left : box.right, y: box.bottom + 6, align: 'end' }
}

/** What may be asked for with a chat or somebody in it. Menus and dialogs answer it. */
export type Wanted =
  | { kind: 'menu'; line: RoomLine; at: At }
  | { kind: 'memberMenu'; line: RoomLine; me: Seat | null; member: Member; at: At }
  | { kind: 'mute' | 'clear' | 'leave' | 'add' | 'heir'; line: RoomLine }
  | { kind: 'remove' | 'handOver'; line: RoomLine; member: Member }
  | { kind: 'newGroup' }
  | { kind: 'block'; person: Person }

/** Asks for a menu or a dialog. */
export type Want = (wanted: Wanted) => void
export const WantContext = createContext<Want | null>(null)
/** How to ask for a menu or a dialog; `null` where nothing would answer. */
export const useWant = (): Want | null => useContext(WantContext)

/** Where one goes from here. */
export type RoomWays = {
  chats: () => void
  room: (roomId: RoomId) => void
  edit: (roomId: RoomId) => void
  profile: (userId: UserId) => void
}
