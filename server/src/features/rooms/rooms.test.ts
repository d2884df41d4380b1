import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  createGroup,
  headOf,
  leaveRoom,
  listMembers,
  openSync,
  pageMessages,
  removeMember,
  editRoom,
  sendMessage,
  setRole,
  userPlace,
  type LocalId,
  type Member,
  type Role,
  type Room,
  type RoomId,
  type RoomLine,
  type UserId,
} from '@connectly/protocol'
import { befriend, newId, roomPlace, startServer, type TestPerson, type TestServer } from '../../test-kit.ts'
import { codeOf, group, rolesOf, roomsKit } from './rooms-kit.ts'
import { roomTable, seatTable } from './rooms.tables.ts'

let server: TestServer
const { somebody, crew } = roomsKit('room', () => server)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('a group begins with who made it as its owner, and contacts of theirs as members', async () => {
  const owner = await somebody()
  const [a, b] = [await somebody(), await somebody()]
  await befriend(owner, a)
  await befriend(b, owner)

  const room = await owner.ask(createGroup, {
    localId: newId<LocalId>(),
    name: '  Crew  ',
    userIds: [a.userId, b.userId, a.userId, owner.userId],
  })
  const members = await b.ask(listMembers, { roomId: room.roomId })

  assert.deepEqual(
    { kind: room.kind, name: room.name, members: room.members },
    { kind: 'group', name: 'Crew', members: 3 },
  )
  assert.deepEqual(rolesOf(members), { [owner.userId]: 'owner', [a.userId]: 'member', [b.userId]: 'member' })
})

test('nobody is put into a group by a stranger, and then there is no group', async () => {
  const [owner, friend, stranger] = [await somebody(), await somebody(), await somebody()]
  await befriend(owner, friend)
  const before = await server.app.store.count(roomTable, {}, 10_000)

  const answers = await Promise.all([
    owner.tries(createGroup, group('Crew', [friend, stranger])),
    owner.tries(createGroup, { ...group('Crew', []), userIds: [newId<UserId>()] }),
  ])

  assert.deepEqual(answers.map(codeOf), ['NotAContact', 'NotAContact'])
  assert.equal(await server.app.store.count(roomTable, {}, 10_000), before)
})

test('a name has 1 to 64 characters that can be seen, and nothing that deceives', async () => {
  const owner = await somebody()
  const { roomId } = await owner.ask(createGroup, group('Crew', []))
  const bad = ['', '   ', '\u200b\u2060', 'x'.repeat(65), 'two\nlines', 'back\u202ewards', 'nul\u0000', '\ud800']
  const good = ['x', 'x'.repeat(64), '🚣‍♀️ Лодка', 'ﻋﺮﺑﻲ', 'e\u0301'.repeat(64)]

  for (const name of bad) {
    assert.equal(codeOf(await owner.tries(createGroup, group(name, []))), 'InvalidInput', JSON.stringify(name))
    assert.equal(codeOf(await owner.tries(editRoom, { roomId, name })), 'InvalidInput', JSON.stringify(name))
  }
  for (const name of good) assert.equal((await owner.ask(editRoom, { roomId, name })).name, name.normalize('NFC'), name)
})

test('what each role may do', async () => {
  const roles: Role[] = ['owner', 'admin', 'member']
  const may: Record<string, Role[]> = { rename: ['owner', 'admin'], add: ['owner', 'admin'], setRole: ['owner'] }

  for (const role of roles) {
    const { owner, others, roomId } = await crew(2)
    const [actor, target] = others as [TestPerson, TestPerson]
    const guest = await somebody()
    await befriend(actor, guest)
    if (role !== 'member') await owner.ask(setRole, { roomId, userId: actor.userId, role })

    const codes = {
      rename: codeOf(await actor.tries(editRoom, { roomId, name: `By ${role}` })),
      add: codeOf(await actor.tries(addMember, { roomId, userId: guest.userId })),
      setRole: codeOf(await actor.tries(setRole, { roomId, userId: target.userId, role: 'admin' })),
    }

    for (const [what, code] of Object.entries(codes))
      assert.equal(code, may[what]?.includes(role) ? 'ok' : 'NotAllowed', `${role}: ${what}`)
  }
})

test('who may remove whom', async () => {
  const may: Record<Role, Role[]> = { owner: ['admin', 'member'], admin: ['member'], member: [] }

  for (const by of ['owner', 'admin', 'member'] as const)
    for (const whom of ['owner', 'admin', 'member'] as const) {
      const { owner, others, roomId } = await crew(2)
      const [actor, target] = others as [TestPerson, TestPerson]
      if (by !== 'member') await owner.ask(setRole, { roomId, userId: actor.userId, role: by })
      if (whom !== 'member') await owner.ask(setRole, { roomId, userId: target.userId, role: whom })

      const code = codeOf(await actor.tries(removeMember, { roomId, userId: target.userId }))

      const members = await owner.ask(listMembers, { roomId })
      assert.equal(code, may[by].includes(whom) ? 'ok' : 'NotAllowed', `${by} removes ${whom}`)
      assert.equal(members.length, code === 'ok' ? 2 : 3)
    }
})

