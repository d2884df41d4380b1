import {
  acceptRequest,
  askToTalk,
  cancelRequest,
  declineRequest,
  requestClosed,
  requestDeclined,
  requestReceived,
  requestSent,
  userPlace,
} from '@connectly/protocol'
import type { Person, Request, RequestId, RoomId, UserId } from '@connectly/protocol'
import { happened, type Context, type Happened } from '../../kernel/context.ts'
import { fill, handle, type Snapshots } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, mustNot, patch, type Reader, type Write } from '../../store/store.ts'
import { findPerson, peopleOf } from '../accounts/index.ts'
import { compose } from '../messages/index.ts'
import { findDirect, noDirect, openDirect } from '../rooms/index.ts'
import { requestTable, type RequestRow } from './requests.tables.ts'

/** Requests shown in a person's head, each way. */
const MAX_SHOWN = 200

export const requestHandles = [
  handle(askToTalk, async (ctx, { toId, text }) => {
    if (toId === ctx.me) refuse('NotFound')
    const [them, me] = [
      (await findPerson(ctx.store, toId)) ?? refuse('NotFound'),
      (await findPerson(ctx.store, ctx.me)) ?? refuse('NotFound'),
    ]
    const roomId = await findDirect(ctx.store, ctx.me, toId)
    if (roomId) refuse('AlreadyConnected', { roomId })
    ctx.guard(noDirect(ctx.me, toId))

    const mine = await ctx.store.get(requestTable, { fromId: ctx.me, toId })
    if (mine && isOpen(mine)) refuse('AlreadyAsked')
    const theirs = await ctx.store.get(requestTable, { fromId: toId, toId: ctx.me })
    const asked: RequestRow = {
      fromId: ctx.me,
      toId,
      requestId: ctx.newId(),
      messageId: ctx.newId(),
      state: 'pending',
      text,
      askedAt: ctx.now(),
      rev: 0,
    }
    if (theirs && isOpen(theirs)) {
      const mineToo = mine ? renew(asked, 'accepted') : insert(requestTable, { ...asked, state: 'accepted' })
      return becomeContacts(ctx, [theirs, asked], [mineToo], (opened) => ({
        requestId: asked.requestId,
        roomId: opened,
      }))
    }
    ctx.guard(mustNot(requestTable, { fromId: toId, toId: ctx.me }, { state: { in: ['pending', 'declined'] } }))
    if (mine) ctx.guard(must(requestTable, { fromId: ctx.me, toId }, { state: mine.state }))

    const [sent, received] = [userPlace(ctx.me), userPlace(toId)]
    return ctx.record([sent, received], (next) => ({
      writes: [mine ? renew(asked, 'pending') : insert(requestTable, asked)],
      events: [
        happened(requestSent, next(sent), { requestId: asked.requestId, request: shown(asked, them, ctx.me) }),
        happened(requestReceived, next(received), { requestId: asked.requestId, request: shown(asked, me, toId) }),
      ],
      result: { requestId: asked.requestId, roomId: null },
    }))
  }),

  handle(acceptRequest, async (ctx, { requestId }) => {
    const request = await requireRequest(ctx, requestId)
    if (request.state === 'accepted') {
      const roomId = await findDirect(ctx.store, request.fromId, request.toId)
      if (roomId) return { roomId }
    }
    if (!isOpen(request)) refuse('RequestClosed')
    return becomeContacts(ctx, [request], [], (roomId) => ({ roomId }))
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
    if (!isOpen(request)) refuse('RequestClosed')
    const [sent, received] = [userPlace(request.fromId), userPlace(request.toId)]
    return ctx.record([sent, received], (next) => ({
      writes: [moves(request, 'cancelled')],
      events: [
        happened(requestClosed, next(sent), { requestId }),
        happened(requestClosed, next(received), { requestId }),
      ],
      result: {},
    }))
  }),
]

export const requestSnapshots: Snapshots = {
  user: async (store, userId) => {
    const [received, sent] = await Promise.all([
      store.find(requestTable, { where: { toId: userId, state: { in: ['pending', 'declined'] } }, limit: MAX_SHOWN }),
      store.find(requestTable, { where: { fromId: userId, state: { in: ['pending', 'declined'] } }, limit: MAX_SHOWN }),
    ])
    return { received: await shownAll(store, received, userId), sent: await shownAll(store, sent, userId) }
  },
}

