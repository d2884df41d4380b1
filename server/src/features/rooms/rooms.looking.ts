import { findMembers, listMembers, MAX_MEMBERS, memberOf, roomsInCommon } from '@connectly/protocol'
import type { Member, RoomId } from '@connectly/protocol'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import type { Reader } from '../../store/store.ts'
import { findPerson, peopleNamed, peopleOf } from '../accounts/index.ts'
import { MAX_ROOMS, roomTable, seatTable, type SeatRow } from './rooms.tables.ts'
import { shownRoom, shownSeat } from './shown.ts'

const MAX_FOUND = 20
const MAX_IN_COMMON = 100
/** People of a name who are looked up before a room's members are: up to here that costs less. */
const MAX_NAMESAKES = 500

export const lookingHandles = [
  handle(listMembers, async (ctx, { roomId, after, limit = 50 }) => {
    const from = after && (await ctx.store.get(seatTable, { roomId, userId: after }))
    return membersOf(ctx.store, roomId, limit, from || null)
  }),

  handle(findMembers, async (ctx, { roomId, text }) => {
    const named = await peopleNamed(ctx.store, text, MAX_NAMESAKES)
    if (named.length < MAX_NAMESAKES) return seated(ctx.store, roomId, named)
    const seats = await ctx.store.find(seatTable, { where: { roomId }, limit: MAX_MEMBERS })
    const among = seats.map((seat) => seat.userId)
    return seated(ctx.store, roomId, await peopleNamed(ctx.store, text, MAX_FOUND, among))
  }),

  handle(memberOf, async (ctx, { roomId, userId }) => {
    const seat = (await ctx.store.get(seatTable, { roomId, userId })) ?? refuse('NotFound')
    return { seat: shownSeat(seat), person: (await findPerson(ctx.store, userId)) ?? refuse('NotFound') }
  }),

  handle(roomsInCommon, async (ctx, { userId }) => {
    const theirs = await ctx.store.find(seatTable, { where: { userId }, limit: MAX_ROOMS })
    const mine = await ctx.store.find(seatTable, {
      where: { userId: ctx.me, roomId: { in: theirs.map((seat) => seat.roomId) } },
      limit: MAX_ROOMS,
    })
    const rooms = await ctx.store.find(roomTable, {
      where: { roomId: { in: mine.map((seat) => seat.roomId) }, kind: 'group' },
      order: [
        ['createdAt', 'desc'],
        ['roomId', 'desc'],
      ],
      limit: MAX_IN_COMMON,
    })
    return rooms.map(shownRoom)
  }),
]

/** Members in the order of joining, after this one. */
export async function membersOf(
  store: Reader,
  roomId: RoomId,
  limit: number,
  after: SeatRow | null,
): Promise<Member[]> {
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

/** Those of these people who sit in the room, in the same order. */
async function seated(store: Reader, roomId: RoomId, people: readonly Member['person'][]): Promise<Member[]> {
  const userIds = people.map((person) => person.userId)
  const seats = await store.find(seatTable, { where: { roomId, userId: { in: userIds } }, limit: userIds.length })
  const byId = new Map(seats.map((seat) => [seat.userId, seat]))
  const members = people.flatMap((person) => {
    const seat = byId.get(person.userId)
    return seat ? [{ seat: shownSeat(seat), person }] : []
  })
  return members.slice(0, MAX_FOUND)
}
