import {
  addMember,
  handOver,
  leaveRoom,
  MAX_MEMBERS,
  memberRemoved,
  removeMember,
  roleChanged,
  roomJoined,
  roomLeft,
  roomPlace,
  setRole,
  userPlace,
} from '@connectly/protocol'
import type { Role, Room, RoomId, Seat, UserId } from '@connectly/protocol'
import { happened, type Context, type Happened } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { must, patch, remove, type Numbered, type Write } from '../../store/store.ts'
import { hidesOnJoining, hidesOnLeaving } from './hides.ts'
import { freshLine } from './line.ts'
import { ownSeat, requireContacts, requireMember, requireRoom } from './require.ts'
import { isOwners, outranks } from './rights.ts'
import { roomTable, seatTable, type RoomRow, type SeatRow } from './rooms.tables.ts'
import { taking } from './seating.ts'
import { shownRoom, shownSeat } from './shown.ts'

export const memberHandles = [
  handle(addMember, async (ctx, { roomId, userId }) => {
    const already = await ctx.store.get(seatTable, { roomId, userId })
    if (already) return shownSeat(already)
    const { room } = await requireRoom(ctx, roomId)
    const [person] = await requireContacts(ctx, [userId])
    if (!person) return refuse('NotAContact')
    const { hides, writes } = await hidesOnJoining(ctx, roomId, userId)
    const [place, list] = [roomPlace(roomId), userPlace(userId)]
    return ctx.record([place, list], (next) => {
      const n = next(place)
      const grown: Room = { ...shownRoom(room), members: room.members + 1, rev: n.seq }
      const { write, event, seat } = taking({ person, role: 'member', room: grown, hides, fromSeq: n.seq }, n, ctx.me)
      return {
        writes: [
          write,
          ...writes,
          patch(
            roomTable,
            { roomId },
            { add: { members: 1 }, only: { members: { lt: MAX_MEMBERS } }, else: 'RoomFull', set: { rev: n.seq } },
          ),
        ],
        events: [happened(roomJoined, next(list), { roomId, line: freshLine(grown, null, n.seq) }), event],
        result: seat,
      }
    })
  }),

  handle(removeMember, async (ctx, { roomId, userId }) => {
    if (userId === ctx.me) refuse('NotAllowed')
    const { room, seat: mine } = await requireRoom(ctx, roomId)
    const theirs = await requireMember(ctx, roomId, userId)
    if (!outranks(mine, theirs)) refuse('NotAllowed')
    await goes(ctx, room, theirs, null)
    return {}
  }),

  handle(leaveRoom, async (ctx, { roomId, heirId }) => {
    const { room, seat } = await requireRoom(ctx, roomId)
    if (room.kind === 'direct') refuse('NotAllowed')
    const needsHeir = isOwners(seat) && room.owners === 1 && room.members > 1
    if (needsHeir && (!heirId || heirId === ctx.me)) refuse('LastOwner')
    await goes(ctx, room, seat, needsHeir && heirId ? await requireMember(ctx, roomId, heirId) : null)
    return {}
  }),

  handle(setRole, async (ctx, { roomId, userId, role }) => {
    const seat = await requireMember(ctx, roomId, userId)
    if (seat.role === role) return shownSeat(seat)
    return ctx.record([roomPlace(roomId)], (next) => {
      const changed = changing(ctx.me, seat, role, next(roomPlace(roomId)))
      return {
        writes: [changed.write, ...countOwners(roomId, changed.owners)],
        events: [changed.event],
        result: changed.seat,
      }
    })
  }),

  handle(handOver, async (ctx, { roomId, userId }) => {
    if (userId === ctx.me) refuse('NotAllowed')
    const heir = await requireMember(ctx, roomId, userId)
    const place = roomPlace(roomId)
    return ctx.record([place], (next) => {
      const raised = isOwners(heir) ? [] : [changing(ctx.me, heir, 'owner', next(place))]
      const both = [...raised, changing(ctx.me, ownSeat(ctx), 'admin', next(place))]
      const owners = both.reduce((sum, each) => sum + each.owners, 0)
      return {
        writes: [...both.map((each) => each.write), ...countOwners(roomId, owners)],
        events: both.map((each) => each.event),
        result: raised[0]?.seat ?? shownSeat(heir),
      }
    })
  }),
]

/** Somebody goes, by themselves or not; with the last owner, the heir becomes one first. The roles of both are guarded. */
async function goes(ctx: Context, room: RoomRow, seat: SeatRow, heir: SeatRow | null): Promise<void> {
  const { roomId, userId } = seat
  ctx.guard(must(roomTable, { roomId }, { owners: room.owners }))
  const writes = await hidesOnLeaving(ctx, seat)
  const [place, list] = [roomPlace(roomId), userPlace(userId)]
  const isLast = room.members === 1
  await ctx.record([place, list], (next) => {
    const raised = heir ? [changing(ctx.me, heir, 'owner', next(place))] : []
    const n = next(place)
    const owners = raised.length - (isOwners(seat) ? 1 : 0)
    const shrunk: Room = { ...shownRoom(room), members: room.members - 1, rev: n.seq }
    return {
      writes: [
        ...raised.map((each) => each.write),
        remove(seatTable, { roomId, userId }),
        ...writes,
        patch(roomTable, { roomId }, { add: { members: -1 }, set: { rev: n.seq } }),
        ...(isLast ? [] : countOwners(roomId, owners)),
      ],
      events: [
        ...raised.map((each) => each.event),
        happened(memberRemoved, n, { userId, room: shrunk, byId: ctx.me }),
        happened(roomLeft, next(list), { roomId }),
      ],
      result: null,
    }
  })
}

type Changing = { write: Write; event: Happened; seat: Seat; owners: number }

/** A seat gets another role; `owners` is by how many the group has more of them. */
function changing(byId: UserId, before: SeatRow, role: Role, n: Numbered): Changing {
  const { roomId, userId } = before
  const seat: Seat = { ...shownSeat(before), role, rev: n.seq }
  return {
    write: patch(seatTable, { roomId, userId }, { set: { role, rev: n.seq } }),
    event: happened(roleChanged, n, { seat, byId }),
    seat,
    owners: Number(isOwners(seat)) - Number(isOwners(before)),
  }
}

/** Counts a group's owners; the last one stays. */
function countOwners(roomId: RoomId, by: number): Write[] {
  if (by === 0) return []
  return [
    patch(
      roomTable,
      { roomId },
      { add: { owners: by }, ...(by < 0 && { only: { owners: { gt: 1 } }, else: 'LastOwner' as const }) },
    ),
  ]
}
