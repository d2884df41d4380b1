import { isAbove, rightsOf, type Right, type Seat } from '@connectly/protocol'

/** Whether a seat may do this, as far as this device knows. Without a seat, nothing. */
export const can = (seat: Pick<Seat, 'role'> | null | undefined, right: Right): boolean =>
  seat != null && rightsOf(seat.role).includes(right)

/** What one member may do with another. */
export type MemberAct = 'makeAdmin' | 'makeMember' | 'handOver' | 'remove'

/** What `me` may do with `them`: nobody touches themselves, and only those of a lower role are removed. */
export function actsOn(me: Seat | null, them: Seat): MemberAct[] {
  if (!me || me.userId === them.userId) return []
  const acts: MemberAct[] = []
  if (can(me, 'rooms.setRole')) {
    if (them.role === 'member') acts.push('makeAdmin')
    if (them.role === 'admin') acts.push('makeMember')
    if (them.role !== 'owner') acts.push('handOver')
  }
  if (can(me, 'rooms.removeMember') && isAbove(me.role, them.role)) acts.push('remove')
  return acts
}
