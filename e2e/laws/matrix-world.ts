import {
  askToTalk,
  createGroup,
  leaveRoom,
  removeMember,
  sendMessage,
  setRole,
  signOut,
  userPlace,
  type InputOf,
  type LocalId,
  type MessageId,
  type Place,
  type RequestId,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { addPerson, befriend, newId, roomPlace, startServer, type TestPerson } from '@connectly/server/test-kit'
import { startSession } from '../../server/src/kernel/sessions.ts'

/** Whoever may ask. All with a session hold a seat in the shared room, but for the four who do not, or no longer. */
export const actors = [
  'anonymous',
  'ended',
  'outsider',
  'requester',
  'member',
  'admin',
  'owner',
  'left',
  'removed',
  'guest',
  'bot',
] as const
export type Actor = (typeof actors)[number]

type Room = { roomId: RoomId; companion: UserId }
/** What belongs to an actor, and whom they know. */
type Things = {
  me: TestPerson
  /** A contact, who also sits in the actor's own room. */
  friend: TestPerson
  /** Another contact, who sits nowhere. */
  contact: TestPerson
  direct: RoomId
  own: RoomId
  message: MessageId
  sent: RequestId
  received: RequestId
}
export type World = Awaited<ReturnType<typeof createWorld>>

/** People in every relation to one room, with things of their own, on a real server. */
export async function createWorld() {
  const server = await startServer()
  let count = 0
  const somebody = async (name: string, kind: 'person' | 'guest' | 'bot' = 'person'): Promise<TestPerson> => {
    const { userId, token } = await addPerson(server.app.store, `${name}-${++count}`, kind)
    return server.again(userId, token)
  }
  const [sitter, stranger, strangersFriend] = [
    await somebody('sitter'),
    await somebody('stranger'),
    await somebody('strangers-friend'),
  ]
  const withSession = actors.filter((actor) => actor !== 'anonymous')
  const people = {} as Record<Actor, TestPerson>
  for (const actor of withSession)
    people[actor] = await somebody(actor, actor === 'guest' || actor === 'bot' ? actor : 'person')

  const { owner, admin, left, removed } = people
  const inRoom = [admin, people.member, left, removed, people.guest, people.bot, people.ended, sitter]
  for (const each of inRoom) await befriend(owner, each)
  await befriend(stranger, strangersFriend)

  /** A room with everybody in their part. `say` is called while all of them still sit there. */
  async function sharedRoom(say: (roomId: RoomId) => Promise<void> = async () => undefined): Promise<Room> {
    const { roomId } = await owner.ask(createGroup, group('Shared', inRoom))
    await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
    await say(roomId)
    await left.ask(leaveRoom, { roomId })
    await owner.ask(removeMember, { roomId, userId: removed.userId })
    return { roomId, companion: sitter.userId }
  }
  const ownRoom = async ({ me, friend }: Pick<Things, 'me' | 'friend'>): Promise<Room> => {
    const { roomId } = await me.ask(createGroup, group('Own', [friend]))
    return { roomId, companion: friend.userId }
  }
  const sentBy = async (me: TestPerson, to?: TestPerson): Promise<RequestId> =>
    (await me.ask(askToTalk, request(to ?? (await somebody('asked'))))).requestId
  const sentTo = async (me: TestPerson): Promise<RequestId> => sentBy(await somebody('asking'), me)

  const messages = new Map<Actor, MessageId>()
  const shared = await sharedRoom(async (roomId) => {
    for (const actor of withSession.filter((each) => each !== 'outsider' && each !== 'requester'))
      messages.set(actor, (await people[actor].ask(sendMessage, text(roomId, `${actor} was here`))).messageId)
  })
  const foreign: Room = {
    roomId: (await stranger.ask(createGroup, group('Foreign', [strangersFriend]))).roomId,
    companion: strangersFriend.userId,
  }
  const foreignMessage = (await stranger.ask(sendMessage, text(foreign.roomId, 'not for you'))).messageId
  const foreignRequest = await sentBy(stranger)

  const things = {} as Record<Actor, Things>
  for (const actor of withSession) {
    const me = people[actor]
    const [friend, contact] = [await somebody('friend'), await somebody('contact')]
    const direct = await befriend(me, friend)
    await befriend(contact, me)
    const { roomId: own } = await ownRoom({ me, friend })
    const message = messages.get(actor) ?? (await me.ask(sendMessage, text(own, 'mine'))).messageId
    const sent = await sentBy(me, actor === 'requester' ? owner : undefined)
    things[actor] = { me, friend, contact, direct, own, message, sent, received: await sentTo(me) }
  }
  things.anonymous = { ...things.outsider, me: server.again(newId<UserId>(), '') }
  await people.ended.ask(signOut, {})

  return {
    server,
    store: server.app.store,
    epoch: (await stranger.connect()).opened.epoch,
    things,
    sitter,
    stranger,
    shared,
    foreign,
    foreignMessage,
    foreignRequest,
    somebody,
    sharedRoom,
    ownRoom,
    sentBy,
    sentTo,
    /** Everybody who can have an open connection. */
    connected: [...withSession.filter((actor) => actor !== 'ended').map((actor) => people[actor]), sitter, stranger],
    /** The same person by a session of its own, for methods that end it. */
    freshSession: async (person: TestPerson): Promise<TestPerson> => {
      const { token, write } = startSession(person.userId, 'person', Date.now())
      const make = () => ({ writes: [write], events: [], result: null })
      await server.app.store.commit([{ places: [], given: [], make }], Date.now())
      return server.again(person.userId, token)
    },
  }
}

type Maker = {
  objects: readonly string[]
  make(world: World, actor: Actor, object: string, room: Room, fresh: boolean): unknown
}

/** Makes ids of one kind of field: the actor's own, shared with them, of others, of another kind, and of nothing. */
function maker(makes: Record<string, Maker['make']>): Maker {
  return {
    objects: Object.keys(makes),
    make: (world, actor, object, room, fresh) => makes[object]?.(world, actor, object, room, fresh),
  }
}

const people: Record<string, (world: World, actor: Actor) => UserId> = {
  own: (world, actor) => world.things[actor].me.userId,
  shared: (world) => world.sitter.userId,
  contact: (world, actor) => world.things[actor].contact.userId,
  foreign: (world) => world.stranger.userId,
  mismatched: (world) => world.shared.roomId as unknown as UserId,
  missing: () => newId<UserId>(),
}
const listsOfPeople = Object.fromEntries(
  Object.entries(people).map(([object, make]) => [
    object,
    (world: World, actor: Actor) => [make(world, actor)] as UserId[],
  ]),
)
const places: Record<string, (world: World, actor: Actor) => Place> = {
  own: (world, actor) => userPlace(world.things[actor].me.userId),
  ownRoom: (world, actor) => roomPlace(world.things[actor].own),
  shared: (world) => roomPlace(world.shared.roomId),
  foreign: (world) => roomPlace(world.foreign.roomId),
  foreignPerson: (world) => userPlace(world.stranger.userId),
  mismatched: (world) => userPlace(world.shared.roomId),
  missing: () => roomPlace(newId<RoomId>()),
  missingPerson: () => userPlace(newId<UserId>()),
}

/** A maker for each field that names something. A field without one fails the matrix. */
export const makers: Record<string, Maker> = {
  roomId: maker(
    Object.fromEntries(
      ['own', 'shared', 'direct', 'foreign', 'mismatched', 'missing'].map((object) => [
        object,
        (_world: World, _actor: Actor, _object: string, room: Room) => room.roomId,
      ]),
    ),
  ),
  userId: maker(people),
  userIds: maker(listsOfPeople),
  toId: maker(people),
  after: maker(people),
  requestId: maker({
    own: (world, actor, _object, _room, fresh) =>
      fresh ? world.sentBy(world.things[actor].me) : world.things[actor].sent,
    shared: (world, actor, _object, _room, fresh) =>
      fresh ? world.sentTo(world.things[actor].me) : world.things[actor].received,
    foreign: (world) => world.foreignRequest,
    mismatched: (world) => world.shared.roomId,
    missing: () => newId(),
  }),
  around: maker({
    own: (world, actor) => world.things[actor].message,
    shared: (world) => world.things.owner.message,
    foreign: (world) => world.foreignMessage,
    mismatched: (world) => world.shared.roomId,
    missing: () => newId(),
  }),
  place: maker(places),
  cursors: maker(
    Object.fromEntries(
      Object.entries(places).map(([object, make]) => [
        object,
        (world: World, actor: Actor) => ({ [make(world, actor)]: 1 }),
      ]),
    ),
  ),
  lines: maker(
    Object.fromEntries(
      ['own', 'shared', 'direct', 'foreign', 'mismatched', 'missing'].map((object) => [
        object,
        async (world: World, actor: Actor) => ({ [(await roomFor(world, actor, object, false)).roomId]: 1 }),
      ]),
    ),
  ),
}

/** Fields that are keys of an ask and name nothing that is there. */
export const keyFields = ['localId']

/** The room that a cell is about: a new one where the ask will change it. */
export async function roomFor(world: World, actor: Actor, object: string, fresh: boolean): Promise<Room> {
  const mine = world.things[actor]
  switch (object) {
    case 'own':
      return fresh ? world.ownRoom(mine) : { roomId: mine.own, companion: mine.friend.userId }
    case 'shared':
      return fresh ? world.sharedRoom() : world.shared
    case 'direct':
      return { roomId: mine.direct, companion: mine.friend.userId }
    case 'foreign':
      return world.foreign
    case 'mismatched':
      return { roomId: world.sitter.userId as unknown as RoomId, companion: world.sitter.userId }
    default:
      return { roomId: newId<RoomId>(), companion: world.sitter.userId }
  }
}

export const group = (name: string, members: readonly TestPerson[]): InputOf<typeof createGroup> => ({
  localId: newId<LocalId>(),
  name,
  userIds: members.map((member) => member.userId),
})
export const text = (roomId: RoomId, words: string): InputOf<typeof sendMessage> => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text', text: words },
})
export const request = (to: Pick<TestPerson, 'userId'>): InputOf<typeof askToTalk> => ({
  toId: to.userId,
  text: 'May I?',
  localId: newId<LocalId>(),
})
