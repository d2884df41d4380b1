import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { can, defineEvent, defineMethod, member, signedIn } from './define.ts'
import { LocalId, MessageId, RoomId, Seq, Time, UserId } from './ids.ts'
import { MessageBody } from './body.ts'
import { DisplayName } from './text.ts'

export const roles = ['owner', 'admin', 'member'] as const
export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

export const MAX_MEMBERS = 5000

/** A direct room has two members for ever and no name; a group has a name, roles, and people who come and go. */
export const Room = z.object({
  roomId: RoomId,
  kind: z.enum(['direct', 'group']),
  name: z.nullable(z.string()),
  members: z.int(),
  createdAt: Time,
  rev: Seq,
})
export type Room = z.infer<typeof Room>

/** A person's place in a room. They see what has a number above `fromSeq`. */
export const Seat = z.object({ roomId: RoomId, userId: UserId, role: Role, fromSeq: Seq, joinedAt: Time, rev: Seq })
export type Seat = z.infer<typeof Seat>

export const Member = z.object({ seat: Seat, person: Person })
export type Member = z.infer<typeof Member>

/** A room's line in the list of chats, as of `seq`. */
export const RoomLine = z.object({
  room: Room,
  /** The other person of a direct room. */
  other: z.nullable(Person),
  last: z.nullable(z.object({ messageId: MessageId, authorId: UserId, body: MessageBody, at: Time, seq: Seq })),
  seq: Seq,
})
export type RoomLine = z.infer<typeof RoomLine>

export const createGroup = defineMethod('rooms.create', {
  means: 'Makes a group of the asking person, as its owner, and people they are in contact with.',
  access: signedIn(),
  limit: 'membership',
  once: 'localId',
  input: z.object({ localId: LocalId, name: DisplayName, userIds: z.array(UserId).check(z.maxLength(100)) }),
  output: Room,
  refusals: ['NotAContact'],
})

export const renameRoom = defineMethod('rooms.rename', {
  means: 'Renames a group. The name it has already changes nothing and succeeds.',
  access: can('rooms.rename', 'roomId'),
  limit: 'membership',
  input: z.object({ roomId: RoomId, name: DisplayName }),
  output: Room,
})

export const addMember = defineMethod('rooms.addMember', {
  means: 'Adds somebody to a group. Adding a member changes nothing and succeeds.',
  access: can('rooms.addMember', 'roomId'),
  limit: 'membership',
  input: z.object({ roomId: RoomId, userId: UserId }),
  output: Seat,
  refusals: ['NotAContact', 'RoomFull'],
})

export const removeMember = defineMethod('rooms.removeMember', {
  means: 'Removes somebody of a lower role from a group.',
  access: can('rooms.removeMember', 'roomId'),
  limit: 'membership',
  input: z.object({ roomId: RoomId, userId: UserId }),
  output: z.object({}),
})

export const leaveRoom = defineMethod('rooms.leave', {
  means: 'Leaves a group. The last owner hands it over first, unless nobody else is there.',
  access: member('roomId'),
  limit: 'membership',
  input: z.object({ roomId: RoomId }),
  output: z.object({}),
  refusals: ['LastOwner'],
})

export const setRole = defineMethod('rooms.setRole', {
  means: 'Gives a member another role. The last owner stays one.',
  access: can('rooms.setRole', 'roomId'),
  limit: 'membership',
  input: z.object({ roomId: RoomId, userId: UserId, role: Role }),
  output: Seat,
  refusals: ['LastOwner'],
})

export const listMembers = defineMethod('rooms.members', {
  means: 'Members of a room in the order of joining, a page at a time.',
  access: member('roomId'),
  limit: 'read',
  input: z.object({
    roomId: RoomId,
    after: z.optional(UserId),
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
  }),
  output: z.array(Member),
})

export const roomCreated = defineEvent('rooms.created', {
  means: 'A room came to be.',
  place: 'room',
  data: z.object({ room: Room }),
})
export const roomRenamed = defineEvent('rooms.renamed', {
  means: 'A group has another name.',
  place: 'room',
  data: z.object({ room: Room }),
})
export const memberAdded = defineEvent('rooms.memberAdded', {
  means: 'Somebody joined.',
  place: 'room',
  opens: 'userId',
  data: z.object({ userId: UserId, seat: Seat, person: Person, room: Room, byId: UserId }),
})
export const memberRemoved = defineEvent('rooms.memberRemoved', {
  means: 'Somebody left, or was removed.',
  place: 'room',
  closes: 'userId',
  data: z.object({ userId: UserId, room: Room, byId: UserId }),
})
export const roleChanged = defineEvent('rooms.roleChanged', {
  means: 'A member has another role.',
  place: 'room',
  data: z.object({ seat: Seat, byId: UserId }),
})
export const roomJoined = defineEvent('rooms.joined', {
  means: 'A room came into my list.',
  place: 'user',
  keep: ['roomId'],
  data: z.object({ roomId: RoomId, line: z.nullable(RoomLine) }),
})
export const roomLeft = defineEvent('rooms.left', {
  means: 'A room went from my list.',
  place: 'user',
  data: z.object({ roomId: RoomId }),
})
