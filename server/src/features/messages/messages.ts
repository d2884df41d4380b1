import {
  addMember,
  createGroup,
  leaveRoom,
  messageSent,
  pageMessages,
  PAGE_SIZE,
  removeMember,
  editRoom,
  roomPlace,
  sendMessage,
} from '@connectly/protocol'
import type {
  LocalId,
  Message,
  MessageBody,
  MessageId,
  MessagePage,
  Room,
  RoomId,
  SystemBody,
  UserId,
} from '@connectly/protocol'
import { happened, type Context, type Happened, type Next } from '../../kernel/context.ts'
import { before, fill, handle, repeat, type LineParts, type SeatRow, type Snapshots } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { seenAfter } from '../../kernel/sync.ts'
import { insert, type Reader, type Where, type Write } from '../../store/store.ts'
import { findPerson, peopleOf } from '../accounts/index.ts'
import { seatTable } from '../rooms/index.ts'
import { checksumOf } from './checksum.ts'
import { messageTable, type MessageRow } from './messages.tables.ts'

export const messageHandles = [
  handle(sendMessage, async (ctx, { roomId, localId, body }) => {
    const said = compose(ctx, { roomId, authorId: ctx.me, localId, body })
    return ctx.record([roomPlace(roomId)], (next) => {
      const { write, event, message } = said(next)
      return { writes: [write], events: [event], result: message }
    })
  }),

  handle(pageMessages, async (ctx, { roomId, before: older, after: newer, around, limit = PAGE_SIZE }) => {
    const seat = (await ctx.store.get(seatTable, { roomId, userId: ctx.me })) ?? refuse('NotFound')
    if (around) return pageAround(ctx.store, seat, around, limit)
    if (newer !== undefined) return page(ctx.store, seat, { after: newer, limit })
    return page(ctx.store, seat, { before: older ?? null, limit })
  }),
]

/** A repeat is known by its author and localId for as long as the message lives: both stand in the row. */
export const messageRepeats = [
  repeat(sendMessage, async (store, me, { localId, roomId, body }) => {
    const [row] = await store.find(messageTable, { where: { authorId: me, localId }, limit: 1 })
    if (!row) return undefined
    return row.roomId === roomId && 'text' in row.body && row.body.text === body.text
      ? { value: shownMessage(row) }
      : 'reused'
  }),
]

/** What the room itself says of its people, in the commit that changes them. */
export const systemLines = [
  before(createGroup, async (ctx, { name }) => {
    const me = await findPerson(ctx.store, ctx.me)
    ctx.also((next, made) => systemLine(ctx, (made as Room).roomId, 'groupCreated', [me?.name ?? '', name])(next, made))
  }),
  before(addMember, async (ctx, { roomId, userId }) => lineAbout(ctx, roomId, 'memberAdded', userId)),
  before(removeMember, async (ctx, { roomId, userId }) => lineAbout(ctx, roomId, 'memberRemoved', userId)),
  before(leaveRoom, async (ctx, { roomId }) => lineAbout(ctx, roomId, 'memberLeft', ctx.me)),
  before(editRoom, async (ctx, { roomId, name }) => {
    const me = await findPerson(ctx.store, ctx.me)
    if (name !== undefined) ctx.also(systemLine(ctx, roomId, 'renamed', [me?.name ?? '', name]))
  }),
]

export const messageFills = [
  fill(messageSent, async (store, _me, entries) => {
    const places = [...new Set(entries.map((entry) => entry.place))]
    const found = new Map<string, Message>()
    for (const place of places) {
      const seqs = entries.filter((entry) => entry.place === place).map((entry) => entry.seq)
      const where = {
        roomId: place.slice('room:'.length) as RoomId,
        seq: { gte: Math.min(...seqs), lte: Math.max(...seqs) },
      }
      for (const row of await store.find(messageTable, { where, limit: seqs.length }))
        found.set(`${place} ${row.seq}`, shownMessage(row))
    }
    return entries.map(({ place, seq }) => ({ message: found.get(`${place} ${seq}`) ?? null }))
  }),
]

export const messageSnapshots: Snapshots = {
  room: async (store, seat) => {
    const { messages, people, older } = await page(store, seat, { before: null, limit: PAGE_SIZE })
    return { messages, people, older }
  },
}

