import { roomPlace, userPlace, type MessageId, type Place, type RoomId, type UserId } from '@connectly/protocol'
import { newId, type TestPerson } from '@connectly/server/test-kit'
import { roomFor, say, sayAndDelete, type Actor, type Room, type World } from './matrix-world.ts'

type Making = { world: World; actor: Actor; me: TestPerson; room: Room; fresh: boolean }
type Make = (making: Making) => unknown
type Maker = { objects: readonly string[]; make(object: string, making: Making): unknown }

/** Makes ids of one kind of field: the actor's own, shared with them, of others, of another kind, and of nothing. */
function maker(makes: Record<string, Make>): Maker {
  return { objects: Object.keys(makes), make: (object, making) => makes[object]?.(making) }
}

/** The same makes, put into something. */
const within = (makes: Record<string, Make>, put: (id: unknown) => unknown): Record<string, Make> =>
  Object.fromEntries(Object.entries(makes).map(([object, make]) => [object, async (making) => put(await make(making))]))

const people: Record<string, (making: Making) => UserId> = {
  own: ({ world, actor, me, fresh }) => (fresh ? me.userId : world.things[actor].me.userId),
  shared: ({ world }) => world.sitter.userId,
  contact: ({ world, actor }) => world.things[actor].contact.userId,
  blocked: ({ world, actor }) => world.things[actor].blocked.userId,
  blocker: ({ world, actor }) => world.things[actor].blocker.userId,
  foreign: ({ world }) => world.stranger.userId,
  mismatched: ({ world }) => world.shared.roomId as unknown as UserId,
  missing: () => newId<UserId>(),
}

export const roomObjects = ['own', 'shared', 'direct', 'apart', 'foreign', 'mismatched', 'missing'] as const
/** The room of the cell itself, which is made first. */
const theRoom = Object.fromEntries(roomObjects.map((object): [string, Make] => [object, ({ room }) => room.roomId]))
const rooms = Object.fromEntries(
  roomObjects.map((object): [string, (making: Making) => Promise<RoomId>] => [
    object,
    async ({ world, actor }) => (await roomFor(world, actor, object, false)).roomId,
  ]),
)

const places: Record<string, (making: Making) => Place> = {
  own: ({ world, actor }) => userPlace(world.things[actor].me.userId),
  ownRoom: ({ world, actor }) => roomPlace(world.things[actor].own),
  shared: ({ world }) => roomPlace(world.shared.roomId),
  foreign: ({ world }) => roomPlace(world.foreign.roomId),
  foreignPerson: ({ world }) => userPlace(world.stranger.userId),
  mismatched: ({ world }) => userPlace(world.shared.roomId),
  missing: () => roomPlace(newId<RoomId>()),
  missingPerson: () => userPlace(newId<UserId>()),
}

/** Messages of the shared room: mine, another member's, one under a block, one I deleted; and such as are not there. */
const messages: Record<string, Make> = {
  own: ({ world, actor, room, fresh }) =>
    fresh ? say(world.things[actor].me, room.roomId) : world.things[actor].message,
  shared: ({ world, room, fresh }) => (fresh ? say(world.sitter, room.roomId) : world.sittersMessage),
  hidden: ({ world, room, fresh }) => (fresh ? say(world.things.owner.me, room.roomId) : world.things.owner.message),
  deleted: ({ world, actor, room, fresh }) =>
    fresh ? sayAndDelete(world.things[actor].me, room.roomId) : world.things[actor].deleted,
  foreign: ({ world }) => world.foreignMessage,
  mismatched: ({ world }) => world.shared.roomId,
  missing: () => newId<MessageId>(),
}

const mentioning = (who: unknown) => ({ kind: 'text', text: '@you', mentions: [{ who, start: 0, length: 4 }] })

/** A maker for each field that names something, by its path; it makes what stands at the path's first name. */
export const makers: Record<string, Maker> = {
  roomId: maker(theRoom),
  userId: maker(people),
  userIds: maker(within(people, (id) => [id])),
  toId: maker(people),
  heirId: maker(people),
  after: maker(people),
  'body.mentions.who': maker({ ...within(people, mentioning), all: () => mentioning('all') }),
  requestId: maker({
    own: ({ world, actor, fresh }) => (fresh ? world.sentBy(world.things[actor].me) : world.things[actor].sent),
    shared: ({ world, actor, fresh }) => (fresh ? world.sentTo(world.things[actor].me) : world.things[actor].received),
    foreign: ({ world }) => world.foreignRequest,
    mismatched: ({ world }) => world.shared.roomId,
    missing: () => newId(),
  }),
  sessionId: maker({
    own: async ({ world, actor, fresh }) =>
      fresh ? (await world.anotherSession(world.things[actor].me)).sessionId : world.things[actor].session,
    foreign: ({ world }) => world.foreignSession,
    mismatched: ({ world }) => world.shared.roomId,
    missing: () => newId(),
  }),
  copyId: maker({
    own: ({ world, actor, me, fresh }) => (fresh ? world.copyFor(me) : world.things[actor].copy),
    foreign: ({ world }) => world.foreignCopy,
    mismatched: ({ world }) => world.shared.roomId,
    missing: () => newId(),
  }),
  passkeyId: maker({
    own: ({ world, me, fresh }) => (fresh ? world.factors.passkeyFor(me) : newId()),
    foreign: ({ world }) => world.factors.foreignPasskey,
    mismatched: ({ world }) => world.shared.roomId,
    missing: () => newId(),
  }),
  invitationId: maker({
    open: ({ world, fresh }) => (fresh ? world.invitation() : world.openInvitation),
    mismatched: ({ world }) => world.shared.roomId,
    missing: () => newId(),
  }),
  messageId: maker(messages),
  messageIds: maker(within(messages, (id) => [id])),
  replyToId: maker(messages),
  around: maker(messages),
  'marks.roomId': maker(within(rooms, (roomId) => [{ roomId, seq: 1 }])),
  place: maker(places),
  cursors: maker(within(places, (place) => ({ [String(place)]: 1 }))),
  lines: maker(within(rooms, (roomId) => ({ [String(roomId)]: 1 }))),
}
