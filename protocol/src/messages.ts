import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { MessageBody, TextBody } from './body.ts'
import { can, defineEvent, defineMethod, member } from './define.ts'
import { LocalId, MessageId, RoomId, Seq, Time, UserId } from './ids.ts'
import { LastWords } from './rooms.ts'

/** How long after it was said a message can be deleted for everyone by who wrote it, in ms. */
export const DELETE_WINDOW = 48 * 60 * 60 * 1000
/** Messages named in one ask. */
export const MAX_NAMED = 100

/** A message. `seq` orders it; `at` is when the server took it; `checksum` is the SHA-256 of its content. */
export const Message = z.object({
  messageId: MessageId,
  roomId: RoomId,
  authorId: UserId,
  localId: z.nullable(LocalId),
  body: MessageBody,
  /** The message it answers. Who may see that one asks for it. */
  replyTo: z.nullable(z.object({ messageId: MessageId, seq: Seq })),
  at: Time,
  editedAt: z.nullable(Time),
  /** When it was deleted for everyone: then its body says only by whom. */
  deletedAt: z.nullable(Time),
  seq: Seq,
  rev: Seq,
  checksum: z.string(),
})
export type Message = z.infer<typeof Message>

/** A run of messages in ascending order, who wrote them, what they answer, and whether there is more to either side. */
export const MessagePage = z.object({
  messages: z.array(Message),
  people: z.array(Person),
  /** What these messages answer and the asking person may see, unless it stands among them. */
  quoted: z.array(Message),
  older: z.boolean(),
  newer: z.boolean(),
})
export type MessagePage = z.infer<typeof MessagePage>

export const sendMessage = defineMethod('messages.send', {
  means:
    'Says something in a room. Acknowledged once it is on disk; a repeat with the same localId is the same message.',
  access: can('messages.send', 'roomId'),
  limit: 'send',
  once: 'localId',
  input: z.object({
    roomId: RoomId,
    localId: LocalId,
    body: TextBody,
    /** A message of the same room that this one answers. */
    replyToId: z.optional(MessageId),
  }),
  output: Message,
  refusals: ['MessageDeleted', 'YouBlocked'],
})

export const editMessage = defineMethod('messages.edit', {
  means: 'Says a message of mine otherwise. Earlier versions stay readable. The same words change nothing and succeed.',
  access: can('messages.send', 'roomId'),
  limit: 'send',
  input: z.object({ roomId: RoomId, messageId: MessageId, body: TextBody }),
  output: Message,
  refusals: ['MessageDeleted'],
})

export const deleteMessage = defineMethod('messages.delete', {
  means:
    'Deletes a message for everyone: a line stays that says who did. Mine within 48 hours; those of others, and at any time, with the right.',
  access: member('roomId'),
  limit: 'write',
  input: z.object({ roomId: RoomId, messageId: MessageId }),
  output: Message,
  refusals: ['TooLate'],
})

export const hideMessages = defineMethod('messages.hide', {
  means: 'Deletes messages for me alone. Hiding what is hidden changes nothing.',
  access: member('roomId'),
  limit: 'write',
  input: z.object({
    roomId: RoomId,
    messageIds: z.array(MessageId).check(z.minLength(1, 'names no message'), z.maxLength(MAX_NAMED)),
  }),
  output: z.object({}),
})

export const getMessages = defineMethod('messages.get', {
  means: 'Messages of a room by id, with who wrote them; what the asking person may not see is left out.',
  access: member('roomId'),
  limit: 'read',
  input: z.object({ roomId: RoomId, messageIds: z.array(MessageId).check(z.maxLength(MAX_NAMED)) }),
  output: z.object({ messages: z.array(Message), people: z.array(Person) }),
})

/** What a message said, from when on. */
export const Version = z.object({ body: TextBody, at: Time })
export type Version = z.infer<typeof Version>

export const versionsOf = defineMethod('messages.versions', {
  means: 'All versions of a message, the newest first, at most 100. A deleted one has none.',
  access: member('roomId'),
  limit: 'read',
  input: z.object({ roomId: RoomId, messageId: MessageId }),
  output: z.array(Version),
})

export const pageMessages = defineMethod('messages.page', {
  means: 'Messages before or after a number, or around a message; the newest when none is given.',
  access: member('roomId'),
  limit: 'read',
  input: z.object({
    roomId: RoomId,
    before: z.optional(Seq),
    after: z.optional(Seq),
    around: z.optional(MessageId),
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(200))),
  }),
  output: MessagePage,
})

export const messageSent = defineEvent('messages.sent', {
  means: 'A message was said.',
  place: 'room',
  keep: [],
  data: z.object({ message: z.nullable(Message) }),
})
export const messageEdited = defineEvent('messages.edited', {
  means: 'A message says something else now.',
  place: 'room',
  keep: ['messageId'],
  data: z.object({ messageId: MessageId, message: z.nullable(Message) }),
})
export const messageDeleted = defineEvent('messages.deleted', {
  means: 'A message was deleted for everyone.',
  place: 'room',
  keep: ['messageId'],
  data: z.object({ messageId: MessageId, message: z.nullable(Message) }),
})
export const messagesHidden = defineEvent('messages.hidden', {
  means: 'I deleted messages for me alone. `last` is what I see as the last one now.',
  place: 'user',
  keep: ['roomId', 'messageIds', 'seqs'],
  data: z.object({
    roomId: RoomId,
    messageIds: z.array(MessageId),
    seqs: z.array(Seq),
    last: z.nullable(LastWords),
  }),
})
