import {
  acceptRequest,
  askToTalk,
  blockPerson,
  cancelRequest,
  declineRequest,
  requestClosed,
  requestDeclined,
  requestReceived,
  requestSent,
  userPlace,
} from '@connectly/protocol'
import type { UserId } from '@connectly/protocol'
import { happened, type Context } from '../../kernel/context.ts'
import { before, handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, mustNot } from '../../store/store.ts'
import { findPerson } from '../accounts/index.ts'
import { blockTable, hasBlocked } from '../blocks/index.ts'
import { findDirect, noDirect } from '../rooms/index.ts'
import { becomeContacts } from './contacts.ts'
import { shown } from './lists.ts'
import { requestTable, type RequestRow } from './requests.tables.ts'
import { isOpen, isWaiting, moves, openStates, renew, requireRequest, waitingStates } from './rows.ts'

/** Requests of one person that may wait for an answer at a time. */
const MAX_WAITING = 20
/** When to try again with more of them, in seconds. */
const TRY_AGAIN = 3600

export const requestHandles = [
  handle(askToTalk, async (ctx, { toId, text }) => {
    if (toId === ctx.me) refuse('NotFound')
    const [them, me] = [
      (await findPerson(ctx.store, toId)) ?? refuse('NotFound'),
      (await findPerson(ctx.store, ctx.me)) ?? refuse('NotFound'),
    ]
    const isUnwelcome = await requireUnblocked(ctx, toId)
    const roomId = await findDirect(ctx.store, ctx.me, toId)
    if (roomId) refuse('AlreadyConnected', { roomId })
    ctx.guard(noDirect(ctx.me, toId))

    const mine = await ctx.store.get(requestTable, { fromId: ctx.me, toId })
    if (mine && isWaiting(mine)) refuse('AlreadyAsked')
    const theirs = await ctx.store.get(requestTable, { fromId: toId, toId: ctx.me })
    const asked: RequestRow = {
      fromId: ctx.me,
      toId,
      requestId: ctx.newId(),
      messageId: ctx.newId(),
      state: isUnwelcome ? 'muted' : 'pending',
      text,
      askedAt: ctx.now(),
      rev: 0,
    }
    if (theirs && isWaiting(theirs)) {
      const done: RequestRow = { ...asked, state: 'accepted' }
      const carried = [
        { request: theirs, hiddenFrom: null },
        { request: asked, hiddenFrom: isUnwelcome ? [toId] : null },
      ]
      return becomeContacts(
        ctx,
        carried,
        [mine ? renew(done) : insert(requestTable, { ...done, text: '' })],
        (opened) => ({ requestId: asked.requestId, roomId: opened }),
      )
    }
    const waiting = await ctx.store.count(requestTable, { fromId: ctx.me, state: { in: waitingStates } }, MAX_WAITING)
    if (waiting >= MAX_WAITING) refuse('TooManyRequests', { retryAfter: TRY_AGAIN })
    ctx.guard(mustNot(requestTable, { fromId: toId, toId: ctx.me }, { state: { in: waitingStates } }))
    if (mine) ctx.guard(must(requestTable, { fromId: ctx.me, toId }, { state: mine.state }))

    const [sent, received] = [userPlace(ctx.me), userPlace(toId)]
    return ctx.record([sent, received], (next) => {
      const { requestId } = asked
      const told = happened(requestSent, next(sent), { requestId, request: shown(asked, them, ctx.me) })
      const heard = () => happened(requestReceived, next(received), { requestId, request: shown(asked, me, toId) })
      return {
        writes: [mine ? renew(asked) : insert(requestTable, asked)],
        events: isUnwelcome ? [told] : [told, heard()],
        result: { requestId, roomId: null },
      }
    })
  }),

  handle(acceptRequest, async (ctx, { requestId }) => {
    const request = await requireRequest(ctx, requestId)
    if (request.state === 'accepted') {
      const roomId = await findDirect(ctx.store, request.fromId, request.toId)
      if (roomId) return { roomId }
    }
    if (!isOpen(request)) refuse('RequestClosed')
    return becomeContacts(ctx, [{ request, hiddenFrom: null }], [], (roomId) => ({ roomId }))
  }),

  handle(declineRequest, async (ctx, { requestId }) => {
    const request = await requireRequest(ctx, requestId)
    if (request.state === 'declined') return {}
    if (request.state !== 'pending') refuse('RequestClosed')
    const list = userPlace(ctx.me)
    return ctx.record([list], (next) => ({
      writes: [moves(request, 'declined')],
      events: [happened(requestDeclined, next(list), { requestId })],
      result: {},
    }))
  }),

  handle(cancelRequest, async (ctx, { requestId }) => {
    const request = await requireRequest(ctx, requestId)
    if (request.state === 'cancelled') return {}
    if (!isWaiting(request)) refuse('RequestClosed')
    const [sent, received] = [userPlace(request.fromId), userPlace(request.toId)]
    return ctx.record([sent, received], (next) => ({
      writes: [moves(request, 'cancelled')],
      events: (request.state === 'muted' ? [sent] : [sent, received]).map((place) =>
        happened(requestClosed, next(place), { requestId }),
      ),
      result: {},
    }))
  }),
]

/** A request of somebody who is blocked leaves the list of who blocked them; for who asked it goes on waiting. */
export const mutes = before(blockPerson, async (ctx, { userId }) => {
  const key = { fromId: userId, toId: ctx.me }
  const theirs = await ctx.store.get(requestTable, key)
  if (!theirs || !isOpen(theirs)) return ctx.guard(mustNot(requestTable, key, { state: { in: openStates } }))
  const list = userPlace(ctx.me)
  ctx.also(
    (next) => ({
      writes: [moves(theirs, 'muted')],
      events: [happened(requestClosed, next(list), { requestId: theirs.requestId })],
    }),
    [list],
  )
})

/** Refuses where I blocked them. Where they blocked me it goes on, and they do not hear of it: answers whether it is so. */
async function requireUnblocked(ctx: Context, toId: UserId): Promise<boolean> {
  if (await hasBlocked(ctx.store, ctx.me, toId)) refuse('YouBlocked')
  ctx.guard(mustNot(blockTable, { userId: ctx.me, otherId: toId, isMine: true }))
  const blockedMe = await hasBlocked(ctx.store, toId, ctx.me)
  ctx.guard((blockedMe ? must : mustNot)(blockTable, { userId: toId, otherId: ctx.me, isMine: true }))
  return blockedMe
}