test('who leaves is gone from the room and the room from their list, and the count is true', async () => {
  const { owner, others, roomId } = await crew(2)
  const leaver = others[0]!
  const seat = await leaver.connect()

  await leaver.ask(leaveRoom, { roomId })
  await seat.until(() => seat.heard(userPlace(leaver.userId)).some((event) => event.name === 'rooms.left'))
  const afterwards = await leaver.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  const head = await owner.ask(headOf, { roomId })

  assert.ok(!JSON.stringify(afterwards).includes(roomId))
  assert.equal((head.slices['rooms'] as { room: Room }).room.members, 2)
  assert.equal(codeOf(await leaver.tries(leaveRoom, { roomId })), 'NotFound')
})

test('the last owner hands the group over before leaving', async () => {
  const { owner, others, roomId } = await crew(1)
  const heir = others[0]!

  const early = await owner.tries(leaveRoom, { roomId })
  await owner.ask(setRole, { roomId, userId: heir.userId, role: 'owner' })
  const late = await owner.tries(leaveRoom, { roomId })

  assert.deepEqual([early, late].map(codeOf), ['LastOwner', 'ok'])
  assert.deepEqual(rolesOf(await heir.ask(listMembers, { roomId })), { [heir.userId]: 'owner' })
})

test('the last member takes the group with them', async () => {
  const { owner, roomId } = await crew(0)

  await owner.ask(leaveRoom, { roomId })

  assert.equal(codeOf(await owner.tries(headOf, { roomId })), 'NotFound')
  assert.equal(await server.app.store.count(seatTable, { roomId }, 10), 0)
})

test('who comes back sits once, as a member, and sees from then on', async () => {
  const { owner, others, roomId } = await crew(1)
  const back = others[0]!
  await owner.ask(setRole, { roomId, userId: back.userId, role: 'admin' })
  await owner.ask(removeMember, { roomId, userId: back.userId })
  await owner.ask(sendMessage, text(roomId, 'while you were out'))

  const seat = await owner.ask(addMember, { roomId, userId: back.userId })
  const page = await back.ask(pageMessages, { roomId })

  assert.equal(seat.role, 'member')
  assert.ok(!JSON.stringify(page).includes('while you were out'))
  assert.equal((await owner.ask(listMembers, { roomId })).length, 2)
})

test('adding a member changes nothing and succeeds', async () => {
  const { owner, others, roomId } = await crew(1)
  const listener = await owner.connect()

  const seats = [
    await owner.ask(addMember, { roomId, userId: others[0]!.userId }),
    await owner.ask(addMember, { roomId, userId: others[0]!.userId }),
  ]
  await owner.ask(headOf, { roomId })

  assert.deepEqual(seats[1], seats[0])
  assert.deepEqual(listener.heard(roomPlace(roomId)), [])
})

test('two people have one direct room for ever: two members, no name, nobody comes or goes', async () => {
  const [a, b, c] = [await somebody(), await somebody(), await somebody()]
  const roomId = await befriend(a, b)
  await befriend(a, c)

  const codes = await Promise.all([
    a.tries(editRoom, { roomId, name: 'Ours' }),
    a.tries(addMember, { roomId, userId: c.userId }),
    a.tries(removeMember, { roomId, userId: b.userId }),
    a.tries(setRole, { roomId, userId: a.userId, role: 'owner' }),
    a.tries(leaveRoom, { roomId }),
  ])
  const room = await server.app.store.get(roomTable, { roomId })

  assert.deepEqual(codes.map(codeOf), Array<string>(5).fill('NotAllowed'))
  assert.deepEqual(
    { kind: room?.kind, name: room?.name, members: room?.members },
    { kind: 'direct', name: null, members: 2 },
  )
})

test('members come in the order of joining, a page at a time, each once', async () => {
  const { owner, others, roomId } = await crew(12)
  const pages: Member[][] = []

  for (let after: UserId | undefined; pages.length < 10; after = pages.at(-1)?.at(-1)?.seat.userId) {
    const next = await owner.ask(listMembers, { roomId, limit: 5, ...(after && { after }) })
    if (next.length === 0) break
    pages.push(next)
  }

  const found = pages.flat().map((each) => each.seat.userId)
  assert.deepEqual(
    pages.map((each) => each.length),
    [5, 5, 3],
  )
  assert.deepEqual(found.toSorted(), [owner, ...others].map((each) => each.userId).toSorted())
  const order = pages.flat().map((each) => each.seat.joinedAt)
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  )
})

test('a head holds the room, my seat and its members; a line the other person or the last words', async () => {
  const { owner, others, roomId } = await crew(1)
  const friend = others[0]!
  await friend.ask(sendMessage, text(roomId, 'the last words'))

  const head = await owner.ask(headOf, { roomId })
  const opened = await owner.ask(openSync, { epoch: null, cursors: {}, lines: {} })

  const slice = head.slices['rooms'] as { room: Room; me: { userId: UserId; role: Role }; members: Member[] }
  assert.equal(slice.room.roomId, roomId)
  assert.deepEqual([slice.me.userId, slice.me.role], [owner.userId, 'owner'])
  assert.equal(slice.members.length, 2)
  const place = opened.places[0]!
  const { lines } = (place.kind === 'reset' ? place.head.slices['rooms'] : null) as { lines: RoomLine[] }
  const [direct, ours] = [
    lines.find((line) => line.room.kind === 'direct'),
    lines.find((line) => line.room.roomId === roomId),
  ]
  assert.equal(direct?.other?.userId, friend.userId)
  assert.equal(ours?.other, null)
  assert.deepEqual(ours?.last?.body, { kind: 'text', text: 'the last words' })
})

const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
