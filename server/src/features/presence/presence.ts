import {
  blockPerson,
  leaveRoom,
  openPrivacy,
  presenceChanged,
  removeMember,
  sayTyping,
  setPrivacy,
  unblockPerson,
  watchPresence,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { before, handle, type Starting } from '../../kernel/feature.ts'
import type { Live } from '../../kernel/live.ts'
import { refuse } from '../../kernel/refuse.ts'
import { patch, type Reader } from '../../store/store.ts'
import { privacyOf, userTable } from '../accounts/index.ts'
import { roomTable, seatTable } from '../rooms/index.ts'
import { createCounts, type Counts } from './counts.ts'
import { createTyping, type Typing } from './typing.ts'
import { leaveOpenRoom, mayWatch, presencesOf, review, unwatch, watchAgain } from './watching.ts'

type Hall = { typing: Typing; counts: Counts }

/** What each running server knows of typing and counts, beside its `Live`. */
const halls = new WeakMap<Live, Hall>()

function hallOf(live: Live, store: Reader): Hall {
  let hall = halls.get(live)
  if (!hall) halls.set(live, (hall = { typing: createTyping(live), counts: createCounts(live, store) }))
  return hall
}

export const presenceHandles = [
  handle(watchPresence, async (ctx, { userIds, roomId }) => {
    const { connection } = ctx.caller
    if (!connection) return refuse('NotFound')
    if (roomId && !(await ctx.store.get(seatTable, { roomId, userId: ctx.me }))) refuse('NotFound')
    const known = await mayWatch(ctx.store, ctx.me, userIds, roomId)
    ctx.live.show(connection.id, { wanted: userIds, userIds: [...known], roomId })
    const { counts } = hallOf(ctx.live, ctx.store)
    counts.soon()
    if (roomId) await ctx.live.refresh([roomId])
    return {
      people: await presencesOf(ctx.store, ctx.live, userIds, known),
      room: roomId ? { roomId, online: counts.inRoom(roomId) } : null,
      online: counts.online(),
    }
  }),

  handle(sayTyping, async (ctx, { roomId, isTyping }) => {
    if (!isTyping) {
      await ctx.live.everywhere(TYPING, { roomId, userId: ctx.me, isTyping } satisfies Typed)
      return {}
    }
    const { typing: shows } = (await privacyOf(ctx.store, [ctx.me])).get(ctx.me) ?? openPrivacy
    if (!shows) return {}
    const room = await ctx.store.get(roomTable, { roomId })
    const two = room?.directKey ? (room.directKey.split(':') as UserId[]) : null
    const hides = ctx.seat.hides ?? []
    await ctx.live.everywhere(TYPING, { roomId, userId: ctx.me, isTyping, hides, two } satisfies Typed)
    return {}
  }),
]

/** What others may know of somebody changes with these: told on every process once the commit has happened. */
export const presenceBefore = [
  before(blockPerson, async (ctx, { userId }) =>
    ctx.after(() => ctx.live.everywhere(PARTED, [ctx.me, userId] satisfies Two)),
  ),
  before(unblockPerson, async (ctx, { userId }) =>
    ctx.after(() => ctx.live.everywhere(JOINED, [userId, ctx.me] satisfies Two)),
  ),
  before(setPrivacy, async (ctx) => ctx.after(() => ctx.live.everywhere(SHOWN, ctx.me))),
  before(removeMember, async (ctx, { roomId, userId }) =>
    ctx.after(() => ctx.live.everywhere(LEFT, { roomId, userId } satisfies Left)),
  ),
  before(leaveRoom, async (ctx, { roomId }) =>
    ctx.after(() => ctx.live.everywhere(LEFT, { roomId, userId: ctx.me } satisfies Left)),
  ),
]

/* What processes say to each other of this, by name. */
const [TYPING, PARTED, JOINED, SHOWN, LEFT] = [
  'presence.typing',
  'presence.parted',
  'presence.joined',
  'presence.shown',
  'presence.left',
]
type Typed = {
  roomId: RoomId
  userId: UserId
  isTyping: boolean
  hides?: readonly UserId[]
  two?: readonly UserId[] | null
}
type Two = [UserId, UserId]
type Left = { roomId: RoomId; userId: UserId }

function listen({ live, store }: Starting): void {
  const { counts, typing } = hallOf(live, store)
  live.onEverywhere<Typed>(TYPING, ({ roomId, userId, isTyping, hides = [], two = null }) => {
    if (isTyping) typing.begin(roomId, userId, hides, two)
    else typing.stop(roomId, userId)
  })
  live.onEverywhere<Two>(PARTED, ([one, other]) => part(live, typing, one, other))
  live.onEverywhere<Two>(JOINED, async ([one, other]) => {
    await watchAgain(store, live, one)
    await watchAgain(store, live, other)
  })
  live.onEverywhere<UserId>(SHOWN, async (userId) => {
    await counts.know(userId)
    typing.stopAll([userId])
    await review(store, live, userId)
    await watchAgain(store, live, userId)
  })
  live.onEverywhere<Left>(LEFT, ({ roomId, userId }) => leaveOpenRoom(store, live, userId, roomId))
}

/** Neither of two people hears of the other any longer; whoever was blocked sees somebody who has gone quiet. */
function part(live: Live, typing: Typing, one: UserId, other: UserId): void {
  typing.stopAll([one, other])
  unwatch(live, one, other)
  unwatch(live, other, one)
}

/** Tells those who watch when somebody comes or goes, and keeps when they were last seen. */
export function attend(starting: Starting): void {
  const { live, store, clock, write } = starting
  const { counts } = hallOf(live, store)
  listen(starting)
  live.onPerson((userId, change, where) => {
    if (change === 'came') {
      void counts.know(userId).catch(() => undefined)
      live.say(live.watchersOf(userId), presenceChanged, { userId, state: 'online', lastSeenAt: null })
      return
    }
    const lastSeenAt = clock()
    counts.forget(userId)
    live.say(live.watchersOf(userId), presenceChanged, { userId, state: 'offline', lastSeenAt })
    // Who went from another process is written down by that one, if it still can.
    if (where === 'elsewhere') return
    // A process that stops has no store any longer; what was last kept stays.
    void write([patch(userTable, { userId }, { set: { lastSeenAt } })]).catch(() => undefined)
  })
  live.onConnection(() => counts.soon())
}
