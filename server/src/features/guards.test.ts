import assert from 'node:assert/strict'
import { after, before as beforeAll, test } from 'node:test'
import {
  acceptRequest,
  addMember,
  askToTalk,
  createGroup,
  leaveRoom,
  listMembers,
  memberRemoved,
  MAX_MEMBERS,
  pageMessages,
  removeMember,
  roomPlace,
  roomEdited,
  sendMessage,
  setRole,
  whoAmI,
  type Answer,
  type LocalId,
  type RoomId,
} from '@connectly/protocol'
import { happened } from '../kernel/context.ts'
import { before, type Feature } from '../kernel/feature.ts'
import { refuse } from '../kernel/refuse.ts'
import { metaTable } from '../kernel/tables.ts'
import { eventTable } from '../store/log-tables.ts'
import { insert, must, patch } from '../store/store.ts'
import { atOnce as allAtOnce, type Asking } from '../race-kit.ts'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { features } from './features.ts'
import { compose } from './messages/index.ts'
import { roomTable } from './rooms/index.ts'

/** What the toy does before a message of this text. */
type Trick = (...args: Parameters<ReturnType<typeof before<typeof sendMessage>>['run']>) => Promise<void>
const tricks = new Map<string, Trick>()
const toy: Feature = {
  name: 'toy',
  before: [before(sendMessage, async (ctx, input) => tricks.get(input.body.text)?.(ctx, input), ['RoomFull'])],
}

let server: TestServer
let people = 0
const somebody = () => server.person(`guard-${++people}`)

beforeAll(async () => {
  server = await startServer({ features: [...features, toy] })
})
after(() => server.stop())

test('[AS2] a member removed between the check and the commit is refused, and nothing of the message is kept', async () => {
  const { owner, others, roomId } = await group(1)
  const member = others[0]!
  const gate = gateOf('said at the door')
  const listener = await owner.connect()

  const sending = member.tries(sendMessage, text(roomId, 'said at the door'))
  await gate.reached
  await owner.ask(removeMember, { roomId, userId: member.userId })
  gate.open()
  const answer = await sending
  await listener.ask(whoAmI, {})

  assert.equal(codeOf(answer), 'NotFound')
  assert.ok(!(await wordsIn(owner, roomId)).includes('said at the door'))
  assert.ok(!JSON.stringify(listener.frames).includes('said at the door'))
})

test('[AS2] who was made less between the check and the commit is judged by the new role', async () => {
  const { owner, others, roomId } = await group(2)
  const [admin, member] = others as [TestPerson, TestPerson]
  await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
  const answers: string[] = []

  for (let turn = 0; turn < 3; turn++) {
    const both = await atOnce([
      [owner, (seat) => seat.tries(setRole, { roomId, userId: admin.userId, role: 'member' })],
      [admin, (seat) => seat.tries(removeMember, { roomId, userId: member.userId })],
    ])
    answers.push(both.map(codeOf).join(' '))
    await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
  }

  assert.deepEqual(new Set(answers), new Set(['ok NotAllowed']))
  assert.equal((await owner.ask(listMembers, { roomId })).length, 3)
})

test('[AS2] two owners who leave at the same moment: one stays', async () => {
  for (let turn = 0; turn < 5; turn++) {
    const { owner, others, roomId } = await group(2)
    const [second, member] = others as [TestPerson, TestPerson]
    await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })

    const answers = await atOnce([
      [owner, (seat) => seat.tries(leaveRoom, { roomId })],
      [second, (seat) => seat.tries(leaveRoom, { roomId })],
    ])

    assert.deepEqual(answers.map(codeOf).toSorted(), ['LastOwner', 'ok'])
    const left = await member.ask(listMembers, { roomId })
    assert.deepEqual(left.map(({ seat }) => seat.role).toSorted(), ['member', 'owner'])
  }
})

test('[AS2] the only member who adds somebody and leaves at the same moment leaves no group without an owner', async () => {
  const { owner, roomId } = await group()
  const coming = await somebody()
  await befriend(owner, coming)

  const answers = await atOnce([
    [owner, (seat) => seat.tries(addMember, { roomId, userId: coming.userId })],
    [owner, (seat) => seat.tries(leaveRoom, { roomId })],
  ])

  assert.deepEqual(answers.map(codeOf), ['ok', 'LastOwner'])
})

test('[AS2] of two who leave at the same moment each event tells the true number of those who stay', async () => {
  const { owner, others, roomId } = await group(2)
  const listener = await owner.connect()

  await atOnce(others.map((each): Asking => [each, (seat) => seat.tries(leaveRoom, { roomId })]))
  const heard = () => listener.heard(roomPlace(roomId)).filter((event) => event.name === memberRemoved.name)
  await listener.until(() => heard().length === 2)

  assert.deepEqual(
    heard().map((event) => (event.data as { room: { members: number } }).room.members),
    [2, 1],
  )
})