/** The last message of each line that its seat may see. */
export const messageLines: LineParts = async (store, seats) => {
  const rows = await Promise.all(seats.map((seat) => lastOf(store, seat)))
  return new Map(
    rows.flatMap((row) => {
      if (!row) return []
      const { messageId, authorId, body, at, seq } = row
      return [[row.roomId, { last: { messageId, authorId, body, at, seq } }] as const]
    }),
  )
}

/** A message about to be said, by a feature above: give it the numbers, write what comes back. */
export function compose(
  ctx: Context,
  what: {
    roomId: RoomId
    authorId: UserId
    localId: LocalId | null
    body: MessageBody
    messageId?: MessageId
    at?: number
  },
): (next: Next) => { write: Write; event: Happened; message: Message } {
  const { roomId, authorId, localId, body } = what
  const draft = {
    messageId: what.messageId ?? ctx.newId<MessageId>(),
    roomId,
    authorId,
    localId,
    body,
    at: what.at ?? ctx.now(),
  }
  const checksum = checksumOf(draft)
  return (next) => {
    const n = next(roomPlace(roomId))
    const message: Message = {
      ...draft,
      replyTo: null,
      editedAt: null,
      deletedAt: null,
      seq: n.seq,
      rev: n.seq,
      checksum,
    }
    return {
      write: insert(messageTable, { ...message, hiddenFrom: null }),
      event: happened(messageSent, n, { message }),
      message,
    }
  }
}

async function lineAbout(ctx: Context, roomId: RoomId, code: SystemBody['code'], userId: UserId): Promise<void> {
  const people = new Map((await peopleOf(ctx.store, [ctx.me, userId])).map((person) => [person.userId, person.name]))
  const names = userId === ctx.me ? [ctx.me] : [ctx.me, userId]
  ctx.also(
    systemLine(
      ctx,
      roomId,
      code,
      names.map((id) => people.get(id) ?? ''),
    ),
  )
}

function systemLine(
  ctx: Context,
  roomId: RoomId,
  code: SystemBody['code'],
  names: string[],
): Parameters<Context['also']>[0] {
  const said = compose(ctx, { roomId, authorId: ctx.me, localId: null, body: { kind: 'system', code, names } })
  return (next) => {
    const { write, event } = said(next)
    return { writes: [write], events: [event] }
  }
}

type Range = { after: number; limit: number } | { before: number | null; limit: number }

/** A run of messages that a seat may see, ascending, with who wrote them. */
async function page(store: Reader, seat: SeatRow, range: Range): Promise<MessagePage> {
  const { roomId } = seat
  const floor = seenAfter(seat)
  const forward = 'after' in range
  const seq: Where<MessageRow>['seq'] = forward
    ? { gt: Math.max(floor, range.after) }
    : { gt: floor, ...(range.before !== null && { lt: range.before }) }
  const rows = await store.find(messageTable, {
    where: { roomId, seq },
    order: [['seq', forward ? 'asc' : 'desc']],
    limit: range.limit + 1,
  })
  const more = rows.length > range.limit
  const kept = rows.slice(0, range.limit)
  if (!forward) kept.reverse()
  const rest = forward ? { older: range.after > floor, newer: more } : { older: more, newer: range.before !== null }
  return {
    messages: kept.map(shownMessage),
    quoted: [],
    people: await peopleOf(
      store,
      kept.map((row) => row.authorId),
    ),
    ...rest,
  }
}

async function pageAround(store: Reader, seat: SeatRow, messageId: MessageId, limit: number): Promise<MessagePage> {
  const [row] = await store.find(messageTable, { where: { messageId, roomId: seat.roomId }, limit: 1 })
  if (!row || row.seq <= seenAfter(seat)) return refuse('NotFound')
  const half = Math.ceil(limit / 2)
  const [before, after] = await Promise.all([
    page(store, seat, { before: row.seq, limit: limit - half }),
    page(store, seat, { after: row.seq - 1, limit: half }),
  ])
  const people = new Map([...before.people, ...after.people].map((person) => [person.userId, person]))
  return {
    messages: [...before.messages, ...after.messages],
    quoted: [],
    people: [...people.values()],
    older: before.older,
    newer: after.newer,
  }
}

/** A message as it travels: without who may not see it. */
export function shownMessage({ hiddenFrom: _hidden, ...message }: MessageRow): Message {
  return message
}

async function lastOf(store: Reader, seat: SeatRow): Promise<MessageRow | undefined> {
  const [row] = await store.find(messageTable, {
    where: { roomId: seat.roomId, seq: { gt: seenAfter(seat) } },
    order: [['seq', 'desc']],
    limit: 1,
  })
  return row
}
