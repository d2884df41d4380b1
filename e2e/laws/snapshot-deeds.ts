import {
  acceptRequest,
  addMember,
  askToTalk,
  blockPerson,
  cancelRequest,
  clearRoom,
  createGroup,
  declineRequest,
  deleteMessage,
  editMessage,
  editProfile,
  editRoom,
  handOver,
  hideMessages,
  leaveRoom,
  markRead,
  markUnread,
  presenceAudiences,
  removeMember,
  roles,
  sendMessage,
  setPrivacy,
  setRole,
  setRoomPrefs,
  unblockPerson,
  type LocalId,
  type Message,
  type Method,
  type RoomId,
  type RoomLine,
  type TextBody,
  type UserId,
} from '@connectly/protocol'
import { newId } from '../../server/src/test-kit.ts'
import { between, oneOf, shuffled, type Random } from '../crash/random.ts'
import type { Shows } from './snapshot-watch.ts'

/** What somebody asks: a method, and what goes into it. */
export type Deed = [Method, unknown]

/** Something to do for somebody, by what their screen shows; null where what was drawn has nothing to be done to. */
export function deedOf(random: Random, me: UserId, cast: readonly UserId[], shows: Shows): Deed | null {
  const rooms = Object.values<RoomLine>(shows.lines)
  const friends = rooms.flatMap(({ other }) => (other ? [other.userId] : []))
  const scene: Scene = {
    random,
    me,
    cast,
    shows,
    rooms,
    friends,
    anybody: () => oneOf(random, cast),
    inGroup: (deed) => {
      const groups = rooms.filter(({ room }) => room.kind === 'group')
      return groups.length > 0 ? deed(oneOf(random, groups).room.roomId) : null
    },
    inRoom: (deed) => (rooms.length > 0 ? deed(oneOf(random, rooms)) : null),
    ofMessages: (deed) => {
      const said = oneOf(
        random,
        [...shows.said].filter(([roomId]) => shows.lines[roomId]),
      )
      return said ? deed(said[0], () => oneOf(random, said[1])) : null
    },
  }
  return oneOf(random, weighted)(scene)
}

/** Asks somebody to talk. */
export function acquaintance(random: Random, me: UserId, cast: readonly UserId[]): Deed {
  const others = cast.filter((userId) => userId !== me)
  return [askToTalk, { toId: oneOf(random, others), text: named(random), localId: newId<LocalId>() }]
}

type Scene = {
  random: Random
  me: UserId
  cast: readonly UserId[]
  shows: Shows
  rooms: readonly RoomLine[]
  friends: readonly UserId[]
  anybody: () => UserId
  inGroup: (deed: (roomId: RoomId) => Deed) => Deed | null
  inRoom: (deed: (line: RoomLine) => Deed) => Deed | null
  ofMessages: (deed: (roomId: RoomId, one: () => Message) => Deed) => Deed | null
}

