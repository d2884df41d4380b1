import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  createGroup,
  editProfile,
  findMembers,
  memberOf,
  removeMember,
  roomsInCommon,
  type Member,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { insert } from '../../store/store.ts'
import { addPerson, newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { codeOf, group, roomsKit } from './rooms-kit.ts'
import { freshSeat, seatTable } from './rooms.tables.ts'

let server: TestServer
const { somebody, crew } = roomsKit('looking', () => server)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('members are found by the beginning of a name or username, accents and case aside, oneself too', async () => {
  const { owner, others, roomId } = await crew(2)
  const [zoe, other] = others as [TestPerson, TestPerson]
  await zoe.ask(editProfile, { name: 'Žofie Nováková' })
  const foundBy = async (text: string) => idsOf(await other.ask(findMembers, { roomId, text }))

  assert.deepEqual(await foundBy('zofie nov'), [zoe.userId])
  assert.deepEqual(await foundBy('@LOOKING-'), [owner, zoe, other].map((each) => each.userId).toSorted())
  assert.deepEqual(await foundBy('Nováková'), [], 'the middle of a name is not its beginning')
  for (const wild of ['%', '_', '*', '@', ' ']) assert.deepEqual(await foundBy(wild), [], wild)
})

test('nobody is found who does not sit in the room, and only members look', async () => {
  const { owner, others, roomId } = await crew(1)
  const [gone, stranger] = [others[0]!, await somebody()]
  await gone.ask(editProfile, { name: `Gone ${roomId}` })
  await stranger.ask(editProfile, { name: `Gone ${roomId} too` })
  await owner.ask(removeMember, { roomId, userId: gone.userId })

  const found = await owner.ask(findMembers, { roomId, text: 'Gone' })
  const answers = [gone, stranger].map((each) => each.tries(findMembers, { roomId, text: 'x' }))

  assert.deepEqual(found, [])
  assert.deepEqual((await Promise.all(answers)).map(codeOf), ['NotFound', 'NotFound'])
})

test('a member far down the list of a large room is found, however many bear the name outside of it', async () => {
  const { owner, roomId } = await crew(0)
  const mark = `m${newId().slice(-6)}`
  const outside = Array.from({ length: 520 }, (_, nth) => addPerson(server.app.store, `${mark}-${nth}`))
  await Promise.all(outside)
  const inside = await Promise.all(Array.from({ length: 60 }, () => somebody()))
  const last = await addPerson(server.app.store, `${mark}-zz`)
  await seat(roomId, [...inside.map((each) => each.userId), last.userId])

  const found = await owner.ask(findMembers, { roomId, text: mark })

  assert.deepEqual(idsOf(found), [last.userId])
})

test('at most twenty are found, with their seats', async () => {
  const { owner, roomId } = await crew(0)
  const mark = `t${newId().slice(-6)}`
  const added = await Promise.all(Array.from({ length: 25 }, (_, nth) => addPerson(server.app.store, `${mark}-${nth}`)))
  await seat(
    roomId,
    added.map((each) => each.userId),
  )

  const found = await owner.ask(findMembers, { roomId, text: mark })

  assert.equal(found.length, 20)
  for (const member of found) {
    assert.equal(member.seat.userId, member.person.userId)
    assert.deepEqual(Object.keys(member.seat).toSorted(), ['fromSeq', 'joinedAt', 'rev', 'role', 'roomId', 'userId'])
  }
})

test('one member is looked up with their role; who does not sit there is not found', async () => {
  const { owner, others, roomId } = await crew(1)
  const stranger = await somebody()

  const member = await others[0]!.ask(memberOf, { roomId, userId: owner.userId })
  const answers = [
    await owner.tries(memberOf, { roomId, userId: stranger.userId }),
    await owner.tries(memberOf, { roomId, userId: newId<UserId>() }),
    await stranger.tries(memberOf, { roomId, userId: owner.userId }),
  ]

  assert.deepEqual([member.person.userId, member.seat.role], [owner.userId, 'owner'])
  assert.deepEqual(answers.map(codeOf), ['NotFound', 'NotFound', 'NotFound'])
})

test('groups in common are those both sit in now, the newest first, without the room of the two', async () => {
  const { owner, others, roomId } = await crew(2)
  const [a, b] = others as [TestPerson, TestPerson]
  const second = await owner.ask(createGroup, group('Second', [a]))
  await owner.ask(createGroup, group('Without', [b]))
  const third = await owner.ask(createGroup, group('Third', [a]))
  await owner.ask(removeMember, { roomId: third.roomId, userId: a.userId })

  const [mine, theirs] = [
    await owner.ask(roomsInCommon, { userId: a.userId }),
    await a.ask(roomsInCommon, { userId: owner.userId }),
  ]

  assert.deepEqual(
    mine.map((room) => room.roomId),
    [second.roomId, roomId],
  )
  assert.deepEqual(theirs, mine)
})

test('a stranger, and nobody, have nothing in common with anyone', async () => {
  const { owner } = await crew(1)
  const stranger = await somebody()

  const found = [
    await stranger.ask(roomsInCommon, { userId: owner.userId }),
    await stranger.ask(roomsInCommon, { userId: newId<UserId>() }),
  ]

  assert.deepEqual(found, [[], []])
})

test('who is added again is found again', async () => {
  const { owner, others, roomId } = await crew(1)
  const back = others[0]!
  await owner.ask(removeMember, { roomId, userId: back.userId })
  const without = await owner.ask(roomsInCommon, { userId: back.userId })

  await owner.ask(addMember, { roomId, userId: back.userId })

  assert.deepEqual(without, [])
  assert.deepEqual(
    (await owner.ask(roomsInCommon, { userId: back.userId })).map((room) => room.roomId),
    [roomId],
  )
  assert.equal((await owner.ask(memberOf, { roomId, userId: back.userId })).seat.role, 'member')
})

/** Puts people straight into a room: more of them than one would befriend. */
async function seat(roomId: RoomId, userIds: readonly UserId[]): Promise<void> {
  const writes = userIds.map((userId, nth) =>
    insert(seatTable, {
      ...freshSeat,
      roomId,
      userId,
      role: 'member',
      fromSeq: 0,
      readSeq: 0,
      joinedAt: Date.now() + nth,
      rev: 1,
    }),
  )
  const make = () => ({ writes, events: [], result: null })
  await server.app.store.commit([{ places: [], given: [], make }], Date.now())
}

const idsOf = (members: readonly Member[]) => members.map((member) => member.seat.userId).toSorted()
