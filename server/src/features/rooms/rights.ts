import { isAbove, rightsOf, type Right, type Role } from '@connectly/protocol'

/** Whether a seat may do this. */
export const seatCan = (seat: { role: string }, right: Right): boolean => rightsOf(seat.role as Role).includes(right)

/** Whether a seat may all that another may, and more. */
export const outranks = (seat: { role: string }, other: { role: string }): boolean =>
  isAbove(seat.role as Role, other.role as Role)

/** Whether a seat counts as one of its group's owners, of whom there is always one. */
export const isOwners = (seat: { role: string }): boolean => seat.role === 'owner'
