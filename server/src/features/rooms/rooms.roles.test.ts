import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  editRoom,
  handOver,
  leaveRoom,
  listMembers,
  memberRemoved,
  removeMember,
  roleChanged,
  roomLeft,
  roomPlace,
  setRole,
  userPlace,
  type Right,
  type Role,
  type UserId,
} from '@connectly/protocol'
import { atOnce, type Asking } from '../../race-kit.ts'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { seatCan } from './rights.ts'
import { codeOf, rolesSeenBy, roomsKit } from './rooms-kit.ts'
import { roomTable } from './rooms.tables.ts'

let server: TestServer
const { somebody, crew } = roomsKit('roles', () => server)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('the table of rights', () => {
  const may: Record<Right, Role[]> = {
    'messages.send': ['owner', 'admin', 'member'],
    'messages.mentionAll': ['owner', 'admin'],
    'messages.deleteAny': ['owner', 'admin'],
    'rooms.addMember': ['owner', 'admin'],
    'rooms.removeMember': ['owner', 'admin'],
    'rooms.setRole': ['owner'],
    'rooms.edit': ['owner', 'admin'],
  }

  for (const [right, roles] of Object.entries(may) as [Right, Role[]][])
    for (const role of ['owner', 'admin', 'member'])
      assert.equal(
        seatCan({ role }, right),
        roles.some((each) => each === role),
        `${role}: ${right}`,
      )
})

test('who hands a group over is an admin then, and the other its owner: both learn of it in one frame', async () => {
  const { owner, others, roomId } = await crew(2)
  const [heir, member] = others as [TestPerson, TestPerson]
  const listener = await member.connect()

  const seat = await owner.ask(handOver, { roomId, userId: heir.userId })
  await listener.until(() => changes(listener, roomId).length > 0)

  assert.deepEqual([seat.userId, seat.role], [heir.userId, 'owner'])
  assert.deepEqual(await rolesSeenBy(member, roomId), {
    [owner.userId]: 'admin',
    [heir.userId]: 'owner',
    [member.userId]: 'member',
  })
  assert.deepEqual(changes(listener, roomId), [
    [heir.userId, 'owner'],
    [owner.userId, 'admin'],
  ])
  const frames = listener.frames.filter((frame) => frame.events.some((event) => event.name === roleChanged.name))
  assert.equal(frames.length, 1)
  assert.equal(await ownersOf(roomId), 1)
})

test('only an owner hands over, to a member, and not to themselves', async () => {
  const { owner, others, roomId } = await crew(2)
  const [admin, member] = others as [TestPerson, TestPerson]
  const stranger = await somebody()
  await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })

  const codes = [
    await admin.tries(handOver, { roomId, userId: member.userId }),
    await member.tries(handOver, { roomId, userId: member.userId }),
    await stranger.tries(handOver, { roomId, userId: stranger.userId }),
    await owner.tries(handOver, { roomId, userId: stranger.userId }),
    await owner.tries(handOver, { roomId, userId: newId<UserId>() }),
    await owner.tries(handOver, { roomId, userId: owner.userId }),
  ].map(codeOf)

  assert.deepEqual(codes, ['NotAllowed', 'NotAllowed', 'NotFound', 'NotFound', 'NotFound', 'NotAllowed'])
  assert.deepEqual((await rolesSeenBy(member, roomId))[owner.userId], 'owner')
})

test('handing over to another owner leaves them one, and me an admin', async () => {
  const { owner, others, roomId } = await crew(1)
  const second = others[0]!
  await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })

  await owner.ask(handOver, { roomId, userId: second.userId })
  const leaving = await second.tries(leaveRoom, { roomId })

  assert.deepEqual(await rolesSeenBy(second, roomId), { [owner.userId]: 'admin', [second.userId]: 'owner' })
  assert.equal(await ownersOf(roomId), 1)
  assert.equal(codeOf(leaving), 'LastOwner')
})

test('a direct room has no owner: nobody hands it over, edits it, or leaves it to an heir', async () => {
  const [a, b] = [await somebody(), await somebody()]
  const roomId = await befriend(a, b)

  const codes = [
    await a.tries(handOver, { roomId, userId: b.userId }),
    await a.tries(editRoom, { roomId, about: 'Us' }),
    await a.tries(editRoom, { roomId, tint: 3 }),
    await a.tries(leaveRoom, { roomId, heirId: b.userId }),
  ].map(codeOf)

  assert.deepEqual(codes, Array<string>(4).fill('NotAllowed'))
})

