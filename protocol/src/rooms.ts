import * as z from 'zod/mini'
import { Person } from './accounts.ts'
import { can, defineEvent, defineMethod, member, members, only, signedIn } from './define.ts'
import { LocalId, MessageId, RoomId, Seq, Time, UserId } from './ids.ts'
import { MessageBody } from './body.ts'
import { AboutText, DisplayName, SearchText } from './text.ts'

export const roles = ['owner', 'admin', 'member'] as const
export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

export const MAX_MEMBERS = 5000

/** Which of the eight tints of the visual language. */
export const Tint = z.int().check(z.minimum(0), z.maximum(7))

/** A direct room has two members for ever and no name; a group has a name, roles, and people who come and go. */
export const Room = z.object({
  roomId: RoomId,
  kind: z.enum(['direct', 'group']),
  name: z.nullable(z.string()),
  about: z.string(),
  /** One of eight colours of a group without a picture; `null` for the one its id gives. */
  tint: z.nullable(Tint),
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

/** What was said last, as a list shows it. */
export const LastWords = z.object({ messageId: MessageId, authorId: UserId, body: MessageBody, at: Time, seq: Seq })
export type LastWords = z.infer<typeof LastWords>

/** How far somebody has come in a room. Both only grow; what is read is delivered. */
export const Marks = z.object({ readSeq: Seq, deliveredSeq: Seq })
export type Marks = z.infer<typeof Marks>

/** Unread messages are counted up to here, and their numbers kept a little further: some may be deleted. */
export const MAX_UNREAD = 100
export const UNREAD_KEPT = 120
/** Rooms that may stand at the top of a list. */
export const MAX_PINNED_ROOMS = 20
/** Muted until it is taken back: the end of the time that the wire can say. */
export const MUTED_FOREVER = 8_640_000_000_000_000

/** A room's line in the list of chats, as of `seq`. */
export const RoomLine = z.object({
  room: Room,
  /** The other person of a direct room. */
  other: z.nullable(Person),
  last: z.nullable(LastWords),
  /** I have read up to here. */
  readSeq: Seq,
  /** I marked the room as unread from here on; `null` when I did not. */
  unreadFrom: z.nullable(Seq),
  /** The numbers of what others said that I have not read, the newest 120, descending. */
  unread: z.array(Seq),
  /** Those of them that mention me. */
  mentions: z.array(Seq),
  /** How far the other of a direct room has come, as signals last said; `null` where they do not show it, and in groups. */
  theirs: z.nullable(Marks),
  /** When I pinned the room to the top of my list. */
  pinnedAt: z.nullable(Time),
  /** Until when it makes no noise; `MUTED_FOREVER` for good. */
  mutedUntil: z.nullable(Time),
  seq: Seq,
})
export type RoomLine = z.infer<typeof RoomLine>

export const createGroup = defineMethod('rooms.create', {
  means: 'Makes a group of the asking person, as its owner, and people they are in contact with.',
  access: only(signedIn(), members),
  limit: 'membership',
  once: 'localId',
  input: z.object({
    localId: LocalId,
    name: DisplayName,
    about: z.optional(AboutText),
    tint: z.optional(z.nullable(Tint)),
    userIds: z.array(UserId).check(z.maxLength(100)),
  }),
  output: Room,
  refusals: ['NotAContact'],
})

export const editRoom = defineMethod('rooms.edit', {
  means: 'Changes what a group is called, what it is about, or its tint; what is left out stays.',
  access: can('rooms.edit', 'roomId'),
  limit: 'membership',
  input: z.object({
    roomId: RoomId,
    name: z.optional(DisplayName),
    about: z.optional(AboutText),
    tint: z.optional(z.nullable(Tint)),
  }),
  output: Room,
})

export const addMember = defineMethod('rooms.addMember', {
  means: 'Adds somebody to a group. Adding a member changes nothing and succeeds.',
  access: only(can('rooms.addMember', 'roomId'), members),
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
  means: 'Leaves a group. The last owner names who owns it then, unless nobody else is there.',
  access: member('roomId'),
  limit: 'membership',
  input: z.object({ roomId: RoomId, heirId: z.optional(UserId) }),
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

export const handOver = defineMethod('rooms.handOver', {
  means: 'Makes another member the owner in my place; I stay as an admin.',
  access: can('rooms.setRole', 'roomId'),
  limit: 'membership',
  input: z.object({ roomId: RoomId, userId: UserId }),
  output: Seat,
})

export const setRoomPrefs = defineMethod('rooms.setPrefs', {
  means: 'Pins a room to the top of my list, or mutes it; what is left out stays. Nobody else learns of it.',
  access: member('roomId'),
  limit: 'write',
  input: z.object({
    roomId: RoomId,
    isPinned: z.optional(z.boolean()),
    mutedUntil: z.optional(z.nullable(Time)),
  }),
  output: z.object({}),
  refusals: ['TooManyPinned'],
})

export const clearRoom = defineMethod('rooms.clear', {
  means: 'Empties a room for me: I see what is said from now on. The others keep theirs.',
  access: member('roomId'),
  limit: 'write',
  input: z.object({ roomId: RoomId }),
  output: z.object({}),
})

export const findMembers = defineMethod('rooms.findMembers', {
  means: 'Members whose name or username begins with these words, at most 20.',
  access: member('roomId'),
  limit: 'search',
  input: z.object({ roomId: RoomId, text: SearchText }),
  output: z.array(Member),
})

export const memberOf = defineMethod('rooms.member', {
  means: 'One member of a room.',
  access: member('roomId'),
  limit: 'read',
  input: z.object({ roomId: RoomId, userId: UserId }),
  output: Member,
})

export const roomsInCommon = defineMethod('rooms.inCommon', {
  means: 'Groups that somebody and I are both in, at most 100.',
  access: signedIn(),
  limit: 'read',
  input: z.object({ userId: UserId }),
  output: z.array(Room),
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
export const roomEdited = defineEvent('rooms.edited', {
  means: 'A group has another name, another tint, or says something else about itself.',
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
export const personChanged = defineEvent('rooms.personChanged', {
  means: 'A member goes by another name.',
  place: 'room',
  keep: ['userId'],
  data: z.object({ userId: UserId, person: z.nullable(Person) }),
})
export const roomPrefsSet = defineEvent('rooms.prefsSet', {
  means: 'I pinned or muted a room, or took it back.',
  place: 'user',
  data: z.object({ roomId: RoomId, pinnedAt: z.nullable(Time), mutedUntil: z.nullable(Time) }),
})
export const roomCleared = defineEvent('rooms.cleared', {
  means: 'I emptied a room for me, up to this number.',
  place: 'user',
  data: z.object({ roomId: RoomId, clearedSeq: Seq }),
})
