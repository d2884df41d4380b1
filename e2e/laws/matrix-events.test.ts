import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
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
  hideMessages,
  leaveRoom,
  markUnread,
  registry,
  removeMember,
  editRoom,
  sendMessage,
  setPrivacy,
  setRole,
  setRoomPrefs,
  signOut,
  unblockPerson,
  whoAmI,
  type Answer,
  type RoomId,
} from '@connectly/protocol'
import { befriend, startServer, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { group, request, say, sayAndDelete, text } from './matrix-world.ts'

/* The other half of the access matrix: who hears each event and each signal, and who does not. */

const names = ['owner', 'admin', 'member', 'newcomer', 'left', 'removed', 'outsider', 'asked', 'contact'] as const
type Name = (typeof names)[number]
type Seat = Awaited<ReturnType<TestPerson['connect']>>
type Scene = { roomId: RoomId; who: Record<Name, TestPerson>; seats: Record<Name, Seat> }

const inRoom: readonly Name[] = ['owner', 'admin', 'member']

/** What makes each event happen, and who hears it then. Those not named hear nothing of that name. */
const events: Record<string, { when: (scene: Scene) => Promise<unknown>; hear: readonly Name[] }> = {
  'messages.sent': { when: ({ who, roomId }) => who.member.ask(sendMessage, text(roomId, 'hello')), hear: inRoom },
  'messages.edited': {
    when: async ({ who, roomId }) => {
      const { messageId } = await who.member.ask(sendMessage, text(roomId, 'hello'))
      await who.member.ask(editMessage, { roomId, messageId, body: { kind: 'text', text: 'hello again' } })
    },
    hear: inRoom,
  },
  'messages.deleted': {
    when: async ({ who, roomId }) => sayAndDelete(who.member, roomId),
    hear: inRoom,
  },
  'messages.hidden': {
    when: async ({ who, roomId }) =>
      who.member.ask(hideMessages, { roomId, messageIds: [await say(who.owner, roomId)] }),
    hear: ['member'],
  },
  'marks.readMoved': {
    when: async ({ who, roomId }) => who.member.ask(markUnread, { roomId, seq: 1 }),
    hear: ['member'],
  },
  'accounts.edited': { when: ({ who }) => who.member.ask(editProfile, { about: 'of two minds' }), hear: ['member'] },
  'accounts.privacySet': { when: ({ who }) => who.member.ask(setPrivacy, { typing: false }), hear: ['member'] },
  'blocks.blocked': {
    when: ({ who }) => who.member.ask(blockPerson, { userId: who.outsider.userId }),
    hear: ['member'],
  },
  'blocks.unblocked': {
    when: async ({ who }) => {
      await who.member.ask(blockPerson, { userId: who.admin.userId })
      await who.member.ask(unblockPerson, { userId: who.admin.userId })
    },
    hear: ['member'],
  },
  'rooms.prefsSet': {
    when: ({ who, roomId }) => who.member.ask(setRoomPrefs, { roomId, isPinned: true }),
    hear: ['member'],
  },
  'rooms.cleared': { when: ({ who, roomId }) => who.member.ask(clearRoom, { roomId }), hear: ['member'] },
  'rooms.personChanged': {
    when: async ({ who, roomId, seats }) => {
      await who.member.ask(editProfile, { name: 'Another name' })
      const isTold = () => seats.member.heard(`room:${roomId}`).some((event) => event.name === 'rooms.personChanged')
      await seats.member.until(isTold, 'the new name is told')
    },
    hear: inRoom,
  },
  'rooms.created': {
    // Nobody sits in it yet when it is numbered: they learn of it by `rooms.joined`.
    when: ({ who }) => who.owner.ask(createGroup, group('Another', [who.contact])),
    hear: [],
  },
  'rooms.edited': { when: ({ who, roomId }) => who.admin.ask(editRoom, { roomId, name: 'New name' }), hear: inRoom },
  'rooms.memberAdded': {
    when: ({ who, roomId }) => who.owner.ask(addMember, { roomId, userId: who.newcomer.userId }),
    hear: [...inRoom, 'newcomer'],
  },
  'rooms.memberRemoved': {
    when: ({ who, roomId }) => who.owner.ask(removeMember, { roomId, userId: who.member.userId }),
    hear: inRoom,
  },
  'rooms.roleChanged': {
    when: ({ who, roomId }) => who.owner.ask(setRole, { roomId, userId: who.member.userId, role: 'admin' }),
    hear: inRoom,
  },
  'rooms.joined': {
    when: ({ who, roomId }) => who.owner.ask(addMember, { roomId, userId: who.newcomer.userId }),
    hear: ['newcomer'],
  },
  'rooms.left': { when: ({ who, roomId }) => who.member.ask(leaveRoom, { roomId }), hear: ['member'] },
  'requests.sent': { when: ({ who }) => who.outsider.ask(askToTalk, request(who.asked)), hear: ['outsider'] },
  'requests.received': { when: ({ who }) => who.outsider.ask(askToTalk, request(who.asked)), hear: ['asked'] },
  'requests.declined': {
    when: async ({ who }) => {
      const { requestId } = await who.outsider.ask(askToTalk, request(who.asked))
      await who.asked.ask(declineRequest, { requestId })
    },
    hear: ['asked'],
  },
  'requests.closed': {
    when: async ({ who }) => {
      const { requestId } = await who.outsider.ask(askToTalk, request(who.asked))
      await who.outsider.ask(cancelRequest, { requestId })
    },
    hear: ['outsider', 'asked'],
  },
}

let server: TestServer
let people = 0
const somebody = (name: string) => server.person(`${name}-${++people}`)

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('every event and every signal has a row here', () => {
  assert.deepEqual(Object.keys(events).toSorted(), [...registry.events.keys()].toSorted())
  assert.deepEqual([...registry.signals.keys()].toSorted(), [
    'hello',
    'marks.moved',
    'presence.changed',
    'presence.count',
    'presence.room',
    'presence.typingNow',
    'signedOut',
  ])
})

test('[LG9] under a block neither of two hears what the other says, edits or deletes in a group, but its number', async () => {
  const scene = await createScene()
  const { who, seats, roomId } = scene
  await who.member.ask(blockPerson, { userId: who.admin.userId })

  for (const [speaker, deaf] of [
    ['admin', 'member'],
    ['member', 'admin'],
  ] as const) {
    const { messageId } = await who[speaker].ask(sendMessage, text(roomId, `a word of the ${speaker}`))
    await who[speaker].ask(editMessage, { roomId, messageId, body: { kind: 'text', text: `words of the ${speaker}` } })
    await who[speaker].ask(deleteMessage, { roomId, messageId })
    await everythingSaid(scene)
    const [heard, other] = [deaf, 'owner' as const].map((name) => seats[name].heard(`room:${roomId}`).slice(-3))

    assert.deepEqual(
      heard?.map(({ seq, name }) => ({ seq, name })),
      other?.map(({ seq, name }) => ({ seq, name })),
    )
    assert.deepEqual(
      heard?.map(({ data }) => data),
      [{ message: null }, { messageId, message: null }, { messageId, message: null }],
    )
    assert.ok(other?.every(({ data }) => data['message'] !== null))
  }
})

for (const [name, { when, hear }] of Object.entries(events))
  test(`[LG6] ${name} is heard by ${hear.join(', ') || 'nobody'}`, async () => {
    const scene = await createScene()

    await when(scene)
    await everythingSaid(scene)

    const heard = names.filter((each) =>
      scene.seats[each].frames.some((frame) => frame.events.some((event) => event.name === name)),
    )
    assert.deepEqual(heard.toSorted(), hear.toSorted())
  })

test('[LG6] the place of a person is heard by that person only', async () => {
  const scene = await createScene()

  for (const { when } of Object.values(events)) await when(scene).catch(() => undefined)
  await everythingSaid(scene)

  for (const each of names) {
    const { userId } = scene.who[each]
    const places = scene.seats[each].frames.map((frame) => frame.place).filter((place) => place.startsWith('user:'))
    assert.deepEqual([...new Set(places)], places.length > 0 ? [`user:${userId}`] : [], each)
  }
})

test('[LG6] accepting tells both, and nobody else hears of their room', async () => {
  const scene = await createScene()
  const { requestId } = await scene.who.outsider.ask(askToTalk, request(scene.who.asked))

  const { roomId } = await scene.who.asked.ask(acceptRequest, { requestId })
  await scene.who.asked.ask(sendMessage, text(roomId, 'between us'))
  await everythingSaid(scene)

  const heard = names.filter((each) => JSON.stringify(scene.seats[each].frames).includes(roomId))
  assert.deepEqual(heard.toSorted(), ['asked', 'outsider'])
})

for (const how of ['left', 'removed'] as const)
  test(`[LG6] [AS2] who has joined and then ${how} cannot send, and hears no more, over any open connection`, async () => {
    const scene = await createScene()
    const { member, owner } = scene.who
    const { roomId } = scene
    const second = await member.connect()
    await scene.seats.member.ask(sendMessage, text(roomId, 'still here'))

    if (how === 'left') await member.ask(leaveRoom, { roomId })
    else await owner.ask(removeMember, { roomId, userId: member.userId })
    const tries = [
      await scene.seats.member.tries(sendMessage, text(roomId, 'from outside')),
      await second.tries(sendMessage, text(roomId, 'from outside')),
      await member.tries(sendMessage, text(roomId, 'from outside')),
    ]
    await owner.ask(sendMessage, text(roomId, 'among ourselves'))
    await everythingSaid(scene)
    await second.ask(whoAmI, {})

    assert.deepEqual(tries.map(codeOf), ['NotFound', 'NotFound', 'NotFound'])
    for (const seat of [scene.seats.member, second]) {
      const last = seat.heard(`room:${roomId}`).at(-1)
      assert.equal(last?.name, 'rooms.memberRemoved')
      assert.ok(!JSON.stringify(seat.frames).includes('among ourselves'))
    }
    assert.ok(!JSON.stringify(scene.seats.owner.frames).includes('from outside'))
  })

test('[AS7] signedOut is heard by the connections of the session that ends, and by no other', async () => {
  const scene = await createScene()
  const told: Name[] = []
  for (const each of names) scene.seats[each].socket.on('signedOut', () => told.push(each))

  await scene.who.member.ask(signOut, {})
  await scene.seats.member.until(() => !scene.seats.member.isOpen())
  await everythingSaid(scene, 'member')

  assert.deepEqual(told, ['member'])
})

async function createScene(): Promise<Scene> {
  const who = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await somebody(name)] as const)),
  ) as Record<Name, TestPerson>
  const { owner } = who
  for (const name of ['admin', 'member', 'newcomer', 'left', 'removed', 'contact'] as const)
    await befriend(owner, who[name])
  const { roomId } = await owner.ask(createGroup, group('Scene', [who.admin, who.member, who.left, who.removed]))
  await owner.ask(setRole, { roomId, userId: who.admin.userId, role: 'admin' })
  const seats = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await who[name].connect()] as const)),
  ) as Record<Name, Seat>
  await who.left.ask(leaveRoom, { roomId })
  await owner.ask(removeMember, { roomId, userId: who.removed.userId })
  await everythingSaid({ seats })
  for (const name of names) seats[name].frames.length = 0
  return { roomId, who, seats }
}

/** When this resolves, everybody has heard what was said before it. */
async function everythingSaid({ seats }: Pick<Scene, 'seats'>, gone?: Name): Promise<void> {
  await Promise.all(names.filter((name) => name !== gone).map((name) => seats[name].ask(whoAmI, {})))
}

const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
