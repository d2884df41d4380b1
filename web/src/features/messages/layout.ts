import type { LocalId, Mention, Message, MessageId, Person, RoomId, Seq, TextBody, UserId } from '@connectly/protocol'
import { bodyText } from '../../kernel/i18n.ts'

/** A message of mine that is not in the log yet. `at` is by this device's clock. */
export type Pending = {
  localId: LocalId
  roomId: RoomId
  text: string
  mentions?: readonly Mention[] | undefined
  /** What it answers. */
  replyToId?: MessageId | undefined
  at: number
  state: 'sending' | 'failed'
  /** Why it failed, as a sentence. */
  failure?: string | undefined
}

export type MessageItem = {
  kind: 'message'
  /** Stays the same when a message of mine comes back from the server, so that it doesn't flicker. */
  id: string
  message: Message
  state: 'sending' | 'sent' | 'failed'
  own: boolean
  /** Opens and closes a group: one author, under a minute apart, nothing between. */
  first: boolean
  last: boolean
  author?: Person
  showAuthor: boolean
  failure?: string
}
export type ListItem =
  | MessageItem
  | { kind: 'date'; id: string; at: number }
  | { kind: 'system'; id: string; text: string; seq: Seq }
  | { kind: 'unread'; id: string; count: number }

/** Where what is unread begins, and how much it is; as of opening the room. */
export type Divider = { from: Seq; count: number }

const GROUP_GAP = 60_000

/** Lays a room's messages out: oldest first, days apart, one author's words together, my unsent ones at the end. */
export function layoutMessages(
  messages: readonly Message[],
  pending: readonly Pending[],
  me: UserId,
  people: ReadonlyMap<UserId, Person>,
  isGroup: boolean,
): ListItem[] {
  const known = new Set(messages.filter((message) => message.authorId === me).map((message) => message.localId))
  const waiting = pending.filter((each) => !known.has(each.localId))
  const items: ListItem[] = []
  let day: number | undefined
  for (const each of [...messages.map(asSent), ...waiting.map((each) => asPending(each, me))]) {
    const { message } = each
    const midnight = new Date(message.at).setHours(0, 0, 0, 0)
    if (midnight !== day) items.push({ kind: 'date', id: `day:${midnight}`, at: message.at })
    day = midnight
    if (message.body.kind === 'system') {
      items.push({ kind: 'system', id: message.messageId, text: bodyText(message.body), seq: message.seq })
      continue
    }
    items.push(messageItem(each, items.at(-1), me, people.get(message.authorId), isGroup))
  }
  return items
}

/**
 * Gives each layout the lines of the one before wherever they say the same: those on screen are then not drawn anew
 * when a page comes far above them.
 */
export function keeper(): (next: readonly ListItem[]) => readonly ListItem[] {
  let held = new Map<string, ListItem>()
  return (next) => {
    const kept = next.map((item) => {
      const old = held.get(item.id)
      return old && isSame(old, item) ? old : item
    })
    held = new Map(kept.map((item) => [item.id, item]))
    return kept
  }
}

function isSame(a: ListItem, b: ListItem): boolean {
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))]
  return left.length === right.size && left.every(([key, value]) => Object.is(value, right.get(key)))
}

/** The same with a line before the first unread one of others; a group is parted there. */
export function withDivider(items: readonly ListItem[], divider: Divider | null): readonly ListItem[] {
  if (!divider) return items
  const index = items.findIndex((item) => isFrom(item, divider.from))
  if (index < 0) return items
  const before = items[index - 1]
  const at = before?.kind === 'date' ? index - 1 : index
  const parted = items.map((item, nth) =>
    item.kind !== 'message'
      ? item
      : nth === index
        ? { ...item, first: true, showAuthor: item.showAuthor || (!item.own && isNamed(items)) }
        : nth === index - 1
          ? { ...item, last: true }
          : item,
  )
  return [...parted.slice(0, at), { kind: 'unread', id: 'unread', count: divider.count }, ...parted.slice(at)]
}

/** What I have said otherwise and the log does not know yet, by message; `rev` is the one that it takes the place of. */
export type Revised = ReadonlyMap<MessageId, { body: TextBody; rev: Seq }>

/** The same with my words as they will be: on their way until the log has them. */
export function withRevised(items: readonly ListItem[], revised: Revised): readonly ListItem[] {
  if (revised.size === 0) return items
  return items.map((item) => {
    const next = item.kind === 'message' && revised.get(item.message.messageId)
    if (!next || item.message.rev > next.rev || item.message.deletedAt !== null) return item
    return { ...item, state: 'sending', message: { ...item.message, body: next.body } }
  })
}

function isFrom(item: ListItem, from: Seq): boolean {
  return item.kind === 'message' && !item.own && item.message.deletedAt === null && item.message.seq >= from
}

/** Whether authors are named here: in groups. */
function isNamed(items: readonly ListItem[]): boolean {
  return items.some((item) => item.kind === 'message' && item.showAuthor)
}

type Raw = { message: Message; state: MessageItem['state']; failure?: string | undefined }

function messageItem(
  raw: Raw,
  before: ListItem | undefined,
  me: UserId,
  author: Person | undefined,
  isGroup: boolean,
): MessageItem {
  const { message, state, failure } = raw
  const own = message.authorId === me
  const joins = before?.kind === 'message' && isOneGroup(before.message, message)
  if (joins) before.last = false
  return {
    kind: 'message',
    id: own ? (message.localId ?? message.messageId) : message.messageId,
    message,
    state,
    own,
    first: !joins,
    last: true,
    showAuthor: isGroup && !own && !joins,
    ...(author && { author }),
    ...(failure !== undefined && { failure }),
  }
}

function isOneGroup(before: Message, after: Message): boolean {
  return before.authorId === after.authorId && after.at - before.at < GROUP_GAP
}

function asSent(message: Message): Raw {
  return { message, state: 'sent' }
}

function asPending(pending: Pending, me: UserId): Raw {
  const { localId, roomId, text, mentions, replyToId, at, state, failure } = pending
  const message: Message = {
    messageId: localId as string as MessageId,
    roomId,
    authorId: me,
    localId,
    body: { kind: 'text', text, ...(mentions && { mentions: [...mentions] }) },
    replyTo: replyToId ? { messageId: replyToId, seq: 0 } : null,
    at,
    editedAt: null,
    deletedAt: null,
    seq: Number.MAX_SAFE_INTEGER,
    rev: 0,
    checksum: '',
  }
  return { message, state, failure }
}
