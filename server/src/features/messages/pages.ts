import { getMessages, pageMessages, PAGE_SIZE } from '@connectly/protocol'
import type { Message, MessageId, MessagePage, Person, UserId } from '@connectly/protocol'
import { handle, type Snapshots } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import type { Reader } from '../../store/store.ts'
import { peopleOf } from '../accounts/index.ts'
import { messageTable, type MessageRow } from './messages.tables.ts'
import { rowsById, shownMessage, visibleTo, walk, type Viewer } from './visible.ts'

export const pageHandles = [
  handle(pageMessages, async (ctx, { before: older, after: newer, around, limit = PAGE_SIZE }) => {
    if (around) return pageAround(ctx.store, ctx.seat, around, limit)
    if (newer !== undefined) return pageAfter(ctx.store, ctx.seat, newer, limit)
    return pageBefore(ctx.store, ctx.seat, older ?? null, limit)
  }),

  handle(getMessages, async (ctx, { messageIds }) => {
    const rows = await visibleTo(ctx.store, ctx.seat, await rowsById(ctx.store, messageIds))
    const messages = rows.map(shownMessage)
    return { messages, people: await peopleIn(ctx.store, messages) }
  }),
]

export const messageSnapshots: Snapshots = {
  room: async (store, seat) => {
    const { messages, people, quoted, older } = await pageBefore(store, seat, null, PAGE_SIZE)
    return { messages, people, quoted, older }
  },
}

async function pageBefore(store: Reader, seat: Viewer, before: number | null, limit: number): Promise<MessagePage> {
  const rows = await walk(store, seat, { before }, limit + 1)
  const newer = before !== null && (await walk(store, seat, { after: before - 1 }, 1)).length > 0
  return pageOf(store, seat, rows.slice(0, limit).toReversed(), { older: rows.length > limit, newer })
}

async function pageAfter(store: Reader, seat: Viewer, after: number, limit: number): Promise<MessagePage> {
  const rows = await walk(store, seat, { after }, limit + 1)
  const older = (await walk(store, seat, { before: after + 1 }, 1)).length > 0
  return pageOf(store, seat, rows.slice(0, limit), { older, newer: rows.length > limit })
}

async function pageAround(store: Reader, seat: Viewer, messageId: MessageId, limit: number): Promise<MessagePage> {
  const named = await store.find(messageTable, { where: { messageId, roomId: seat.roomId }, limit: 1 })
  const [row] = await visibleTo(store, seat, named)
  if (!row) return refuse('NotFound')
  const after = Math.ceil(limit / 2)
  const before = limit - after
  const [back, on] = await Promise.all([
    walk(store, seat, { before: row.seq }, before + 1),
    walk(store, seat, { after: row.seq - 1 }, after + 1),
  ])
  const rows = [...back.slice(0, before).toReversed(), ...on.slice(0, after)]
  return pageOf(store, seat, rows, { older: back.length > before, newer: on.length > after })
}

async function pageOf(
  store: Reader,
  seat: Viewer,
  rows: readonly MessageRow[],
  sides: { older: boolean; newer: boolean },
): Promise<MessagePage> {
  const messages = rows.map(shownMessage)
  const quoted = await quotedBy(store, seat, messages)
  return { messages, people: await peopleIn(store, [...messages, ...quoted]), quoted, ...sides }
}

/** What these messages answer, as far as the seat sees it and it does not stand among them. */
async function quotedBy(store: Reader, seat: Viewer, messages: readonly Message[]): Promise<Message[]> {
  const here = new Set(messages.map((message) => message.seq))
  const wanted = [
    ...new Set(messages.flatMap(({ replyTo }) => (replyTo && !here.has(replyTo.seq) ? [replyTo.seq] : []))),
  ]
  if (wanted.length === 0) return []
  const where = { roomId: seat.roomId, seq: { in: wanted } }
  const rows = await store.find(messageTable, { where, order: [['seq', 'asc']], limit: wanted.length })
  return (await visibleTo(store, seat, rows)).map(shownMessage)
}

/** Everyone these messages name by id: who wrote them, whom they mention, who deleted them. */
function peopleIn(store: Reader, messages: readonly Message[]): Promise<Person[]> {
  const ids = messages.flatMap(({ authorId, body }): UserId[] => {
    if ('byId' in body) return [authorId, body.byId]
    if (!('text' in body)) return [authorId]
    return [authorId, ...(body.mentions ?? []).flatMap(({ who }) => (who === 'all' ? [] : [who]))]
  })
  return peopleOf(store, ids)
}
