import {
  goToLink,
  goToProvider,
  returnFromProvider,
  addMember,
  askToTalk,
  blockPerson,
  createGroup,
  deleteMessage,
  imposePenalty,
  leaveRoom,
  removeMember,
  sendMessage,
  setRole,
  signOut,
  unblockPerson,
  type CopyId,
  type InputOf,
  type LocalId,
  type MessageId,
  type RequestId,
  type RoomId,
  type SessionId,
  type UserId,
} from '@connectly/protocol'
import { addPerson, befriend, newId, startServer, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { factorsIn } from './matrix-factors.ts'
import { sha256 } from '../../server/src/kernel/ids.ts'
import { startSession } from '../../server/src/kernel/sessions.ts'
import { userTable } from '../../server/src/features/accounts/index.ts'
import { copyTable } from '../../server/src/features/mydata/mydata.tables.ts'
import { sessionTable } from '../../server/src/kernel/tables.ts'
import { startOtherService, type OtherService } from '../../server/src/provider-kit.ts'
import { insert } from '../../server/src/store/store.ts'

/**
 * Whoever may ask. All with a session hold a seat in the shared room, but for the five who do not, or no longer. The owner
 * blocked `blocked`, and `blocker` blocked the owner. The administrator runs the server, and is nobody in its rooms.
 */
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
  'blocked',
  'blocker',
  'muted',
  'banned',
  'administrator',
] as const
export type Actor = (typeof actors)[number]

export type Room = { roomId: RoomId; companion: UserId }
/** What belongs to an actor, and whom they know. */
type Things = {
  me: TestPerson
  /** A contact, who also sits in the actor's own room. */
  friend: TestPerson
  /** Another contact, who sits nowhere. */
  contact: TestPerson
  /** A contact whom they blocked, and one who blocked them. */
  blocked: TestPerson
  blocker: TestPerson
  direct: RoomId
  /** The direct room with whom they blocked. */
  apart: RoomId
  own: RoomId
  /** What they said in the shared room, and in rooms of theirs; and what they said and deleted. */
  message: MessageId
  messages: Record<'own' | 'direct' | 'apart', MessageId>
  deleted: MessageId
  session: SessionId
  copy: CopyId
  sent: RequestId
  received: RequestId
}
export type World = Awaited<ReturnType<typeof createWorld>>

