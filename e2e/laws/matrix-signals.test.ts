import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  blockPerson,
  createGroup,
  markRead,
  onlineCounted,
  othersMoved,
  presenceChanged,
  roomCounted,
  sayTyping,
  setPrivacy,
  typingNow,
  watchPresence,
  whoAmI,
  type RoomId,
  type Signal,
} from '@connectly/protocol'
import { befriend, startServer, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { group, say } from './matrix-world.ts'

/* Who hears each signal, and who does not: nothing of what somebody does not show, and nothing through a block. */

const names = ['owner', 'friend', 'member', 'blocked', 'shy', 'outsider'] as const
type Name = (typeof names)[number]
type Seat = Awaited<ReturnType<TestPerson['connect']>>
type Scene = { roomId: RoomId; direct: RoomId; who: Record<Name, TestPerson>; seats: Record<Name, Seat> }

let server: TestServer
let people = 0

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('[SI2] marks in a group are heard by those who have it open, give theirs, and are not apart by a block', async () => {
  const scene = await createScene()
  const { who, roomId } = scene

  await who.owner.ask(markRead, { roomId, seq: await newest(scene) })

  assert.deepEqual(await hearing(scene, othersMoved, who.owner), ['friend', 'member'])
})

test('[SI2] marks in a direct room are heard by the other of the two alone', async () => {
  const scene = await createScene()
  const { who, direct } = scene
  await say(who.owner, direct)

  await who.friend.ask(markRead, { roomId: direct, seq: 100 })

  assert.deepEqual(await hearing(scene, othersMoved, who.friend), ['owner'])
})

test('[SI2] nobody hears the marks of somebody who gives none', async () => {
  const scene = await createScene()
  const { who, roomId } = scene

  await who.shy.ask(markRead, { roomId, seq: await newest(scene) })

  assert.deepEqual(await hearing(scene, othersMoved, who.shy), [])
})

test('[SI2] typing is heard by those who have the room open, but for who is behind a block', async () => {
  const scene = await createScene()
  const { who, seats, roomId } = scene

  await seats.shy.ask(sayTyping, { roomId, isTyping: true })
  await seats.owner.ask(sayTyping, { roomId, isTyping: true })
  await seats.member.until(() => about(seats.member, typingNow, who.owner), 'the owner is seen writing')

  assert.deepEqual(await hearing(scene, typingNow, who.owner), ['owner', 'friend', 'member', 'shy'])
  assert.deepEqual(await hearing(scene, typingNow, who.shy), [])
})

test('[SI2] who comes and goes is heard by those who watch and may know: not behind a block, nor by who hides', async () => {
  const scene = await createScene()
  const { who, seats } = scene

  seats.owner.socket.disconnect()
  await seats.member.until(() => about(seats.member, presenceChanged, who.owner), 'the owner is gone')
  assert.deepEqual(await hearing(scene, presenceChanged, who.owner, 'owner'), ['friend', 'member'])

  seats.shy.socket.disconnect()
  seats.friend.socket.disconnect()
  await seats.member.until(() => about(seats.member, presenceChanged, who.friend), 'the friend is gone')
  assert.deepEqual(await hearing(scene, presenceChanged, who.shy, 'owner', 'shy', 'friend'), [])
})

test('[SI2] how many are in a room is heard where it is open, and how many are here at all by everybody', async () => {
  const scene = await createScene()
  const { seats } = scene
  for (const name of names) seats[name].signals.length = 0

  seats.friend.socket.disconnect()
  const rest = names.filter((name) => name !== 'friend')
  await Promise.all(rest.map((name) => seats[name].until(() => seats[name].said(onlineCounted).length > 0)))
  await seats.member.until(() => seats.member.said(roomCounted).length > 0, 'the room is counted')
  await everythingSaid(scene, ['friend'])

  assert.deepEqual(
    rest.filter((name) => seats[name].said(roomCounted).length > 0),
    ['owner', 'member', 'blocked', 'shy'],
  )
})

/** Who has heard something about somebody by a signal; those who are gone are not asked. */
async function hearing(scene: Scene, signal: Signal, person: TestPerson, ...gone: Name[]): Promise<Name[]> {
  await everythingSaid(scene, gone)
  return names.filter((name) => !gone.includes(name) && about(scene.seats[name], signal, person))
}

/** Whether a signal spoke of somebody, and not to say that nothing of them is shown. */
function about(seat: Seat, signal: Signal, { userId }: TestPerson): boolean {
  return seat.said(signal).some((said) => {
    const { state, ...data } = said as { state?: string }
    return state !== 'hidden' && JSON.stringify(data).includes(userId)
  })
}

async function everythingSaid({ seats }: Scene, gone: readonly Name[]): Promise<void> {
  await Promise.all(names.filter((name) => !gone.includes(name)).map((name) => seats[name].ask(whoAmI, {})))
}

/** The number of something just said in the group, which nobody has read. */
const newest = async ({ who, roomId }: Scene): Promise<number> => {
  await say(who.member, roomId)
  return 1000
}

async function createScene(): Promise<Scene> {
  const who = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await server.person(`${name}-${++people}`)] as const)),
  ) as Record<Name, TestPerson>
  const { owner, friend, member, blocked, shy } = who
  const direct = await befriend(owner, friend)
  for (const other of [member, blocked, shy]) await befriend(owner, other)
  const { roomId } = await owner.ask(createGroup, group('Scene', [friend, member, blocked, shy]))
  await owner.ask(blockPerson, { userId: blocked.userId })
  await shy.ask(setPrivacy, { presence: 'nobody', receipts: false, typing: false })
  const seats = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await who[name].connect()] as const)),
  ) as Record<Name, Seat>
  for (const name of names) {
    const userIds = names.filter((other) => other !== name).map((other) => who[other].userId)
    await seats[name].ask(watchPresence, { userIds, roomId: name === 'outsider' ? null : roomId })
  }
  await everythingSaid({ roomId, direct, who, seats }, [])
  return { roomId, direct, who, seats }
}
