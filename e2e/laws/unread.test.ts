import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  blockPerson,
  clearRoom,
  createGroup,
  deleteMessage,
  editMessage,
  hideMessages,
  leaveRoom,
  markRead,
  markUnread,
  MAX_UNREAD,
  sendMessage,
  unblockPerson,
  type LocalId,
  type Message,
  type MessageId,
  type Method,
  type RoomId,
  type RoomLine,
  type TextBody,
} from '@connectly/protocol'
import { hiddenTable, messageTable } from '../../server/src/features/messages/index.ts'
import { seatTable } from '../../server/src/features/rooms/index.ts'
import { placeTable } from '../../server/src/store/log-tables.ts'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../../server/src/test-kit.ts'
import { between, oneOf, seeded, type Random } from '../crash/random.ts'
import { until, type Device } from './replica-device.ts'
import { deviceFor, lineFor } from './replica-world.ts'

/* What is unread is counted by everybody for themselves: by the server for a head, and by each device as things happen. */

type Counted = { unread: number; mentions: number }
type World = { random: Random; me: TestPerson; others: TestPerson[]; rooms: RoomId[]; said: Map<RoomId, Message[]> }

const SEEDS = (process.env['UNREAD_SEEDS'] ?? '1,2,3,4,5,6').split(',').map(Number)

let server: TestServer
let people = 0

before(async () => {
  server = await startServer()
})
after(() => server.stop())

for (const seed of SEEDS)
  test(`[UN1] [UN2] every device counts as unread what a look at all messages does (UNREAD_SEEDS=${seed})`, async (t) => {
    const world = await createWorld(seeded(seed))
    const { me, rooms, random } = world
    const line = await lineFor(t, server.url)
    const live = [await deviceFor(t, server, me), await deviceFor(t, server, me)]
    const away = await deviceFor(t, line, me)
    for (const device of [...live, away]) await device.hold(rooms[0] as RoomId)

    for (let round = 0; round < 8; round++) {
      line.kill()
      for (let step = between(random, 3, 8); step > 0; step--) await happening(world)
      line.mend()

      const fresh = await deviceFor(t, server, me)
      for (const roomId of rooms) {
        const wanted = await counted(me, roomId)
        const seq = (await server.app.store.get(placeTable, { place: `room:${roomId}` }))?.seq
        for (const [name, device] of Object.entries({ first: live[0]!, second: live[1]!, away, fresh })) {
          await until(() => isAt(device, roomId, seq, wanted), 'it counts the same', 5000).catch(() => undefined)
          assert.deepEqual(countOn(device, roomId), wanted, `round ${round}: the ${name} device`)
        }
      }
      fresh.stop()
    }
  })

test('[UN1] a count stops at a hundred, and falls only when fewer are left', async (t) => {
  const { me, others, rooms } = await createWorld(seeded(7))
  const [roomId, sender] = [rooms[0] as RoomId, others[0] as TestPerson]
  const device = await deviceFor(t, server, me)
  const seat = await sender.connect()
  const messages: Message[] = []
  for (let nth = 0; nth < 105; nth++) messages.push(await seat.ask(sendMessage, saying(roomId, { text: `${nth}` })))

  for (const { messageId } of messages.slice(-10)) await sender.ask(deleteMessage, { roomId, messageId })

  const wanted = (await counted(me, roomId)) ?? assert.fail('the seat is gone')
  await until(() => countOn(device, roomId)?.unread === wanted.unread, 'it counts the same', 5000).catch(
    () => undefined,
  )
  assert.deepEqual(countOn(device, roomId), wanted)
  assert.ok(wanted.unread < 100)
})

