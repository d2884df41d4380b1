import {
  addMember,
  createGroup,
  leaveRoom,
  listMembers,
  memberAdded,
  memberRemoved,
  MAX_MEMBERS,
  removeMember,
  editRoom,
  roleChanged,
  roomCreated,
  roomJoined,
  roomLeft,
  roomPlace,
  roomEdited,
  setRole,
  userPlace,
} from '@connectly/protocol'
import type { Person, Room, RoomId, Seat, UserId } from '@connectly/protocol'
import { happened, type Context, type Doing, type Happened, type Next } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, patch, remove, type Numbered, type Reader, type Write } from '../../store/store.ts'
import { findPerson, peopleOf } from '../accounts/index.ts'
import { seatCan } from './rights.ts'
import { freshSeat, roomTable, seatTable, type RoomRow, type SeatRow } from './rooms.tables.ts'
import { freshLine } from './line.ts'

export const roomHandles = [
  handle(createGroup, async (ctx, { name, about = '', tint = null, userIds }) => {
    const people = await requireContacts(ctx, userIds)
    const me = (await findPerson(ctx.store, ctx.me)) ?? refuse('NotFound')
    const opening = newRoom(ctx, { kind: 'group', name, about, tint, directKey: null }, [
      { person: me, role: 'owner' },
      ...people.map((person) => ({ person, role: 'member' as const })),
    ])
    return ctx.record(opening.places, (next) => opening.make(next))
  }),

  handle(editRoom, async (ctx, { roomId, ...given }) => {
    const { room } = await requireRoom(ctx, roomId)
    const { name = room.name, about = room.about, tint = room.tint } = given
    if (room.name === name && room.about === about && room.tint === tint) return shownRoom(room)
    return ctx.record([roomPlace(roomId)], (next) => {
      const n = next(roomPlace(roomId))
      const renamed: Room = { ...shownRoom(room), name, about, tint, rev: n.seq }
      return {
        writes: [patch(roomTable, { roomId }, { set: { name, about, tint, rev: n.seq } })],
        events: [happened(roomEdited, n, { room: renamed })],
        result: renamed,
      }
    })
  }),

  handle(addMember, async (ctx, { roomId, userId }) => {
    const already = await ctx.store.get(seatTable, { roomId, userId })
    if (already) return shownSeat(already)
    const { room } = await requireRoom(ctx, roomId)
    const [person] = await requireContacts(ctx, [userId])
    const [place, list] = [roomPlace(roomId), userPlace(userId)]
    return ctx.record([place, list], (next) => {
      const n = next(place)
      const grown: Room = { ...shownRoom(room), members: room.members + 1, rev: n.seq }
      const { writes, event, seat } = taking(person as Person, grown, 'member', n, n.seq, ctx.me)
      return {
        writes: [
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
    const { seat: mine } = await requireRoom(ctx, roomId)
    const theirs = (await ctx.store.get(seatTable, { roomId, userId })) ?? refuse('NotFound')
    if (seatCan(theirs, 'rooms.removeMember') && !seatCan(mine, 'rooms.setRole')) refuse('NotAllowed')
    await goes(ctx, roomId, theirs)
    return {}
  }),

  handle(leaveRoom, async (ctx, { roomId }) => {
    const { room, seat } = await requireRoom(ctx, roomId)
    if (room.kind === 'direct') refuse('NotAllowed')
    await goes(ctx, roomId, seat)
    return {}
  }),

  handle(setRole, async (ctx, { roomId, userId, role }) => {
    const seat = (await ctx.store.get(seatTable, { roomId, userId })) ?? refuse('NotFound')
    if (seat.role === role) return shownSeat(seat)
    ctx.guard(must(seatTable, { roomId, userId }, { role: seat.role }))
    const gains = role === 'owner' ? 1 : seat.role === 'owner' ? -1 : 0
    return ctx.record([roomPlace(roomId)], (next) => {
      const n = next(roomPlace(roomId))
      const changed: Seat = { ...shownSeat(seat), role, rev: n.seq }
      return {
        writes: [patch(seatTable, { roomId, userId }, { set: { role, rev: n.seq } }), ...countOwners(roomId, gains)],
        events: [happened(roleChanged, n, { seat: changed, byId: ctx.me })],
        result: changed,
      }
    })
  }),

  handle(listMembers, async (ctx, { roomId, after, limit = 50 }) => {
    const from = after && (await ctx.store.get(seatTable, { roomId, userId: after }))
    return membersOf(ctx.store, roomId, limit, from || null)
  }),
]

/** The direct room of two people, to be opened in a commit of its caller's; refuses if it is there. */
export async function openDirect(
  ctx: Context,
  a: UserId,
  b: UserId,
): Promise<{ roomId: RoomId; places: Opening['places']; make: Opening['make'] }> {
  const people = await peopleOf(ctx.store, [a, b])
  if (people.length !== 2) refuse('NotFound')
  return newRoom(
    ctx,
    { kind: 'direct', name: null, about: '', tint: null, directKey: directKey(a, b) },
    people.map((person) => ({ person, role: 'member' })),
  )
}

/** The direct room of two people, if there is one. */
export async function findDirect(store: Reader, a: UserId, b: UserId): Promise<RoomId | undefined> {
  const [room] = await store.find(roomTable, { where: { directKey: directKey(a, b) }, limit: 1 })
  return room?.roomId
}

/** Guards that there is still no direct room of the two when the commit happens. */
export const noDirect = (a: UserId, b: UserId) => ({
  must: false,
  table: roomTable,
  key: { directKey: directKey(a, b) },
})

const directKey = (a: UserId, b: UserId): string => (a < b ? `${a}:${b}` : `${b}:${a}`)

/** Members in the order of joining, after this one. */
export async function membersOf(store: Reader, roomId: RoomId, limit: number, after: SeatRow | null) {
  const order = [
    ['joinedAt', 'asc'],
    ['userId', 'asc'],
  ] as const
  const later = after
    ? [
        ...(await store.find(seatTable, {
          where: { roomId, joinedAt: after.joinedAt, userId: { gt: after.userId } },
          order,
          limit,
        })),
        ...(await store.find(seatTable, { where: { roomId, joinedAt: { gt: after.joinedAt } }, order, limit })),
      ].slice(0, limit)
    : await store.find(seatTable, { where: { roomId }, order, limit })
  const people = new Map(
    (
      await peopleOf(
        store,
        later.map((seat) => seat.userId),
      )
    ).map((person) => [person.userId, person]),
  )
  return later.flatMap((seat) => {
    const person = people.get(seat.userId)
    return person ? [{ seat: shownSeat(seat), person }] : []
  })
}

export const shownRoom = ({ roomId, kind, name, about, tint, members, createdAt, rev }: RoomRow): Room => ({
  roomId,
  kind,
  name,
  about,
  tint,
  members,
  createdAt,
  rev,
})
export const shownSeat = ({ roomId, userId, role, fromSeq, joinedAt, rev }: SeatRow): Seat => ({
  roomId,
  userId,
  role,
  fromSeq,
  joinedAt,
  rev,
})

type Opening = { roomId: RoomId; places: Parameters<Context['record']>[0]; make: (next: Next) => Doing<Room> }

function newRoom(
  ctx: Context,
  what: Pick<RoomRow, 'kind' | 'name' | 'about' | 'tint' | 'directKey'>,
  members: readonly { person: Person; role: Seat['role'] }[],
): Opening {
  const roomId = ctx.newId<RoomId>()
  const place = roomPlace(roomId)
  const lists = members.map(({ person }) => userPlace(person.userId))
  const createdAt = ctx.now()
  const owners = members.filter(({ role }) => role === 'owner').length
  return {
    roomId,
    places: [place, ...lists],
    make: (next) => {
      const n = next(place)
      const room: RoomRow = { roomId, ...what, members: members.length, owners, createdAt, rev: n.seq }
      const shown = shownRoom(room)
      const seated = members.map(({ person, role }) => taking(person, shown, role, next(place), 0, ctx.me))
      const other = (of: Person) =>
        what.kind === 'direct' ? (members.find(({ person }) => person.userId !== of.userId)?.person ?? null) : null
      const joined = members.map(({ person }) =>
        happened(roomJoined, next(userPlace(person.userId)), {
          roomId,
          line: freshLine(shown, other(person), 0),
        }),
      )
      return {
        writes: [insert(roomTable, room), ...seated.flatMap((each) => each.writes)],
        events: [...joined, happened(roomCreated, n, { room: shown }), ...seated.map((each) => each.event)],
        result: shown,
      }
    },
  }
}

function taking(
  person: Person,
  room: Room,
  role: Seat['role'],
  n: Numbered,
  fromSeq: number,
  byId: UserId,
): { writes: Write[]; event: Happened; seat: Seat } {
  const seat: Seat = { roomId: room.roomId, userId: person.userId, role, fromSeq, joinedAt: n.at, rev: n.seq }
  return {
    writes: [insert(seatTable, { ...seat, ...freshSeat, readSeq: fromSeq })],
    event: happened(memberAdded, n, { userId: person.userId, seat, person, room, byId }),
    seat,
  }
}

/** Somebody goes, by themselves or not. The last owner of several people stays until there is another. */
async function goes(ctx: Context, roomId: RoomId, seat: SeatRow): Promise<void> {
  const { userId, role } = seat
  const room = (await ctx.store.get(roomTable, { roomId })) ?? refuse('NotFound')
  ctx.guard(must(roomTable, { roomId }, { rev: room.rev }))
  ctx.guard(must(seatTable, { roomId, userId }, { role }))
  const [place, list] = [roomPlace(roomId), userPlace(userId)]
  const alone = room.members === 1
  await ctx.record([place, list], (next) => {
    const n = next(place)
    return {
      writes: [
        remove(seatTable, { roomId, userId }),
        patch(roomTable, { roomId }, { add: { members: -1 }, set: { rev: n.seq } }),
        ...(alone ? [] : countOwners(roomId, role === 'owner' ? -1 : 0)),
      ],
      events: [
        happened(memberRemoved, n, {
          userId,
          room: { ...shownRoom(room), members: room.members - 1, rev: n.seq },
          byId: ctx.me,
        }),
        happened(roomLeft, next(list), { roomId }),
      ],
      result: null,
    }
  })
}

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

/** The room and the asking person's seat, both guarded. */
async function requireRoom(ctx: Context, roomId: RoomId): Promise<{ room: RoomRow; seat: SeatRow }> {
  const [room, seat] = [
    await ctx.store.get(roomTable, { roomId }),
    await ctx.store.get(seatTable, { roomId, userId: ctx.me }),
  ]
  if (!room || !seat) return refuse('NotFound')
  ctx.guard(must(roomTable, { roomId }, { rev: room.rev }))
  return { room, seat }
}

/** People the asking person shares a direct room with. A stranger is refused like somebody who does not exist. */
async function requireContacts(ctx: Context, userIds: readonly UserId[]): Promise<Person[]> {
  const others = [...new Set(userIds)].filter((userId) => userId !== ctx.me)
  for (const userId of others) if (!(await findDirect(ctx.store, ctx.me, userId))) refuse('NotAContact')
  return peopleOf(ctx.store, others)
}
