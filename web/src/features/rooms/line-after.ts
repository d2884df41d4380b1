import {
  memberAdded,
  memberRemoved,
  messageDeleted,
  messageEdited,
  messageSent,
  personChanged,
  roomEdited,
  UNREAD_KEPT,
  type DataOf,
  type EventType,
  type Message,
  type messagesHidden,
  type OthersMarks,
  type readMoved,
  type Room,
  type RoomLine,
  type UserId,
} from '@connectly/protocol'
import type { Happening } from '../../kernel/slice.ts'

/* How a line of my list moves on. Unread is never counted twice: a line holds the numbers of what is unread, as a set. */

const dataOf = <E extends EventType>(_type: E, event: Happening): DataOf<E> => event.data as DataOf<E>

/** A line after something happened in its room. `me` is whose list it is. */
export function lineAfter(line: RoomLine, event: Happening, me: UserId | null): RoomLine {
  const moved = { ...line, seq: event.seq }
  switch (event.name) {
    case messageSent.name:
      return said(moved, dataOf(messageSent, event).message, me)
    case messageEdited.name:
      return edited(moved, dataOf(messageEdited, event).message, me)
    case messageDeleted.name:
      return deleted(moved, dataOf(messageDeleted, event).message)
    case personChanged.name: {
      const { person } = dataOf(personChanged, event)
      return person && line.other?.userId === person.userId ? { ...moved, other: person } : moved
    }
    case roomEdited.name:
    case memberAdded.name:
    case memberRemoved.name:
      return { ...moved, room: newer(line.room, (event.data as { room: Room }).room) }
    default:
      return moved
  }
}

function said(before: RoomLine, message: Message | null, me: UserId | null): RoomLine {
  if (!message) return before
  const line = answered(before, message)
  const { messageId, authorId, body, at, seq } = message
  const last = { messageId, authorId, body, at, seq }
  if (authorId === me) {
    // What one says reads up to it; what the room says of one, or what a request carried over, does not.
    // A mark that has come further knows of it already.
    if (message.localId === null || seq <= line.readSeq) return { ...line, last }
    return { ...line, last, readSeq: Math.max(line.readSeq, seq), unreadFrom: null, unread: [], mentions: [] }
  }
  if (body.kind === 'system' || body.kind === 'deleted' || seq <= readUpTo(line)) return { ...line, last }
  const mentions = isMentioned(message, me) ? with1(line.mentions, seq) : line.mentions
  return { ...line, last, unread: with1(line.unread, seq), mentions }
}

/** Who answers has read up to there; shown only of who shows it. */
function answered(line: RoomLine, { authorId, seq, localId }: Message): RoomLine {
  if (!line.theirs || line.other?.userId !== authorId || localId === null) return line
  return withTheirs(line, { roomId: line.room.roomId, userId: authorId, readSeq: seq, deliveredSeq: seq })
}

function edited(line: RoomLine, message: Message | null, me: UserId | null): RoomLine {
  if (!message) return line
  const { messageId, seq, body } = message
  const last = line.last?.messageId === messageId ? { ...line.last, body } : line.last
  if (!line.unread.includes(seq)) return { ...line, last }
  const mentions = isMentioned(message, me) ? with1(line.mentions, seq) : without(line.mentions, [seq])
  return { ...line, last, mentions }
}

function deleted(line: RoomLine, message: Message | null): RoomLine {
  if (!message) return line
  const { messageId, seq, body } = message
  const last = line.last?.messageId === messageId ? { ...line.last, body } : line.last
  return { ...line, last, unread: without(line.unread, [seq]), mentions: without(line.mentions, [seq]) }
}

/** After I read further, or marked the room as unread. */
export function afterReading(line: RoomLine, moved: DataOf<typeof readMoved>): RoomLine {
  // It was overtaken: by what I said in the room since, or by a fresh line.
  if (moved.readSeq < line.readSeq) return line
  const next = { ...line, readSeq: moved.readSeq, unreadFrom: moved.unreadFrom }
  const from = readUpTo(next)
  const rest = (held: readonly number[], back: readonly number[]) =>
    newestOf([...held, ...back].filter((seq) => seq > from))
  return { ...next, unread: rest(line.unread, moved.unread), mentions: rest(line.mentions, moved.mentions) }
}

/** After I emptied the room for me. */
export function afterClearing(line: RoomLine, clearedSeq: number): RoomLine {
  const rest = (held: readonly number[]) => held.filter((seq) => seq > clearedSeq)
  const last = line.last && line.last.seq > clearedSeq ? line.last : null
  const readSeq = Math.max(line.readSeq, clearedSeq)
  return { ...line, last, readSeq, unreadFrom: null, unread: rest(line.unread), mentions: rest(line.mentions) }
}

/** After I deleted messages for me alone. */
export function afterHiding(line: RoomLine, hidden: DataOf<typeof messagesHidden>): RoomLine {
  const isGone = line.last !== null && hidden.messageIds.includes(line.last.messageId)
  return {
    ...line,
    last: isGone ? hidden.last : line.last,
    unread: without(line.unread, hidden.seqs),
    mentions: without(line.mentions, hidden.seqs),
  }
}

/** How far the other of a direct room has come, by a signal. Both marks only grow. */
export function withTheirs(line: RoomLine, { userId, readSeq, deliveredSeq }: OthersMarks): RoomLine {
  if (line.other?.userId !== userId) return line
  const { theirs } = line
  if (theirs && theirs.readSeq >= readSeq && theirs.deliveredSeq >= deliveredSeq) return line
  return {
    ...line,
    theirs: {
      readSeq: Math.max(theirs?.readSeq ?? 0, readSeq),
      deliveredSeq: Math.max(theirs?.deliveredSeq ?? 0, deliveredSeq),
    },
  }
}

/** What others said above this is unread. */
const readUpTo = ({ readSeq, unreadFrom }: RoomLine): number =>
  unreadFrom === null ? readSeq : Math.min(readSeq, unreadFrom - 1)

/** Whether a message means this person. */
function isMentioned({ body }: Pick<Message, 'body'>, me: UserId | null): boolean {
  if (!('mentions' in body) || !body.mentions) return false
  return body.mentions.some(({ who }) => who === 'all' || who === me)
}

/** A row by its `rev`: what is held and not older stays. */
export function newer(held: Room | null, come: Room): Room {
  return held && held.rev >= come.rev ? held : come
}

const with1 = (held: readonly number[], seq: number): number[] => newestOf([...held, seq])

/** Each once, descending, no more than a line keeps. */
function newestOf(seqs: readonly number[]): number[] {
  return [...new Set(seqs)].sort((a, b) => b - a).slice(0, UNREAD_KEPT)
}

function without(held: readonly number[], gone: readonly number[]): number[] {
  return held.filter((seq) => !gone.includes(seq))
}