/** Counts what is unread by looking at every message: what others said, above what I read, that I may see. */
async function counted({ userId }: TestPerson, roomId: RoomId): Promise<Counted | null> {
  const { store } = server.app
  const seat = await store.get(seatTable, { roomId, userId })
  if (!seat) return null
  const hidden = await store.find(hiddenTable, { where: { userId, roomId }, limit: 100_000 })
  const rows = await store.find(messageTable, { where: { roomId }, limit: 100_000 })
  const unread = rows.filter(({ seq, authorId, body, deletedAt, hiddenFrom }) => {
    if (authorId === userId || body.kind === 'system' || deletedAt !== null) return false
    if (seq <= seat.fromSeq || seq <= seat.clearedSeq) return false
    if (hiddenFrom?.includes(userId) || hidden.some((row) => row.seq === seq)) return false
    return seq > seat.readSeq || (seat.unreadFrom !== null && seq >= seat.unreadFrom)
  })
  const mentions = unread.filter(
    ({ body }) => 'mentions' in body && body.mentions?.some(({ who }) => who === userId || who === 'all'),
  )
  return { unread: Math.min(MAX_UNREAD, unread.length), mentions: Math.min(MAX_UNREAD, mentions.length) }
}

function countOn(device: Device, roomId: RoomId): Counted | null {
  const line: RoomLine | null = device.lineOf(roomId)
  if (!line) return null
  return { unread: Math.min(MAX_UNREAD, line.unread.length), mentions: Math.min(MAX_UNREAD, line.mentions.length) }
}

const isAt = (device: Device, roomId: RoomId, seq: number | undefined, wanted: Counted | null): boolean =>
  device.isOpen() &&
  (wanted === null || device.lineOf(roomId)?.seq === seq) &&
  JSON.stringify(countOn(device, roomId)) === JSON.stringify(wanted)

/** Somebody does something that may change what is unread; what they may not do is refused. */
async function happening(world: World): Promise<void> {
  const { random, me, others, rooms, said } = world
  const roomId = oneOf(random, rooms)
  const who = random() < 0.25 ? me : oneOf(random, others)
  const seq = between(random, 0, 3 + ((said.get(roomId) ?? []).at(-1)?.seq ?? 3))
  const one = () => oneOf(random, said.get(roomId) ?? []) as Message | undefined
  const luck = random()
  if (luck < 0.4) {
    const answer = await who.tries(sendMessage, saying(roomId, wordsOf(world)))
    if (answer.ok) said.set(roomId, [...(said.get(roomId) ?? []), answer.value])
    return
  }
  const messageId = one()?.messageId ?? newId<MessageId>()
  const deeds: [number, TestPerson, Method, object][] = [
    [0.48, me, markRead, { roomId, seq }],
    [0.56, me, markUnread, { roomId, seq }],
    [0.64, others.find(({ userId }) => userId === one()?.authorId) ?? me, deleteMessage, { roomId, messageId }],
    [0.74, me, hideMessages, { roomId, messageIds: [messageId] }],
    [0.82, who, editMessage, { roomId, messageId, body: { kind: 'text', ...wordsOf(world) } }],
    [0.86, me, clearRoom, { roomId }],
    [0.92, random() < 0.5 ? me : who, blockPerson, { userId: oneOf(random, [me, ...others]).userId }],
    [0.97, me, unblockPerson, { userId: oneOf(random, others).userId }],
    [0.985, me, leaveRoom, { roomId }],
    [1, others[0] as TestPerson, addMember, { roomId, userId: me.userId }],
  ]
  const [, actor, method, input] = deeds.find(([until]) => luck < until) ?? deeds[0]!
  await actor.tries(method, input)
}

function wordsOf({ random, me }: World): Omit<TextBody, 'kind'> {
  if (random() < 0.6) return { text: `words ${random()}` }
  const who = random() < 0.7 ? me.userId : 'all'
  return { text: `@you ${random()}`, mentions: [{ who, start: 0, length: 4 }] }
}

const saying = (roomId: RoomId, words: Omit<TextBody, 'kind'>) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, ...words },
})

/** Somebody with three others: two groups of them all, and a direct room. */
async function createWorld(random: Random): Promise<World> {
  const somebody = () => server.person(`reader-${++people}`)
  const me = await somebody()
  const others = [await somebody(), await somebody(), await somebody()]
  const [host] = others as [TestPerson]
  const rooms = [await befriend(me, host)]
  for (const other of others.slice(1)) await befriend(host, other)
  for (const name of ['one', 'two']) {
    const userIds = [me, ...others.slice(1)].map(({ userId }) => userId)
    rooms.push((await host.ask(createGroup, { localId: newId<LocalId>(), name, userIds })).roomId)
  }
  return { random, me, others, rooms: rooms.toReversed(), said: new Map() }
}