test('the last owner leaves by naming an heir, who is the owner in the same commit', async () => {
  const { owner, others, roomId } = await crew(2)
  const [heir, member] = others as [TestPerson, TestPerson]
  const listener = await member.connect()
  const own = await owner.connect()

  await owner.ask(leaveRoom, { roomId, heirId: heir.userId })
  const names = () => listener.heard(roomPlace(roomId)).map((event) => event.name)
  await listener.until(() => names().includes(memberRemoved.name))
  await own.until(() => own.heard(userPlace(owner.userId)).some((event) => event.name === roomLeft.name))

  assert.deepEqual(names().slice(0, 2), [roleChanged.name, memberRemoved.name])
  assert.deepEqual(await rolesSeenBy(member, roomId), { [heir.userId]: 'owner', [member.userId]: 'member' })
  assert.equal(await ownersOf(roomId), 1)
  assert.equal(codeOf(await owner.tries(listMembers, { roomId })), 'NotFound')
})

test('an heir is a member, and not who leaves; nobody goes otherwise', async () => {
  const { owner, roomId } = await crew(1)
  const stranger = await somebody()

  const codes = [
    await owner.tries(leaveRoom, { roomId }),
    await owner.tries(leaveRoom, { roomId, heirId: stranger.userId }),
    await owner.tries(leaveRoom, { roomId, heirId: owner.userId }),
  ].map(codeOf)

  assert.deepEqual(codes, ['LastOwner', 'NotFound', 'LastOwner'])
  assert.equal((await owner.ask(listMembers, { roomId })).length, 2)
})

test('an heir who is not needed gets nothing', async () => {
  const { owner, others, roomId } = await crew(3)
  const [second, member, heir] = others as [TestPerson, TestPerson, TestPerson]
  await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })

  await owner.ask(leaveRoom, { roomId, heirId: heir.userId })
  await member.ask(leaveRoom, { roomId, heirId: newId<UserId>() })

  assert.deepEqual(await rolesSeenBy(heir, roomId), { [second.userId]: 'owner', [heir.userId]: 'member' })
})

test('an admin manages members and neither admins nor owners; an owner no other owner', async () => {
  const { owner, others, roomId } = await crew(3)
  const [admin, second, member] = others as [TestPerson, TestPerson, TestPerson]
  await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
  await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })

  const early = [
    await admin.tries(removeMember, { roomId, userId: owner.userId }),
    await owner.tries(removeMember, { roomId, userId: second.userId }),
    await second.tries(removeMember, { roomId, userId: owner.userId }),
    await admin.tries(removeMember, { roomId, userId: member.userId }),
  ].map(codeOf)
  await owner.ask(setRole, { roomId, userId: second.userId, role: 'admin' })
  const late = await owner.tries(removeMember, { roomId, userId: second.userId })

  assert.deepEqual(early, ['NotAllowed', 'NotAllowed', 'NotAllowed', 'ok'])
  assert.equal(codeOf(late), 'ok')
})

test('a group is about something and has a tint, each edited by itself; the same again is no event', async () => {
  const { owner, others, roomId } = await crew(1)
  const listener = await others[0]!.connect()

  await owner.ask(editRoom, { roomId, about: 'Rowing\non Sundays' })
  await owner.ask(editRoom, { roomId, tint: 7 })
  const same = await owner.ask(editRoom, { roomId, about: 'Rowing\non Sundays', tint: 7 })
  const bare = await owner.ask(editRoom, { roomId, tint: null })
  const edits = () => listener.heard(roomPlace(roomId)).filter((event) => event.name === 'rooms.edited')
  await listener.until(() => edits().length === 3)

  assert.deepEqual([same.name, same.about, same.tint], ['Crew', 'Rowing\non Sundays', 7])
  assert.equal(bare.tint, null)
  assert.deepEqual(edits().at(-1)?.data, { room: bare })
})

test('[AS2] owners who leave at the same moment never leave a group without one', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [second, member] = others as [TestPerson, TestPerson]
    await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })
    const heirId = turn % 2 === 0 ? member.userId : second.userId

    await atOnce(server, [
      [owner, (seat) => seat.tries(leaveRoom, { roomId, heirId })],
      [second, (seat) => seat.tries(leaveRoom, { roomId })],
    ])

    await ownersAreTrue(member, roomId)
  }
})