/** People in every relation to one room, with things of their own, on a real server. */
export async function createWorld() {
  const other = await startOtherService()
  const started = await startServer({ config: { providers: [other.settings] } })
  other.admit(`${started.url}/back`)
  const server = {
    ...started,
    stop: async () => {
      await started.stop()
      await other.stop()
    },
  }
  let count = 0
  const somebody = async (
    name: string,
    kind: 'person' | 'guest' | 'bot' = 'person',
    isAdmin = false,
  ): Promise<TestPerson> => {
    const { userId, token } = await addPerson(server.app.store, `${name}-${++count}`, kind, isAdmin)
    return server.again(userId, token)
  }
  const [sitter, stranger, strangersFriend] = [
    await somebody('sitter'),
    await somebody('stranger'),
    await somebody('strangers-friend'),
  ]
  const withSession = actors.filter((actor) => actor !== 'anonymous')
  const people = {} as Record<Actor, TestPerson>
  /** Somebody of an actor's kind who knows nobody yet. */
  const double = (actor: Actor): Promise<TestPerson> =>
    somebody(actor, actor === 'guest' || actor === 'bot' ? actor : 'person', actor === 'administrator')
  for (const actor of withSession) people[actor] = await double(actor)

  const { owner, admin, left, removed } = people
  const { member, guest, bot, ended, muted, banned } = people
  const inRoom = [admin, member, left, removed, guest, bot, ended, muted, banned, sitter]
  for (const each of inRoom) await befriend(owner, each)
  await befriend(stranger, strangersFriend)
  for (const each of [people.blocked, people.blocker]) for (const other of [owner, admin]) await befriend(other, each)
  await owner.ask(blockPerson, { userId: people.blocked.userId })
  await people.blocker.ask(blockPerson, { userId: owner.userId })

  /** A room with everybody in their part. `said` is called while all of them still sit there. */
  async function sharedRoom(said: (roomId: RoomId) => Promise<void> = async () => undefined): Promise<Room> {
    const { roomId } = await owner.ask(createGroup, group('Shared', inRoom))
    await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
    for (const { userId } of [people.blocked, people.blocker]) await admin.ask(addMember, { roomId, userId })
    await said(roomId)
    await left.ask(leaveRoom, { roomId })
    await owner.ask(removeMember, { roomId, userId: removed.userId })
    return { roomId, companion: sitter.userId }
  }
  const ownRoom = async ({ me, friend }: Pick<Things, 'me' | 'friend'>): Promise<Room> => {
    const { roomId } = await (await able(me)).ask(createGroup, group('Own', [friend]))
    return { roomId, companion: friend.userId }
  }
  const sentBy = async (me: TestPerson, to?: TestPerson): Promise<RequestId> =>
    (await aloud(me, async () => (await able(me)).ask(askToTalk, request(to ?? (await somebody('asked')))))).requestId
  const sentTo = async (me: TestPerson): Promise<RequestId> => sentBy(await somebody('asking'), me)

  /** Who makes things for somebody; for a guest, who may not, a session of theirs that may. */
  const able = async (me: TestPerson): Promise<TestPerson> =>
    (await server.app.store.get(userTable, { userId: me.userId }))?.kind === 'guest' ? anotherSession(me) : me
  /** An invitation that is open. */
  const invitation = async () => new URL(await server.app.invite(false)).searchParams.get('invitation')?.split('.')[0]

  async function anotherSession(person: TestPerson) {
    const { token, write } = startSession({ userId: person.userId, kind: 'person', now: Date.now() })
    const make = () => ({ writes: [write], events: [], result: null })
    await server.app.store.commit([{ places: [], given: [], make }], Date.now())
    const rows = await server.app.store.find(sessionTable, { where: { userId: person.userId }, limit: 10_000 })
    const { sessionId } = rows.find((row) => row.tokenHash === sha256(token)) ?? {}
    if (!sessionId) throw new Error('a session has no name')
    return { ...server.again(person.userId, token), sessionId }
  }

  /** Mutes somebody, or keeps them out, for as long as the matrix takes. */
  const penalise = async ({ userId }: TestPerson, kind: 'mute' | 'ban'): Promise<void> => {
    const warden = await somebody('warden', 'person', true)
    const until = Date.now() + 3_600_000
    await warden.ask(imposePenalty, { stepUp: await server.stepUp(warden), userId, kind, until, reason: 'the matrix' })
  }

  /** A copy of somebody's data that is ready to be fetched. */
  async function copyFor({ userId }: TestPerson): Promise<CopyId> {
    const copyId = newId<CopyId>()
    const [askedAt, expiresAt] = [Date.now() - 7_200_000, Date.now() + 3_600_000]
    const row = { copyId, userId, askedAt, readyAt: askedAt, toldAt: askedAt, expiresAt, downloadedAt: null }
    const make = () => ({ writes: [insert(copyTable, row)], events: [], result: null })
    await server.app.store.commit([{ places: [], given: [], make }], Date.now())
    return copyId
  }

  const messages = new Map<Actor, MessageId>()
  const deleted = new Map<Actor, MessageId>()
  const shared = await sharedRoom(async (roomId) => {
    for (const actor of withSession.filter((each) => !['outsider', 'requester', 'administrator'].includes(each))) {
      messages.set(actor, await say(people[actor], roomId))
      deleted.set(actor, await sayAndDelete(people[actor], roomId))
    }
  })
  const sittersMessage = await say(sitter, shared.roomId)
  const foreign: Room = {
    roomId: (await stranger.ask(createGroup, group('Foreign', [strangersFriend]))).roomId,
    companion: strangersFriend.userId,
  }
  const foreignMessage = await say(stranger, foreign.roomId)
  const foreignRequest = await sentBy(stranger)

  const things = {} as Record<Actor, Things>
  for (const actor of withSession) {
    const me = people[actor]
    const [friend, contact] = [await somebody('friend'), await somebody('contact')]
    const [blocked, blocker] = [await somebody('apart'), await somebody('averse')]
    const [direct, apart] = [await befriend(friend, me), await befriend(blocked, me)]
    for (const other of [contact, blocker]) await befriend(other, me)
    const { roomId: own } = await ownRoom({ me, friend })
    const inRooms = { own: await say(me, own), direct: await say(me, direct), apart: await say(me, apart) }
    await me.ask(blockPerson, { userId: blocked.userId })
    await blocker.ask(blockPerson, { userId: me.userId })
    things[actor] = {
      me,
      friend,
      contact,
      blocked,
      blocker,
      direct,
      apart,
      own,
      message: messages.get(actor) ?? inRooms.own,
      messages: inRooms,
      deleted: deleted.get(actor) ?? (await sayAndDelete(me, own)),
      session: (await anotherSession(me)).sessionId,
      copy: await copyFor(me),
      sent: await sentBy(me, actor === 'requester' ? owner : undefined),
      received: await sentTo(me),
    }
  }
  things.anonymous = { ...things.outsider, me: server.again(newId<UserId>(), '') }
  await people.ended.ask(signOut, {})
  await penalise(people.muted, 'mute')
  const { penalties } = server.app.services
  const mute = penalties.of(`user:${people.muted.userId}`)
  if (!mute) throw new Error('nobody is muted')
  voices.set(people.muted.userId, {
    on: () => penalties.learn({ ...mute, until: 0 }),
    off: () => penalties.learn(mute),
  })
  await penalise(people.banned, 'ban')

  return {
    server,
    store: server.app.store,
    epoch: (await stranger.connect()).opened.epoch,
    things,
    sitter,
    stranger,
    shared,
    /** A room like the shared one, in which things may be done. */
    workshop: await sharedRoom(),
    foreign,
    sittersMessage,
    foreignMessage,
    foreignRequest,
    foreignCopy: await copyFor(stranger),
    copyFor,
    invitation,
    openInvitation: await invitation(),
    foreignSession: (await anotherSession(stranger)).sessionId,
    somebody,
    /** What the penalty of somebody new is kept under. */
    penalised: async () => {
      const person = await somebody('penalised')
      await penalise(person, 'mute')
      return `user:${person.userId}`
    },
    double,
    usernameOf: async ({ userId }: TestPerson) =>
      (await server.app.store.get(userTable, { userId }))?.username ?? 'nobody',
    ...journeysOf(server, other),
    factors: await factorsIn(server),
    /** A step-up of whoever asks, by a second factor. */
    stepUp: (person: TestPerson) => (person.token === '' ? Promise.resolve('none') : server.stepUp(person)),
    sharedRoom,
    ownRoom,
    sentBy,
    sentTo,
    /** Everybody who can have an open connection. */
    connected: [
      ...withSession.filter((actor) => actor !== 'ended' && actor !== 'banned').map((actor) => people[actor]),
      sitter,
      stranger,
    ],
    /** The same person by a session of its own, for methods that end it. */
    anotherSession,
  }
}