const deeds: readonly (readonly [weight: number, deed: (scene: Scene) => Deed | null])[] = [
  [8, ({ inRoom, ...scene }) => inRoom(({ room: { roomId } }) => saying(roomId, wordsOf(scene)))],
  [
    4,
    ({ shows, random }) => {
      const { requestId } = shows.requests.received[0] ?? {}
      return requestId ? [random() < 0.75 ? acceptRequest : declineRequest, { requestId }] : null
    },
  ],
  [
    3,
    ({ inGroup, friends, random, anybody }) =>
      inGroup((roomId) => [addMember, { roomId, userId: oneOf(random, friends) ?? anybody() }]),
  ],
  [
    2,
    ({ friends, random }) => {
      const userIds = shuffled(random, friends).slice(0, between(random, 0, 3))
      return friends.length > 0 ? [createGroup, { localId: newId<LocalId>(), name: named(random), userIds }] : null
    },
  ],
  [1, ({ inGroup, anybody }) => inGroup((roomId) => [removeMember, { roomId, userId: anybody() }])],
  [
    2,
    ({ inGroup, anybody, random }) =>
      inGroup((roomId) => [setRole, { roomId, userId: anybody(), role: oneOf(random, roles) }]),
  ],
  [2, ({ inGroup, random }) => inGroup((roomId) => [editRoom, { roomId, ...edited(random) }])],
  [1, ({ inGroup, anybody }) => inGroup((roomId) => [handOver, { roomId, userId: anybody() }])],
  [
    1,
    ({ inGroup, anybody, random }) =>
      inGroup((roomId) => [leaveRoom, { roomId, ...(random() < 0.7 && { heirId: anybody() }) }]),
  ],
  [
    1,
    ({ shows }) => {
      const { requestId } = shows.requests.sent[0] ?? {}
      return requestId ? [cancelRequest, { requestId }] : null
    },
  ],
  [1, ({ random, me, cast }) => acquaintance(random, me, cast)],

  [3, ({ ofMessages, ...scene }) => ofMessages((roomId, one) => saying(roomId, wordsOf(scene), one()))],
  [
    3,
    ({ shows, me, ...scene }) => {
      const mine = [...shows.said.values()]
        .flat()
        .filter(({ authorId, localId }) => authorId === me && localId !== null)
      if (mine.length === 0) return null
      const { roomId, messageId } = oneOf(scene.random, mine)
      return [editMessage, { roomId, messageId, body: wordsOf(scene) }]
    },
  ],
  [3, ({ ofMessages }) => ofMessages((roomId, one) => [deleteMessage, { roomId, messageId: one().messageId }])],
  [
    3,
    ({ ofMessages, random }) =>
      ofMessages((roomId, one) => {
        const some = Array.from({ length: between(random, 1, 3) }, () => one().messageId)
        return [hideMessages, { roomId, messageIds: [...new Set(some)] }]
      }),
  ],
  [
    3,
    ({ inRoom, random }) =>
      inRoom((line) => [markRead, { roomId: line.room.roomId, seq: between(random, 0, line.seq + 1) }]),
  ],
  [
    2,
    ({ inRoom, random }) =>
      inRoom((line) => [markUnread, { roomId: line.room.roomId, seq: between(random, 0, line.seq + 1) }]),
  ],
  [1, ({ inRoom }) => inRoom((line) => [clearRoom, { roomId: line.room.roomId }])],
  [1, ({ inRoom, random }) => inRoom((line) => [setRoomPrefs, { roomId: line.room.roomId, ...prefs(random) }])],
  [
    1,
    ({ me, cast, random }) => [
      blockPerson,
      {
        userId: oneOf(
          random,
          cast.filter((userId) => userId !== me),
        ),
      },
    ],
  ],
  [
    2,
    ({ shows, random }) =>
      shows.blocked.length > 0 ? [unblockPerson, { userId: oneOf(random, shows.blocked).person.userId }] : null,
  ],
  [1, ({ random }) => [editProfile, random() < 0.8 ? { name: named(random) } : { about: named(random) }]],
  [1, ({ random }) => [setPrivacy, { presence: oneOf(random, presenceAudiences), receipts: random() < 0.5 }]],
]

const weighted = deeds.flatMap(([weight, deed]) => Array.from({ length: weight }, () => deed))

const named = (random: Random): string => `words ${between(random, 1, 999_999)}`

/** Words, now and then to somebody, or to everybody. */
function wordsOf({ random, cast }: Pick<Scene, 'random' | 'cast'>): TextBody {
  const text = named(random)
  const luck = random()
  if (luck < 0.6) return { kind: 'text', text }
  const who = luck < 0.85 ? oneOf(random, cast) : 'all'
  return { kind: 'text', text: `@you ${text}`, mentions: [{ who, start: 0, length: 4 }] }
}

const saying = (roomId: RoomId, body: TextBody, answered?: Message): Deed => [
  sendMessage,
  { roomId, localId: newId<LocalId>(), body, ...(answered && { replyToId: answered.messageId }) },
]

function edited(random: Random): object {
  const luck = random()
  if (luck < 0.6) return { name: named(random) }
  return luck < 0.8 ? { about: named(random) } : { tint: luck < 0.9 ? null : between(random, 0, 7) }
}

function prefs(random: Random): object {
  return random() < 0.5
    ? { isPinned: random() < 0.6 }
    : { mutedUntil: random() < 0.4 ? null : between(random, 1, 2 ** 45) }
}