export const requestFills = [requestSent, requestReceived].map((event) =>
  fill(event, async (store, me, entries) => {
    const wanted = [...new Set<RequestId>(entries.map((entry) => entry.data.requestId))]
    const rows = await store.find(requestTable, { where: { requestId: { in: wanted } }, limit: wanted.length })
    const byId = new Map(
      (await shownAll(store, rows.filter(isOpen), me)).map((request) => [request.requestId, request]),
    )
    return entries.map(({ data }) => ({ requestId: data.requestId, request: byId.get(data.requestId) ?? null }))
  }),
)

/** A "not now" stays open: who asked may take it back, and either of the two may still make it a yes. */
const isOpen = (request: RequestRow): boolean => request.state === 'pending' || request.state === 'declined'

/** Opens the room of the two and carries the first messages over, with their ids and times, in one commit. */
async function becomeContacts<Answer>(
  ctx: Context,
  requests: readonly RequestRow[],
  also: readonly Write[],
  answer: (roomId: RoomId) => Answer,
): Promise<Answer> {
  const [first] = requests
  if (!first) throw new Error('nobody asked')
  const { fromId, toId } = first
  ctx.guard(noDirect(fromId, toId))
  ctx.guard(must(requestTable, { fromId, toId }, { state: first.state }))
  const opening = await openDirect(ctx, fromId, toId)
  const carried = requests.map((request) =>
    compose(ctx, {
      roomId: opening.roomId,
      authorId: request.fromId,
      localId: null,
      body: { kind: 'text', text: request.text },
      messageId: request.messageId,
      at: request.askedAt,
    }),
  )
  const reverse = await ctx.store.get(requestTable, { fromId: toId, toId: fromId })
  const closing = reverse && isOpen(reverse) && !requests.includes(reverse) ? [first, reverse] : [first]
  const told = [...closing, ...requests.slice(1)]
  return ctx.record(opening.places, (next) => {
    const opened = opening.make(next)
    const messages = carried.map((said) => said(next))
    const closed: Happened[] = told.flatMap(({ requestId }) =>
      [fromId, toId].map((userId) => happened(requestClosed, next(userPlace(userId)), { requestId })),
    )
    return {
      writes: [
        ...opened.writes,
        ...messages.map((each) => each.write),
        ...closing.map((request) => moves(request, 'accepted')),
        ...also,
      ],
      events: [...opened.events, ...messages.map((each) => each.event), ...closed],
      result: answer(opening.roomId),
    }
  })
}

function moves(request: RequestRow, state: RequestRow['state']): Write {
  return patch(
    requestTable,
    { fromId: request.fromId, toId: request.toId },
    { set: { state }, only: { state: request.state, requestId: request.requestId } },
  )
}

/** Asks again in the row of an earlier request that was taken back. */
function renew(asked: RequestRow, state: RequestRow['state']): Write {
  const { requestId, messageId, text, askedAt } = asked
  return patch(
    requestTable,
    { fromId: asked.fromId, toId: asked.toId },
    { set: { requestId, messageId, text, askedAt, state }, only: { state: { in: ['cancelled', 'accepted'] } } },
  )
}

async function requireRequest(ctx: Context, requestId: RequestId): Promise<RequestRow> {
  const [request] = await ctx.store.find(requestTable, { where: { requestId }, limit: 1 })
  return request ?? refuse('NotFound')
}

async function shownAll(store: Reader, rows: readonly RequestRow[], me: UserId): Promise<Request[]> {
  const other = (row: RequestRow) => (row.fromId === me ? row.toId : row.fromId)
  const people = new Map((await peopleOf(store, rows.map(other))).map((person) => [person.userId, person]))
  const ordered = [...rows].sort((a, b) => b.askedAt - a.askedAt || (a.requestId < b.requestId ? 1 : -1))
  return ordered.flatMap((row) => {
    const person = people.get(other(row))
    return person ? [shown(row, person, me)] : []
  })
}

/** A request as this person sees it: who asked never learns of a "not now". */
function shown(row: RequestRow, person: Person, me: UserId): Request {
  const { requestId, fromId, toId, text, askedAt } = row
  return {
    requestId,
    fromId,
    toId,
    state: row.state === 'declined' && me === toId ? 'declined' : 'pending',
    text,
    person,
    askedAt,
  }
}