test('[AS2] a hand-over that meets the leaving of either leaves one owner who is there', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [heir, member] = others as [TestPerson, TestPerson]
    const hands: Asking = [owner, (seat) => seat.tries(handOver, { roomId, userId: heir.userId })]
    const leaves = turn % 4 < 2 ? heir : owner
    const goes: Asking = [leaves, (seat) => seat.tries(leaveRoom, { roomId })]

    const answers = await atOnce(server, turn % 2 === 0 ? [hands, goes] : [goes, hands])

    await ownersAreTrue(member, roomId)
    const codes = answers.map(codeOf)
    assert.ok(codes.includes('ok') && !codes.includes('Busy'), codes.join())
  }
})

test('[AS2] a hand-over that meets another’s change of the same roles counts its owners right', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [second, heir] = others as [TestPerson, TestPerson]
    await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })
    const hands: Asking = [owner, (seat) => seat.tries(handOver, { roomId, userId: heir.userId })]
    const whom = turn % 4 < 2 ? owner : heir
    const role = turn % 4 < 2 ? 'member' : 'owner'
    const sets: Asking = [second, (seat) => seat.tries(setRole, { roomId, userId: whom.userId, role })]

    await atOnce(server, turn % 2 === 0 ? [hands, sets] : [sets, hands])

    await ownersAreTrue(heir, roomId)
  }
})

test('[AS2] two owners who hand over to each other, or to the same heir, at the same moment: one at least stays', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [second, member] = others as [TestPerson, TestPerson]
    await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })
    const [first, next] = turn % 2 === 0 ? [second, owner] : [member, member]

    await atOnce(server, [
      [owner, (seat) => seat.tries(handOver, { roomId, userId: first.userId })],
      [second, (seat) => seat.tries(handOver, { roomId, userId: next.userId })],
    ])

    await ownersAreTrue(member, roomId)
  }
})

test('[AS2] who names an heir while the other owner steps down leaves the group to the heir', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [second, heir] = others as [TestPerson, TestPerson]
    await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })

    const answers = await atOnce(server, [
      [second, (seat) => seat.tries(setRole, { roomId, userId: second.userId, role: 'member' })],
      [owner, (seat) => seat.tries(leaveRoom, { roomId, heirId: heir.userId })],
    ])

    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    assert.deepEqual(await rolesSeenBy(heir, roomId), { [second.userId]: 'member', [heir.userId]: 'owner' })
    await ownersAreTrue(heir, roomId)
  }
})

test('[AS2] an heir who is removed at the same moment inherits nothing', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, others, roomId } = await crew(2)
    const [admin, heir] = others as [TestPerson, TestPerson]
    await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
    const removes: Asking = [admin, (seat) => seat.tries(removeMember, { roomId, userId: heir.userId })]
    const leaves: Asking = [owner, (seat) => seat.tries(leaveRoom, { roomId, heirId: heir.userId })]

    const answers = await atOnce(server, turn % 2 === 0 ? [removes, leaves] : [leaves, removes])

    await ownersAreTrue(admin, roomId)
    assert.deepEqual(answers.map(codeOf), turn % 2 === 0 ? ['ok', 'NotFound'] : ['ok', 'NotAllowed'])
  }
})

test('[AS2] somebody added while the last member leaves finds an owner, or is not added', async () => {
  for (let turn = 0; turn < 20; turn++) {
    const { owner, roomId } = await crew(0)
    const coming = await somebody()
    await befriend(owner, coming)
    const adds: Asking = [owner, (seat) => seat.tries(addMember, { roomId, userId: coming.userId })]
    const leaves: Asking = [owner, (seat) => seat.tries(leaveRoom, { roomId })]

    const answers = await atOnce(server, turn % 2 === 0 ? [adds, leaves] : [leaves, adds])

    assert.deepEqual(answers.map(codeOf), turn % 2 === 0 ? ['ok', 'LastOwner'] : ['ok', 'NotFound'])
  }
})

/** As many owners sit in the room as it counts, and one at least. */
async function ownersAreTrue(member: TestPerson, roomId: Parameters<typeof rolesSeenBy>[1]): Promise<void> {
  const roles = Object.values(await rolesSeenBy(member, roomId))
  const owners = roles.filter((role) => role === 'owner').length
  assert.ok(owners >= 1, roles.join())
  assert.equal(await ownersOf(roomId), owners)
}

const ownersOf = async (roomId: Parameters<typeof rolesSeenBy>[1]) =>
  (await server.app.store.get(roomTable, { roomId }))?.owners
const changes = (listener: Awaited<ReturnType<TestPerson['connect']>>, roomId: string) =>
  listener
    .heard(roomPlace(roomId))
    .filter((event) => event.name === roleChanged.name)
    .map((event) => (event.data as { seat: { userId: UserId; role: Role } }).seat)
    .map((seat) => [seat.userId, seat.role])
