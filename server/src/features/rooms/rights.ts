import type { Right, Role } from '@connectly/protocol'

/** What each role may. Rooms will override single rights; nothing anywhere else compares roles. */
const rights: Record<Role, readonly Right[]> = {
  owner: [
    'messages.send',
    'messages.mentionAll',
    'messages.deleteAny',
    'rooms.addMember',
    'rooms.removeMember',
    'rooms.setRole',
    'rooms.edit',
  ],
  admin: [
    'messages.send',
    'messages.mentionAll',
    'messages.deleteAny',
    'rooms.addMember',
    'rooms.removeMember',
    'rooms.edit',
  ],
  member: ['messages.send'],
}

const rightsOf = (seat: { role: string }): readonly Right[] => rights[seat.role as Role]

/** Whether a seat may do this. */
export const seatCan = (seat: { role: string }, right: Right): boolean => rightsOf(seat).includes(right)

/** Whether a seat may all that another may, and more. */
export const outranks = (seat: { role: string }, other: { role: string }): boolean =>
  rightsOf(other).every((right) => seatCan(seat, right)) && rightsOf(seat).some((right) => !seatCan(other, right))

/** Whether a seat counts as one of its group's owners, of whom there is always one. */
export const isOwners = (seat: { role: string }): boolean => seat.role === 'owner'