test('[AS2] two owners who make each other less at the same moment: one stays', async () => {
  for (let turn = 0; turn < 5; turn++) {
    const { owner, others, roomId } = await group(1)
    const second = others[0]!
    await owner.ask(setRole, { roomId, userId: second.userId, role: 'owner' })

    await atOnce([
      [owner, (seat) => seat.tries(setRole, { roomId, userId: second.userId, role: 'member' })],
      [second, (seat) => seat.tries(setRole, { roomId, userId: owner.userId, role: 'member' })],
    ])

    const roles = (await owner.ask(listMembers, { roomId })).map(({ seat }) => seat.role)
    assert.deepEqual(roles.toSorted(), ['member', 'owner'])
  }
})

test('[AS2] one seat left and fifty who want it: exactly one gets it, and the count stays true', async () => {
  const owner = await somebody()
  const wanting = await Promise.all(Array.from({ length: 50 }, somebody))
  for (const each of wanting) await befriend(owner, each)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Full house', userIds: [] })
  await server.app.store.commit(
    [
      {
        places: [],
        given: [],
        make: () => ({
          writes: [patch(roomTable, { roomId }, { set: { members: MAX_MEMBERS - 1 } })],
          events: [],
          result: null,
        }),
      },
    ],
    Date.now(),
  )

  const answers = await Promise.all(wanting.map(({ userId }) => owner.tries(addMember, { roomId, userId })))

  const codes = answers.map(codeOf)
  assert.equal(codes.filter((code) => code === 'ok').length, 1, codes.join(' '))
  assert.ok(codes.every((code) => ['ok', 'RoomFull', 'Busy'].includes(code)))
  assert.equal((await server.app.store.get(roomTable, { roomId }))?.members, MAX_MEMBERS)
  assert.equal((await owner.ask(listMembers, { roomId, limit: 100 })).length, 2)
})

test('[AS2] somebody added by two at once sits once, and is counted once', async () => {
  const { owner, others, roomId } = await group(1)
  const [admin, guest] = [others[0]!, await somebody()]
  await owner.ask(setRole, { roomId, userId: admin.userId, role: 'admin' })
  await befriend(owner, guest)
  await befriend(admin, guest)

  const answers = await atOnce(
    [owner, admin, owner, admin].map((each) => [
      each,
      (seat) => seat.tries(addMember, { roomId, userId: guest.userId }),
    ]),
  )

  assert.ok(answers.every((answer) => answer.ok))
  assert.equal((await server.app.store.get(roomTable, { roomId }))?.members, 3)
  assert.equal((await owner.ask(listMembers, { roomId })).length, 3)
})

test('[AS2] two who ask each other at the same moment get one room, with both first messages', async () => {
  for (let turn = 0; turn < 5; turn++) {
    const [a, b] = [await somebody(), await somebody()]

    const answers = await atOnce([
      [a, (seat) => seat.tries(askToTalk, { toId: b.userId, text: 'from a', localId: newId<LocalId>() })],
      [b, (seat) => seat.tries(askToTalk, { toId: a.userId, text: 'from b', localId: newId<LocalId>() })],
    ])

    const rooms = await server.app.store.find(roomTable, {
      where: { directKey: [a.userId, b.userId].toSorted().join(':') },
      limit: 10,
    })
    assert.deepEqual(answers.map(codeOf), ['ok', 'ok'])
    assert.equal(rooms.length, 1)
    assert.deepEqual((await wordsIn(a, rooms[0]!.roomId)).toSorted(), ['from a', 'from b'])
  }
})

test('[AS2] one request, accepted five times and asked back at once, opens exactly one room', async () => {
  const [a, b] = [await somebody(), await somebody()]
  const { requestId } = await a.ask(askToTalk, { toId: b.userId, text: 'from a', localId: newId<LocalId>() })

  const answers = await atOnce([
    ...Array.from({ length: 5 }, (): Asking => [b, (seat) => seat.tries(acceptRequest, { requestId })]),
    [b, (seat) => seat.tries(askToTalk, { toId: a.userId, text: 'from b', localId: newId<LocalId>() })],
  ])

  const rooms = await server.app.store.find(roomTable, {
    where: { directKey: [a.userId, b.userId].toSorted().join(':') },
    limit: 10,
  })
  assert.equal(rooms.length, 1)
  assert.ok(answers.every((answer) => answer.ok || answer.refusal.code === 'AlreadyConnected'))
  assert.equal((await wordsIn(a, rooms[0]!.roomId)).filter((words) => words === 'from a').length, 1)
})

