import { messageSent, roomPlace, type Message, type MessageId, type RoomId, type UserId } from '@connectly/protocol'
import { newId } from '@connectly/server/test-kit'
import { checksumOf, messageTable } from '../../../server/src/features/messages/index.ts'
import { seatTable } from '../../../server/src/features/rooms/index.ts'
import { happened } from '../../../server/src/kernel/context.ts'
import type { Log } from '../../../server/src/kernel/log.ts'
import { insert, must, patch } from '../../../server/src/store/store.ts'

/** Somebody's seat in a room, from which they speak. */
export type Speaker = { roomId: RoomId; userId: UserId; role: 'owner' | 'member' }

/**
 * Commits what sending a message commits: a guard on the seat, the message with its indexes, the mark on the seat, the event
 * and the place's number. Throws unless it was kept.
 */
export async function say(log: Log, { roomId, userId, role }: Speaker, text: string): Promise<void> {
  const place = roomPlace(roomId)
  const seat = { roomId, userId }
  const draft = {
    messageId: newId<MessageId>(),
    roomId,
    authorId: userId,
    localId: newId<NonNullable<Message['localId']>>(),
    body: { kind: 'text' as const, text },
    at: Date.now(),
  }
  const checksum = checksumOf(draft)
  const outcome = await log.record([place], [must(seatTable, seat, { role, hides: null })], (next) => {
    const n = next(place)
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
      writes: [
        insert(messageTable, { ...message, hiddenFrom: null }),
        patch(seatTable, seat, { set: { readSeq: n.seq, unreadFrom: null } }),
      ],
      events: [happened(messageSent, n, { message })],
      result: message,
    }
  })
  if (outcome.kind !== 'done') throw new Error(`a message came out as ${outcome.kind}`)
}
