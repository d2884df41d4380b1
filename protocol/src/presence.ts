import * as z from 'zod/mini'
import { can, defineMethod, defineSignal, signedIn } from './define.ts'
import { RoomId, Time, UserId } from './ids.ts'

/** People a connection may watch. */
export const MAX_WATCHED = 200
/** Names that typing in a group gives. */
export const MAX_TYPING_NAMES = 3
/** Somebody who says no more counts as having stopped after this, in ms. Whoever types says so again sooner. */
export const TYPING_LASTS = 6000
/** How often whoever types says so, in ms. */
export const TYPING_EVERY = 3000

/** Whether somebody is here. `hidden` is all one learns of who does not show it. */
export const Presence = z.object({
  userId: UserId,
  state: z.enum(['online', 'offline', 'hidden']),
  lastSeenAt: z.nullable(Time),
})
export type Presence = z.infer<typeof Presence>

export const RoomPresence = z.object({ roomId: RoomId, online: z.int() })

export const watchPresence = defineMethod('presence.watch', {
  means:
    'Says what this connection shows: people, and at most one open room. It hears of these from now on, and of no others; the answer says how they are.',
  access: signedIn(),
  limit: 'signal',
  door: 'socket',
  input: z.object({
    userIds: z.array(UserId).check(z.maxLength(MAX_WATCHED)),
    roomId: z.nullable(RoomId),
  }),
  output: z.object({ people: z.array(Presence), room: z.nullable(RoomPresence), online: z.int() }),
})

export const sayTyping = defineMethod('presence.typing', {
  means: 'I am writing in a room, or no longer. Said every three seconds at most.',
  access: can('messages.send', 'roomId'),
  limit: 'signal',
  door: 'socket',
  input: z.object({ roomId: RoomId, isTyping: z.boolean() }),
  output: z.object({}),
})

export const presenceChanged = defineSignal('presence.changed', {
  means: 'Somebody this connection watches came, went, or shows it no longer.',
  access: signedIn(),
  limit: 'signal',
  data: Presence,
})
export const onlineCounted = defineSignal('presence.count', {
  means: 'How many people are here, each once however many tabs and devices they have. At most once a second.',
  access: signedIn(),
  limit: 'signal',
  data: z.object({ online: z.int() }),
})
export const roomCounted = defineSignal('presence.room', {
  means: 'How many members of the open room are here. At most once a second; above 500 members every five.',
  access: signedIn(),
  limit: 'signal',
  data: RoomPresence,
})
export const typingNow = defineSignal('presence.typingNow', {
  means: 'Who writes in a room now, up to three by id, and how many in all. Said at most once a second.',
  access: signedIn(),
  limit: 'signal',
  data: z.object({ roomId: RoomId, userIds: z.array(UserId), count: z.int() }),
})
