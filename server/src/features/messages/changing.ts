import {
  deleteMessage,
  DELETE_WINDOW,
  editMessage,
  MAX_MEMBERS,
  messageDeleted,
  messageEdited,
  roomPlace,
  versionsOf,
} from '@connectly/protocol'
import type { Message, MessageId, RoomId, UserId } from '@connectly/protocol'
import { happened, type Doing, type Next } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, must, patch, remove, type Guard, type Reader } from '../../store/store.ts'
import { roomTable, seatCan, seatTable } from '../rooms/index.ts'
import { checksumOf } from './checksum.ts'
import { erasureTable, messageTable, versionTable, type MessageRow } from './messages.tables.ts'
import { isSameBody, mayMention } from './sending.ts'
import { requireMessage, shownMessage } from './visible.ts'

/** Versions of one message that are listed. */
const MAX_VERSIONS = 100

export const changeHandles = [
  handle(editMessage, async (ctx, { roomId, messageId, body }) => {
    const row = await requireMessage(ctx, roomId, messageId)
    if (row.authorId !== ctx.me) refuse('NotAllowed')
    if (row.deletedAt !== null) refuse('MessageDeleted')
    const before = row.body
    if (!('text' in before)) return refuse('NotAllowed')
    if (isSameBody(before, body)) return shownMessage(row)
    mayMention(ctx.seat, body)

    const nth = (await versionsKept(ctx.store, messageId)) + 1
    const blind = await blindTo(ctx.store, row)
    for (const guard of blind.guards) ctx.guard(guard)
    const checksum = checksumOf({ ...row, body })
    return ctx.record([roomPlace(roomId)], (next) => {
      const n = next(roomPlace(roomId))
      const message: Message = { ...shownMessage(row), body, editedAt: n.at, rev: n.seq, checksum }
      return {
        writes: [
          insert(versionTable, { messageId, nth, body: before, at: row.editedAt ?? row.at }),
          patch(messageTable, keyOf(row), { set: { body, editedAt: n.at, rev: n.seq, checksum } }),
        ],
        events: [happened(messageEdited, n, { messageId, message }, blind.userIds)],
        result: message,
      }
    })
  }),

  handle(deleteMessage, async (ctx, { roomId, messageId }) => {
    const row = await requireMessage(ctx, roomId, messageId)
    if (row.body.kind === 'system') refuse('NotAllowed')
    if (!seatCan(ctx.seat, 'messages.deleteAny')) {
      if (row.authorId !== ctx.me) refuse('NotAllowed')
      if (row.deletedAt === null && ctx.now() - row.at > DELETE_WINDOW) refuse('TooLate')
    }
    if (row.deletedAt !== null) return shownMessage(row)

    const { guards, make } = await erasing(ctx.store, row, ctx.me)
    for (const guard of guards) ctx.guard(guard)
    return ctx.record([roomPlace(roomId)], make)
  }),

  handle(versionsOf, async (ctx, { roomId, messageId }) => {
    const { body, at, editedAt } = await requireMessage(ctx, roomId, messageId)
    if (!('text' in body)) return []
    const earlier = await ctx.store.find(versionTable, {
      where: { messageId },
      order: [['nth', 'desc']],
      limit: MAX_VERSIONS - 1,
    })
    return [{ body, at: editedAt ?? at }, ...earlier.map((version) => ({ body: version.body, at: version.at }))]
  }),
]

/** What stays of a message that this person deletes for everyone: who wrote it, when, and who deleted it. */
export function tombstoneOf(
  row: MessageRow,
  byId: UserId,
): Pick<MessageRow, 'body' | 'replyTo' | 'editedAt' | 'checksum'> {
  const body = { kind: 'deleted' as const, byId }
  return { body, replyTo: null, editedAt: null, checksum: checksumOf({ ...row, body }) }
}

const keyOf = ({ roomId, seq }: MessageRow): { roomId: RoomId; seq: number } => ({ roomId, seq })

/** What deletes a message for everyone: its words, its versions, what it answered; its line stays. */
export async function erasing(
  store: Reader,
  row: MessageRow,
  byId: UserId,
): Promise<{ guards: Guard[]; make: (next: Next) => Doing<Message> }> {
  const { roomId, messageId } = row
  const [kept, blind] = await Promise.all([versionsKept(store, messageId), blindTo(store, row)])
  const left = tombstoneOf(row, byId)
  return {
    guards: [must(messageTable, keyOf(row), { rev: row.rev }), ...blind.guards],
    make: (next) => {
      const n = next(roomPlace(roomId))
      const message: Message = { ...shownMessage(row), ...left, deletedAt: n.at, rev: n.seq }
      return {
        writes: [
          patch(messageTable, keyOf(row), { set: { ...left, deletedAt: n.at, rev: n.seq } }),
          ...Array.from({ length: kept }, (_, index) => remove(versionTable, { messageId, nth: index + 1 })),
          insert(erasureTable, { messageId, at: n.at }),
        ],
        events: [happened(messageDeleted, n, { messageId, message }, blind.userIds)],
        result: message,
      }
    },
  }
}

/** How many versions came before the present one: they are numbered without a gap. */
async function versionsKept(store: Reader, messageId: MessageId): Promise<number> {
  const [last] = await store.find(versionTable, { where: { messageId }, order: [['nth', 'desc']], limit: 1 })
  return last?.nth ?? 0
}

/** Members who do not see a message, and so do not hear what becomes of it: those of a block, and who came after it. */
async function blindTo(
  store: Reader,
  { roomId, seq, hiddenFrom }: MessageRow,
): Promise<{ userIds: UserId[]; guards: Guard[] }> {
  const room = (await store.get(roomTable, { roomId })) ?? refuse('NotFound')
  const [came, cleared] = await Promise.all([
    store.find(seatTable, { where: { roomId, fromSeq: { gte: seq } }, limit: MAX_MEMBERS }),
    store.find(seatTable, { where: { roomId, clearedSeq: { gte: seq } }, limit: MAX_MEMBERS }),
  ])
  const userIds = [...new Set([...(hiddenFrom ?? []), ...[...came, ...cleared].map((seat) => seat.userId)])]
  return { userIds, guards: [must(roomTable, { roomId }, { rev: room.rev })] }
}
