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
  type UserId,
} from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
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
    return {
      people: await presencesOf(ctx.store, ctx.live, userIds, known),
      room: roomId ? { roomId, online: counts.inRoom(roomId) } : null,
      online: counts.online(),
    }
  }),

  handle(sayTyping, async (ctx, { roomId, isTyping }) => {
    const { typing } = hallOf(ctx.live, ctx.store)
    if (!isTyping) {
      typing.stop(roomId, ctx.me)
      return {}
    }
    const { typing: shows } = (await privacyOf(ctx.store, [ctx.me])).get(ctx.me) ?? openPrivacy
    if (!shows) return {}
    const room = await ctx.store.get(roomTable, { roomId })
    const two = room?.directKey ? (room.directKey.split(':') as UserId[]) : null
    typing.begin(roomId, ctx.me, ctx.seat.hides ?? [], two)
    return {}
  }),
]

/** What others may know of somebody changes with these: told once the commit has happened. */
export const presenceBefore = [
  before(blockPerson, async (ctx, { userId }) => ctx.after(() => part(ctx, userId))),
  before(unblockPerson, async (ctx, { userId }) => {
    ctx.after(() => watchAgain(ctx.store, ctx.live, userId))
    ctx.after(() => watchAgain(ctx.store, ctx.live, ctx.me))
  }),
  before(setPrivacy, async (ctx) => {
    ctx.after(async () => {
      const { counts, typing } = hallOf(ctx.live, ctx.store)
      await counts.know(ctx.me)
      typing.stopAll([ctx.me])
      await review(ctx.store, ctx.live, ctx.me)
      await watchAgain(ctx.store, ctx.live, ctx.me)
    })
  }),
  before(removeMember, async (ctx, { roomId, userId }) => {
    ctx.after(() => leaveOpenRoom(ctx.store, ctx.live, userId, roomId))
  }),
  before(leaveRoom, async (ctx, { roomId }) => {
    ctx.after(() => leaveOpenRoom(ctx.store, ctx.live, ctx.me, roomId))
  }),
]

/** Neither of two people hears of the other any longer; whoever was blocked sees somebody who has gone quiet. */
function part(ctx: Context, userId: UserId): void {
  const { typing } = hallOf(ctx.live, ctx.store)
  typing.stopAll([ctx.me, userId])
  unwatch(ctx.live, ctx.me, userId)
  unwatch(ctx.live, userId, ctx.me)
}

/** Tells those who watch when somebody comes or goes, and keeps when they were last seen. */
export function attend({ live, store, clock, write }: Starting): void {
  const { counts } = hallOf(live, store)
  live.onPerson((userId, change) => {
    if (change === 'came') {
      void counts.know(userId).catch(() => undefined)
      live.say(live.watchersOf(userId), presenceChanged, { userId, state: 'online', lastSeenAt: null })
      return
    }
    const lastSeenAt = clock()
    counts.forget(userId)
    live.say(live.watchersOf(userId), presenceChanged, { userId, state: 'offline', lastSeenAt })
    // A process that stops has no store any longer; what was last kept stays.
    void write([patch(userTable, { userId }, { set: { lastSeenAt } })]).catch(() => undefined)
  })
  live.onConnection(() => counts.soon())
}