/** Somebody new comes back from another service: with what the page is left with, for each of the three things it can ask. */
function journeysOf(server: TestServer, other: OtherService) {
  const nobody = server.again('' as UserId, '')
  const travel = async ({ url, ticket }: { url: string; ticket: string }) => {
    other.sits({ sub: newId() })
    return { ticket, ...(await other.travel(url)) }
  }
  const returning = async () => travel(await nobody.ask(goToProvider, { provider: 'oidc' }))
  return {
    returning,
    newcomer: async () => (await nobody.ask(returnFromProvider, await returning())).newcomer?.ticket ?? '',
    linking: async (me: TestPerson) =>
      travel(await me.ask(goToLink, { provider: 'oidc', stepUp: await server.stepUp(me) })),
  }
}

/** Lets somebody who is muted say what a cell is about. */
const voices = new Map<UserId, { on: () => void; off: () => void }>()
async function aloud<Result>({ userId }: TestPerson, run: () => Promise<Result>): Promise<Result> {
  const voice = voices.get(userId)
  voice?.on()
  return run().finally(() => voice?.off())
}

/** Says something, whatever it is. */
export const say = async (who: TestPerson, roomId: RoomId): Promise<MessageId> =>
  (await aloud(who, () => who.ask(sendMessage, text(roomId, 'something')))).messageId

/** The same, in a direct room with somebody they blocked: said before they did it. */
export async function sayApart({ me, blocked, apart }: Things): Promise<MessageId> {
  await me.ask(unblockPerson, { userId: blocked.userId })
  const messageId = await say(me, apart)
  await me.ask(blockPerson, { userId: blocked.userId })
  return messageId
}

export async function sayAndDelete(who: TestPerson, roomId: RoomId): Promise<MessageId> {
  const messageId = await say(who, roomId)
  await who.ask(deleteMessage, { roomId, messageId })
  return messageId
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
    case 'apart':
      return { roomId: mine.apart, companion: mine.blocked.userId }
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