test('[AS5] a handler whose guard failed runs again and sees for itself', async () => {
  const { owner, roomId } = await group()
  let runs = 0
  tricks.set('third time lucky', async (ctx) => {
    if (++runs < 3) ctx.guard(must(metaTable, { name: 'not there' }))
  })

  const answer = await owner.tries(sendMessage, text(roomId, 'third time lucky'))

  assert.equal(codeOf(answer), 'ok')
  assert.equal(runs, 3)
})

test('[AS5] after three times it is Busy, nothing is kept, and the same ask may come again', async () => {
  const { owner, roomId } = await group()
  let runs = 0
  tricks.set('never', async (ctx) => {
    runs++
    ctx.guard(must(metaTable, { name: 'not there' }))
  })
  const input = text(roomId, 'never')

  const answer = await owner.tries(sendMessage, input)
  const [runsThen, wordsThen] = [runs, await wordsIn(owner, roomId)]
  tricks.delete('never')
  const again = await owner.tries(sendMessage, input)

  assert.equal(codeOf(answer), 'Busy')
  assert.equal(runsThen, 3)
  assert.ok(!wordsThen.includes('never'))
  assert.equal(codeOf(again), 'ok')
})

test('[AS9] a feature above may refuse a method of one below, and nothing is left', async () => {
  const { owner, roomId } = await group()
  tricks.set('too dear', async () => refuse('NotAllowed'))

  const answer = await owner.tries(sendMessage, text(roomId, 'too dear'))

  assert.equal(codeOf(answer), 'NotAllowed')
  assert.ok(!(await wordsIn(owner, roomId)).includes('too dear'))
})

test('[AS9] what a feature above adds is in the same commit, with a number of its own', async () => {
  const { owner, roomId } = await group()
  const listener = await owner.connect()
  const row = { name: `toy:${newId()}`, value: 'paid' }
  tricks.set('paid for', async (ctx) => {
    const also = compose(ctx, { roomId, authorId: ctx.me, localId: null, body: { kind: 'text', text: 'a receipt' } })
    ctx.also((next) => {
      const { write, event } = also(next)
      return { writes: [write, insert(metaTable, row)], events: [event] }
    })
  })

  const message = await owner.ask(sendMessage, text(roomId, 'paid for'))
  await listener.until(() => listener.heard(roomPlace(roomId)).length === 2)

  assert.deepEqual(await server.app.store.get(metaTable, { name: row.name }), row)
  assert.deepEqual(
    listener.heard(roomPlace(roomId)).map((event) => event.seq),
    [message.seq, message.seq + 1],
  )
  assert.equal(listener.frames.filter((frame) => frame.place === roomPlace(roomId)).length, 1)
})

test('[AS9] when what a feature above adds cannot be kept, nothing of the commit is', async () => {
  const { owner, roomId } = await group()
  const row = { name: `toy:${newId()}`, value: 'half' }
  tricks.set('all or nothing', async (ctx) => {
    ctx.also((next) => ({
      writes: [
        insert(metaTable, row),
        patch(roomTable, { roomId }, { add: { members: 1 }, only: { members: { gt: 99 } }, else: 'RoomFull' }),
      ],
      events: [happened(roomEdited, next(roomPlace(roomId)), { room: null as never })],
    }))
  })
  const before = await server.app.store.count(eventTable, { place: roomPlace(roomId) }, 1000)

  const answer = await owner.tries(sendMessage, text(roomId, 'all or nothing'))

  assert.equal(codeOf(answer), 'RoomFull')
  assert.ok(!(await wordsIn(owner, roomId)).includes('all or nothing'))
  assert.equal(await server.app.store.get(metaTable, { name: row.name }), undefined)
  assert.equal(await server.app.store.count(eventTable, { place: roomPlace(roomId) }, 1000), before)
})

/** Holds every message of this text up, after it was checked and before it is committed. */
function gateOf(words: string) {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  tricks.set(words, async () => {
    reached.resolve()
    await opened.promise
  })
  return { reached: reached.promise, open: opened.resolve }
}

const atOnce = (asks: readonly Asking[]) => allAtOnce(server, asks)

async function group(size = 0) {
  const owner = await somebody()
  const others = await Promise.all(Array.from({ length: size }, somebody))
  for (const other of others) await befriend(owner, other)
  const userIds = others.map((other) => other.userId)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds })
  return { owner, others, roomId }
}

const wordsIn = async (person: TestPerson, roomId: RoomId): Promise<string[]> =>
  (await person.ask(pageMessages, { roomId })).messages.flatMap(({ body }) => ('text' in body ? [body.text] : []))
const text = (roomId: RoomId, words: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text: words },
})
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
