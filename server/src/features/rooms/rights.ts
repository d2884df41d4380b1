import type { Right, Role } from '@connectly/protocol'

/** What each role may. Rooms will override single rights; nothing anywhere compares roles. */
const rights: Record<Role, readonly Right[]> = {
  owner: ['messages.send', 'rooms.addMember', 'rooms.removeMember', 'rooms.setRole', 'rooms.edit'],
  admin: ['messages.send', 'rooms.addMember', 'rooms.removeMember', 'rooms.edit'],
  member: ['messages.send'],
}

/** Whether a seat may do this. */
export const seatCan = (seat: { role: string }, right: Right): boolean => rights[seat.role as Role].includes(right)
