import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { MessageBody, TextBody } from './body.ts'
import { can, defineEvent, defineMethod, member } from './define.ts'
import { LocalId, MessageId, RoomId, Seq, Time, UserId } from './ids.ts'

/** A message. `seq` orders it; `at` is when the server took it; `checksum` is the SHA-256 of its content. */
export const Message = z.object({
  messageId: MessageId,
  roomId: RoomId,
  authorId: UserId,
  localId: z.nullable(LocalId),
  body: MessageBody,
  at: Time,
  seq: Seq,
  rev: Seq,
  checksum: z.string(),
})
export type Message = z.infer<typeof Message>

/** A run of messages in ascending order, who wrote them, and whether there is more to either side. */
export const MessagePage = z.object({
  messages: z.array(Message),
  people: z.array(Person),
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
  input: z.object({ roomId: RoomId, localId: LocalId, body: TextBody }),
  output: Message,
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
