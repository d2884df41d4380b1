import { messageSent, roomPlace, sendMessage } from '@connectly/protocol'
import type { LocalId, Message, MessageBody, MessageId, RoomId, TextBody, UserId } from '@connectly/protocol'
import { happened, type Context, type Happened, type Next } from '../../kernel/context.ts'
import { handle, repeat } from '../../kernel/feature.ts'
import type { SeatRow } from '../../kernel/seats.ts'
import { refuse } from '../../kernel/refuse.ts'
import { insert, mustNot, type Write } from '../../store/store.ts'
import { blockTable, hasBlocked } from '../blocks/index.ts'
import { roomTable, seatCan } from '../rooms/index.ts'
import { checksumOf } from './checksum.ts'
import { messageTable, versionTable } from './messages.tables.ts'
import { requireMessage, shownMessage } from './visible.ts'

export const sendHandles = [
  handle(sendMessage, async (ctx, { roomId, localId, body, replyToId }) => {
    mayMention(ctx.seat, body)
    const hiddenFrom = ctx.seat.hides
    if (hiddenFrom) await refuseUnderMyBlock(ctx)
    const replyTo = replyToId === undefined ? null : await answered(ctx, roomId, replyToId)
    const said = compose(ctx, { roomId, authorId: ctx.me, localId, body, replyTo, hiddenFrom })
    return ctx.record([roomPlace(roomId)], (next) => {
      const { write, event, message } = said(next)
      return { writes: [write], events: [event], result: message }
    })
  }),
]

/** A repeat is known by its author and localId for as long as the message lives: both stand in the row. */
export const messageRepeats = [
  repeat(sendMessage, async (store, me, { localId, roomId, body, replyToId }) => {
    const [row] = await store.find(messageTable, { where: { authorId: me, localId }, limit: 1 })
    if (!row) return undefined
    if (row.roomId !== roomId) return 'reused'
    // What was said and asked then is gone: the key alone has to tell.
    if (row.deletedAt !== null) return { value: shownMessage(row) }
    const first =
      row.editedAt === null ? undefined : await store.get(versionTable, { messageId: row.messageId, nth: 1 })
    const isSame = isSameBody(first?.body ?? row.body, body) && row.replyTo?.messageId === replyToId
    return isSame ? { value: shownMessage(row) } : 'reused'
  }),
]

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
    replyTo?: Message['replyTo']
    /** Members who are not to see it. */
    hiddenFrom?: UserId[] | null
  },
): (next: Next) => { write: Write; event: Happened; message: Message } {
  const { roomId, authorId, localId, body, replyTo = null, hiddenFrom = null } = what
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
      replyTo,
      editedAt: null,
      deletedAt: null,
      seq: n.seq,
      rev: n.seq,
      checksum,
    }
    return {
      write: insert(messageTable, { ...message, hiddenFrom }),
      event: happened(messageSent, n, { message }, hiddenFrom),
      message,
    }
  }
}

/** To call everyone takes a right of its own. */
export function mayMention(seat: SeatRow, body: TextBody): void {
  if (body.mentions?.some(({ who }) => who === 'all') && !seatCan(seat, 'messages.mentionAll')) refuse('NotAllowed')
}

export function isSameBody(a: MessageBody, b: TextBody): boolean {
  return 'text' in a && a.text === b.text && JSON.stringify(a.mentions ?? []) === JSON.stringify(b.mentions ?? [])
}

async function answered(ctx: Context, roomId: RoomId, messageId: MessageId): Promise<Message['replyTo']> {
  const { seq, deletedAt } = await requireMessage(ctx, roomId, messageId)
  return deletedAt === null ? { messageId, seq } : refuse('MessageDeleted')
}

/** Who blocked the other of a direct room does not write there. Who was blocked may, and notices nothing. */
async function refuseUnderMyBlock(ctx: Context): Promise<void> {
  const { store, me, seat } = ctx
  const room = await store.get(roomTable, { roomId: seat.roomId })
  const otherId = room?.directKey?.split(':').find((userId) => userId !== me) as UserId | undefined
  if (!otherId) return
  if (await hasBlocked(store, me, otherId)) refuse('YouBlocked')
  ctx.guard(mustNot(blockTable, { userId: me, otherId, isMine: true }))
}
