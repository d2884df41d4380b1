import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  blockPerson,
  createGroup,
  leaveRoom,
  removeMember,
  unblockPerson,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { atOnce, type Asking } from '../../race-kit.ts'
import { befriend, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { isBlockedEitherWay } from '../blocks/index.ts'
import { codeOf, group, roomsKit } from './rooms-kit.ts'
import { roomTable, seatTable } from './rooms.tables.ts'

let server: TestServer
const { somebody, crew } = roomsKit('hides', () => server)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('a block stands on both seats of every room that the two share, and on no other', async () => {
  const { owner, others, roomId } = await crew(2)
  const [a, b] = others as [TestPerson, TestPerson]
  const direct = await befriend(a, b)
  const without = await owner.ask(createGroup, group('Without', [a]))

  await a.ask(blockPerson, { userId: b.userId })

  for (const shared of [roomId, direct]) {
    assert.deepEqual(await hidesOf(a, shared), [b.userId])
    assert.deepEqual(await hidesOf(b, shared), [a.userId])
  }
  assert.equal(await hidesOf(owner, roomId), null)
  assert.equal(await hidesOf(a, without.roomId), null)
})

test('a block is told to nobody in the rooms: none of them counts a number for it', async () => {
  const { others, roomId } = await crew(2)
  const [a, b] = others as [TestPerson, TestPerson]
  const listener = await b.connect()

  await a.ask(blockPerson, { userId: b.userId })
  await a.ask(unblockPerson, { userId: b.userId })
  await b.ask(leaveRoom, { roomId })
  await listener.until(() => listener.frames.length > 0)

  const names = listener.frames.flatMap((frame) => frame.events.map((event) => event.name))
  assert.ok(names.length > 0 && names.every((name) => !name.includes('lock')), names.join())
})

test('blocking again adds nobody twice, and unblocking takes both seats’ hides back', async () => {
  const { others, roomId } = await crew(3)
  const [a, b, c] = others as [TestPerson, TestPerson, TestPerson]
  await a.ask(blockPerson, { userId: b.userId })
  await a.ask(blockPerson, { userId: b.userId })
  await a.ask(blockPerson, { userId: c.userId })
  const both = await hidesOf(a, roomId)

  await a.ask(unblockPerson, { userId: b.userId })
  const one = await hidesOf(a, roomId)
  await a.ask(unblockPerson, { userId: c.userId })

  assert.deepEqual([both, one], [[b.userId, c.userId], [c.userId]])
  for (const each of [a, b, c]) assert.equal(await hidesOf(each, roomId), null)
})

test('where both blocked, one who takes it back changes nothing until the other does', async () => {
  const { others, roomId } = await crew(2)
  const [a, b] = others as [TestPerson, TestPerson]
  await a.ask(blockPerson, { userId: b.userId })
  await b.ask(blockPerson, { userId: a.userId })

  await a.ask(unblockPerson, { userId: b.userId })
  const still = [await hidesOf(a, roomId), await hidesOf(b, roomId)]
  await b.ask(unblockPerson, { userId: a.userId })

  assert.deepEqual(still, [[b.userId], [a.userId]])
  assert.deepEqual([await hidesOf(a, roomId), await hidesOf(b, roomId)], [null, null])
})

test('neither of the two brings the other into a group, and then there is no group', async () => {
  const { owner, others, roomId } = await crew(1)
  const [blocked, blocking] = [await somebody(), await somebody()]
  for (const each of [blocked, blocking]) await befriend(owner, each)
  await owner.ask(blockPerson, { userId: blocked.userId })
  await blocking.ask(blockPerson, { userId: owner.userId })
  const before = await server.app.store.count(roomTable, {}, 10_000)

  const answers = await Promise.all([
    owner.tries(addMember, { roomId, userId: blocked.userId }),
    owner.tries(addMember, { roomId, userId: blocking.userId }),
    owner.tries(createGroup, group('Not', [others[0]!, blocked])),
    owner.tries(createGroup, group('Not', [others[0]!, blocking])),
  ])
  await owner.ask(unblockPerson, { userId: blocked.userId })
  const later = await owner.tries(addMember, { roomId, userId: blocked.userId })

  assert.deepEqual(answers.map(codeOf), Array(4).fill('NotAContact'))
  assert.equal(await server.app.store.count(roomTable, {}, 10_000), before)
  assert.equal(codeOf(later), 'ok')
})

test('two who blocked each other sit apart also in a room that a third brings them into', async () => {
  const { owner, others, roomId } = await crew(2)
  const [a, b] = others as [TestPerson, TestPerson]
  await owner.ask(removeMember, { roomId, userId: b.userId })
  await b.ask(blockPerson, { userId: a.userId })

  await owner.ask(addMember, { roomId, userId: b.userId })
  const fresh = await owner.ask(createGroup, group('Fresh', [a, b]))

  for (const each of [roomId, fresh.roomId]) {
    assert.deepEqual(await hidesOf(a, each), [b.userId])
    assert.deepEqual(await hidesOf(b, each), [a.userId])
    assert.equal(await hidesOf(owner, each), null)
  }
})

test('who goes leaves nothing on the seats of those who stay, however they went', async () => {
  const { owner, others, roomId } = await crew(3)
  const [a, b, c] = others as [TestPerson, TestPerson, TestPerson]
  for (const each of [b, c]) await a.ask(blockPerson, { userId: each.userId })

  await b.ask(leaveRoom, { roomId })
  const afterOne = await hidesOf(a, roomId)
  await owner.ask(removeMember, { roomId, userId: c.userId })
  const afterBoth = await hidesOf(a, roomId)
  await a.ask(unblockPerson, { userId: b.userId })
  await owner.ask(addMember, { roomId, userId: b.userId })

  assert.deepEqual([afterOne, afterBoth], [[c.userId], null])
  assert.deepEqual([await hidesOf(a, roomId), await hidesOf(b, roomId)], [null, null])
})

test('[AS2] a block that meets the joining of either stands on both seats', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [a, b] = others as [TestPerson, TestPerson]
    await owner.ask(removeMember, { roomId, userId: b.userId })
    const [by, whom] = turn % 4 < 2 ? [a, b] : [b, a]
    const blocks: Asking = [by, (seat) => seat.tries(blockPerson, { userId: whom.userId })]
    const joins: Asking = [owner, (seat) => seat.tries(addMember, { roomId, userId: b.userId })]

    const answers = await atOnce(server, turn % 2 === 0 ? [blocks, joins] : [joins, blocks])

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    await hidesAreTrue(a, b)
  }
})

