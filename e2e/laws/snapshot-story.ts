import {
  acceptRequest,
  addMember,
  askToTalk,
  cancelRequest,
  createGroup,
  declineRequest,
  leaveRoom,
  removeMember,
  editRoom,
  roles,
  sendMessage,
  setRole,
  type Answer,
  type LocalId,
  type Method,
  type RoomLine,
  type UserId,
} from '@connectly/protocol'
import { newId, type TestPerson, type TestServer } from '../../server/src/test-kit.ts'
import type { LinesState } from '../../web/src/features/rooms/index.ts'
import type { RequestsState } from '../../web/src/features/requests/index.ts'
import { between, oneOf, shuffled, type Random } from '../crash/random.ts'
import { beginWatch, type Watch } from './snapshot-watch.ts'

/** One person of a story: what they ask, and what their screen shows. */
export type Character = { person: TestPerson; seat: Awaited<ReturnType<TestPerson['connect']>>; watch: Watch }

/** Codes a story may run into; any other is a fault. */
const expected = new Set([
  'AlreadyConnected',
  'AlreadyAsked',
  'RequestClosed',
  'NotAContact',
  'LastOwner',
  'NotFound',
  'NotAllowed',
  'Busy',
])

let told = 0

/** People who do not know each other yet, each with a screen that is open. */
export async function castOf(server: TestServer, size: number): Promise<Character[]> {
  const story = ++told
  return Promise.all(
    Array.from({ length: size }, async (_, nth) => {
      const person = await server.person(`story-${story}-${nth}`)
      const seat = await person.connect()
      return { person, seat, watch: beginWatch(person.userId, seat) }
    }),
  )
}

/** Something that somebody does, going by what their own screen shows. What they cannot do, they are refused. */
export async function happening(random: Random, cast: readonly Character[]): Promise<void> {
  const who = oneOf(random, cast)
  const { requests, lines } = who.watch.shows()
  const deed = chosen(random, who.person.userId, cast, requests, lines)
  const [method, input] = deed ?? acquaintance(random, who.person.userId, cast)
  const { tries } = random() < 0.5 ? who.seat : who.person
  const answer: Answer<unknown> = await tries(method, input)
  if (!answer.ok && !expected.has(answer.refusal.code)) throw new Error(`${method.name}: ${answer.refusal.code}`)
}

type Deed = [Method, unknown]

function chosen(
  random: Random,
  me: UserId,
  cast: readonly Character[],
  requests: RequestsState,
  lines: LinesState['lines'],
): Deed | null {
  const rooms = Object.values<RoomLine>(lines)
  const groups = rooms.filter(({ room }) => room.kind === 'group').map(({ room }) => room.roomId)
  const friends = rooms.flatMap(({ other }) => (other ? [other.userId] : []))
  const anybody = () => oneOf(random, cast).person.userId
  const inGroup = (deed: (roomId: (typeof groups)[number]) => Deed) =>
    groups.length > 0 ? deed(oneOf(random, groups)) : null

  switch (oneOf(random, weighted)) {
    case 'answer': {
      const { requestId } = requests.received[0] ?? {}
      return requestId ? [random() < 0.75 ? acceptRequest : declineRequest, { requestId }] : null
    }
    case 'cancel': {
      const { requestId } = requests.sent[0] ?? {}
      return requestId ? [cancelRequest, { requestId }] : null
    }
    case 'create': {
      const userIds = shuffled(random, friends).slice(0, between(random, 0, 3))
      return friends.length > 0 ? [createGroup, { localId: newId<LocalId>(), name: named(random), userIds }] : null
    }
    case 'add':
      return inGroup((roomId) => [addMember, { roomId, userId: oneOf(random, friends) ?? anybody() }])
    case 'remove':
      return inGroup((roomId) => [removeMember, { roomId, userId: anybody() }])
    case 'leave':
      return inGroup((roomId) => [leaveRoom, { roomId }])
    case 'role':
      return inGroup((roomId) => [setRole, { roomId, userId: anybody(), role: oneOf(random, roles) }])
    case 'rename':
      return inGroup((roomId) => [editRoom, { roomId, name: named(random) }])
    case 'send': {
      if (rooms.length === 0) return null
      const { roomId } = oneOf(random, rooms).room
      return [sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text: named(random) } }]
    }
    case 'ask':
      return acquaintance(random, me, cast)
  }
}

/** Asks somebody to talk. */
function acquaintance(random: Random, me: UserId, cast: readonly Character[]): Deed {
  const others = cast.filter(({ person }) => person.userId !== me)
  return [askToTalk, { toId: oneOf(random, others).person.userId, text: named(random), localId: newId<LocalId>() }]
}

const weighted = (
  [
    ['send', 6],
    ['answer', 4],
    ['add', 3],
    ['create', 2],
    ['remove', 2],
    ['role', 2],
    ['rename', 2],
    ['leave', 1],
    ['cancel', 1],
    ['ask', 1],
  ] as const
).flatMap(([deed, weight]) => Array.from({ length: weight }, () => deed))

const named = (random: Random): string => `words ${between(random, 1, 999_999)}`
