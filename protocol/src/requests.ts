import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { defineEvent, defineMethod, members, only, own, signedIn } from './define.ts'
import { LocalId, RequestId, RoomId, Time, UserId } from './ids.ts'
import { MessageText } from './text.ts'

/** A message request as either of the two sees it. Who asked never learns of a "not now": for them it goes on waiting. */
export const Request = z.object({
  requestId: RequestId,
  fromId: UserId,
  toId: UserId,
  state: z.enum(['pending', 'declined']),
  text: z.string(),
  /** The other of the two. */
  person: Person,
  askedAt: Time,
})
export type Request = z.infer<typeof Request>

export const askToTalk = defineMethod('requests.ask', {
  means: 'Asks to talk, with a first message. Where the other has asked already, this is the acceptance.',
  access: only(signedIn(), members),
  limit: 'request',
  once: 'localId',
  input: z.object({ toId: UserId, text: MessageText, localId: LocalId }),
  output: z.object({ requestId: RequestId, roomId: z.nullable(RoomId) }),
  refusals: ['AlreadyConnected', 'AlreadyAsked', 'YouBlocked'],
})

export const acceptRequest = defineMethod('requests.accept', {
  means: 'Opens the direct room of the two and carries the first message over, with its id and time.',
  access: own('requestId', 'toId'),
  limit: 'write',
  input: z.object({ requestId: RequestId }),
  output: z.object({ roomId: RoomId }),
  refusals: ['RequestClosed'],
})

export const declineRequest = defineMethod('requests.decline', {
  means: 'Not now. Who asked notices nothing.',
  access: own('requestId', 'toId'),
  limit: 'write',
  input: z.object({ requestId: RequestId }),
  output: z.object({}),
  refusals: ['RequestClosed'],
})

export const cancelRequest = defineMethod('requests.cancel', {
  means: 'Takes a waiting request back.',
  access: own('requestId', 'fromId'),
  limit: 'write',
  input: z.object({ requestId: RequestId }),
  output: z.object({}),
  refusals: ['RequestClosed'],
})

const ref = z.object({ requestId: RequestId })
const content = z.object({ requestId: RequestId, request: z.nullable(Request) })

export const requestSent = defineEvent('requests.sent', {
  means: 'I asked somebody.',
  place: 'user',
  keep: ['requestId'],
  data: content,
})
export const requestReceived = defineEvent('requests.received', {
  means: 'Somebody asks me.',
  place: 'user',
  keep: ['requestId'],
  data: content,
})
export const requestDeclined = defineEvent('requests.declined', { means: 'I said not now.', place: 'user', data: ref })
export const requestClosed = defineEvent('requests.closed', {
  means: 'A request was accepted or taken back: it leaves both lists.',
  place: 'user',
  data: ref,
})
