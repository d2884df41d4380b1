import type { Member, Role, Room } from '@connectly/protocol'
import { t } from '../../kernel/i18n.ts'
import '../../kernel/late-texts.ts'
import type { RoomState } from './rooms.ts'

const rank: Record<Role, number> = { owner: 0, admin: 1, member: 2 }

/** Owners and admins first, else in the order they came. */
export const byRole = (members: readonly Member[]): Member[] =>
  members.toSorted((a, b) => rank[a.seat.role] - rank[b.seat.role] || a.seat.joinedAt - b.seat.joinedAt)

const names = { owner: 'groups.owner', admin: 'groups.admin', member: 'groups.member' } as const
/** What a role is called. */
export const roleName = (role: Role): string => t(names[role])

/** The first members, which are kept live, then those that were paged in; each person once, by their newest seat. */
export function joinMembers(first: readonly Member[], more: readonly Member[]): Member[] {
  const all = new Map<string, Member>()
  for (const member of [...first, ...more]) {
    const known = all.get(member.seat.userId)
    if (!known || known.seat.rev < member.seat.rev) all.set(member.seat.userId, member)
  }
  return [...all.values()]
}

/** Whether more members are to be had than are shown. */
export const hasMore = (room: Room | null, shown: readonly Member[]): boolean =>
  room !== null && shown.length < room.members

/** Whether I own the group alone, as far as all of its members are known here, and somebody else is there. */
export function needsHeir({ me, members }: Pick<RoomState, 'me' | 'members'>, count: number): boolean {
  if (me?.role !== 'owner' || count < 2 || members.length < count) return false
  return !members.some(({ seat }) => seat.role === 'owner' && seat.userId !== me.userId)
}