test('[AS2] a block that meets a new group of both stands on both seats', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others } = await crew(2)
    const [a, b] = others as [TestPerson, TestPerson]
    const blocks: Asking = [a, (seat) => seat.tries(blockPerson, { userId: b.userId })]
    const makes: Asking = [owner, (seat) => seat.tries(createGroup, group('New', [a, b]))]

    const answers = await atOnce(server, turn % 2 === 0 ? [blocks, makes] : [makes, blocks])

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    await hidesAreTrue(a, b)
  }
})

test('[AS2] a block taken back that meets a joining or a leaving leaves nothing behind', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [a, b] = others as [TestPerson, TestPerson]
    await a.ask(blockPerson, { userId: b.userId })
    const joins = turn % 4 < 2
    if (joins) await owner.ask(removeMember, { roomId, userId: b.userId })
    const unblocks: Asking = [a, (seat) => seat.tries(unblockPerson, { userId: b.userId })]
    const moves: Asking = joins
      ? [owner, (seat) => seat.tries(addMember, { roomId, userId: b.userId })]
      : [b, (seat) => seat.tries(leaveRoom, { roomId })]

    const answers = await atOnce(server, turn % 2 === 0 ? [unblocks, moves] : [moves, unblocks])

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    await hidesAreTrue(a, b)
  }
})

test('[AS2] who is removed while somebody blocks them leaves nothing behind', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [a, b] = others as [TestPerson, TestPerson]
    const blocks: Asking = [a, (seat) => seat.tries(blockPerson, { userId: b.userId })]
    const removes: Asking = [owner, (seat) => seat.tries(removeMember, { roomId, userId: b.userId })]

    const answers = await atOnce(server, turn % 2 === 0 ? [blocks, removes] : [removes, blocks])

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    await hidesAreTrue(a, b)
  }
})

test('[AS2] two who block the same person at the same moment are both on their seat', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { others } = await crew(3)
    const [a, b, blocked] = others as [TestPerson, TestPerson, TestPerson]

    const answers = await atOnce(
      server,
      [a, b].map((each): Asking => [each, (seat) => seat.tries(blockPerson, { userId: blocked.userId })]),
    )

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    for (const each of [a, b]) await hidesAreTrue(each, blocked)
  }
})

test('[AS2] two who block, or forgive, each other at the same moment agree on it', async () => {
  const { others } = await crew(2)
  const [a, b] = others as [TestPerson, TestPerson]
  for (let turn = 0; turn < 20; turn++) {
    const method = turn % 2 === 0 ? blockPerson : unblockPerson

    const answers = await atOnce(server, [
      [a, (seat) => seat.tries(method, { userId: b.userId })],
      [b, (seat) => seat.tries(method, { userId: a.userId })],
    ])

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    assert.equal(await isBlockedEitherWay(server.app.store, a.userId, b.userId), turn % 2 === 0)
    await hidesAreTrue(a, b)
  }
})

test('[AS2] who is blocked at the moment of being added by the same person is not added, or sits apart', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(1)
    const other = others[0]!
    await owner.ask(removeMember, { roomId, userId: other.userId })
    const blocks: Asking = [other, (seat) => seat.tries(blockPerson, { userId: owner.userId })]
    const adds: Asking = [owner, (seat) => seat.tries(addMember, { roomId, userId: other.userId })]

    const answers = await atOnce(server, turn % 2 === 0 ? [blocks, adds] : [adds, blocks])

    assert.deepEqual(answers.map(codeOf), turn % 2 === 0 ? ['ok', 'NotAContact'] : ['ok', 'ok'])
    await hidesAreTrue(owner, other)
  }
})

const hidesOf = async ({ userId }: TestPerson, roomId: RoomId) =>
  (await server.app.store.get(seatTable, { roomId, userId }))?.hides

/** Both seats of a shared room name the other if one blocked the other; no other seat of theirs does. */
async function hidesAreTrue(a: TestPerson, b: TestPerson): Promise<void> {
  const isBlocked = await isBlockedEitherWay(server.app.store, a.userId, b.userId)
  const [ofA, ofB] = [await seatsOf(a.userId), await seatsOf(b.userId)]
  const check = (seats: typeof ofA, others: typeof ofA, otherId: UserId) => {
    for (const { roomId, hides } of seats) {
      const isShared = others.some((seat) => seat.roomId === roomId)
      assert.equal(hides?.includes(otherId) ?? false, isBlocked && isShared)
    }
  }
  check(ofA, ofB, b.userId)
  check(ofB, ofA, a.userId)
}

const seatsOf = (userId: UserId) => server.app.store.find(seatTable, { where: { userId }, limit: 100 })
