import { mkdirSync } from 'node:fs'
import { roomCreated, roomPlace, messageSent } from '@connectly/protocol'
import type { Message, MessageId, RoomId, UserId } from '@connectly/protocol'
import { addPerson, newId } from '@connectly/server/test-kit'
import { checksumOf, messageTable } from '../../../server/src/features/messages/index.ts'
import { freshSeat, roomTable, seatTable } from '../../../server/src/features/rooms/index.ts'
import { openStore, type StoreSettings } from '../../../server/src/store/open.ts'
import { insert, type Change, type Store, type StoredEvent } from '../../../server/src/store/store.ts'
import { markedText } from '../load/mark.ts'
import type { Scene } from '../target.ts'

export type ConnectlySettings = StoreSettings & { redisUrl: string | null }

export type Seeded = { people: { userId: UserId; token: string }[]; rooms: RoomId[] }

const GROUP = 500
const ROOM_GROUP = 100

/** Writes a scene into a fresh store as the server's own commits would, without a password hashed. */
export async function seedConnectly(scene: Scene, settings: StoreSettings): Promise<Seeded> {
  mkdirSync(settings.dataDir, { recursive: true })
  const store = await openStore(settings)
  const people: Seeded['people'] = []
  for (let person = 0; person < scene.people; person++) people.push(await addPerson(store, `person${person}`))

  const rooms = scene.rooms.map(() => newId<RoomId>())
  const making = scene.rooms.map((members, room) => {
    const userIds = members.flatMap((person) => people[person]?.userId ?? [])
    return makingRoom(rooms[room] as RoomId, userIds, scene.direct ? 'direct' : 'group')
  })
  for (let from = 0; from < making.length; from += ROOM_GROUP) {
    await commit(store, making.slice(from, from + ROOM_GROUP))
  }
  const [room] = rooms
  const [author] = people
  if (room && author) {
    for (let from = 0; from < scene.backlog; from += GROUP) {
      const count = Math.min(GROUP, scene.backlog - from)
      await commit(
        store,
        Array.from({ length: count }, (_, i) => saying(room, author.userId, markedText(0, from + i))),
      )
    }
  }
  await store.close()
  return { people, rooms }
}

function makingRoom(roomId: RoomId, userIds: readonly UserId[], kind: 'direct' | 'group'): Change {
  const place = roomPlace(roomId)
  const now = Date.now()
  const name = kind === 'group' ? 'A room' : null
  const shown = { roomId, kind, name, about: '', tint: null, members: userIds.length, createdAt: now }
  const directKey = kind === 'direct' ? userIds.toSorted().join(':') : null
  return {
    places: [place],
    given: [],
    make: (next) => {
      const n = next(place)
      const room = { ...shown, rev: n.seq }
      const seats = userIds.map((userId, i) => {
        const role = kind === 'group' && i === 0 ? ('owner' as const) : ('member' as const)
        return insert(seatTable, {
          ...freshSeat,
          roomId,
          userId,
          role,
          fromSeq: 0,
          joinedAt: n.at,
          rev: n.seq,
          readSeq: 0,
        })
      })
      const event: StoredEvent = { ...n, name: roomCreated.name, data: { room }, reacts: false }
      const owners = kind === 'group' ? 1 : 0
      return { writes: [insert(roomTable, { ...room, directKey, owners }), ...seats], events: [event], result: null }
    },
  }
}

function saying(roomId: RoomId, authorId: UserId, text: string): Change {
  const place = roomPlace(roomId)
  const at = Date.now()
  const body = { kind: 'text' as const, text }
  const draft = { messageId: newId<MessageId>(), roomId, authorId, localId: null, body, at }
  const checksum = checksumOf(draft)
  return {
    places: [place],
    given: [],
    make: (next) => {
      const n = next(place)
      const message: Message = {
        ...draft,
        replyTo: null,
        editedAt: null,
        deletedAt: null,
        seq: n.seq,
        rev: n.seq,
        checksum,
      }
      const data = { messageId: message.messageId }
      return {
        writes: [insert(messageTable, { ...message, hiddenFrom: null })],
        events: [{ ...n, name: messageSent.name, data, reacts: false }],
        result: null,
      }
    },
  }
}

async function commit(store: Store, changes: readonly Change[]): Promise<void> {
  const outcomes = await store.commit(changes, Date.now())
  const failed = outcomes.find(({ kind }) => kind !== 'done')
  if (failed) throw new Error(`a seeded change came out as ${failed.kind}`)
}
