import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  clearRoom,
  createGroup,
  hideMessages,
  markDelivered,
  markRead,
  MAX_CATCH_UP,
  openSync,
  removeMember,
  editRoom,
  roomPlace,
  setRole,
  setRoomPrefs,
  userPlace,
  type Frame,
  type LocalId,
} from '@connectly/protocol'
import type { Feature } from '../../server/src/kernel/feature.ts'
import { newId, startServer, type TestPerson, type TestServer } from '../../server/src/test-kit.ts'
import type { MarksState } from '../../web/src/features/marks/marks.ts'
import { inMemory } from '../../web/src/kernel/storage.ts'
import { between, oneOf, seeded } from '../crash/random.ts'
import { textsOf, until, type Device } from './replica-device.ts'
import { assertKnowsAll, deviceFor, friends, lineFor, say } from './replica-world.ts'
import { unhurried } from './snapshot-server.ts'

/** Catching up with messages waits here, after they were read and before they are answered. */
let gate: { reached: () => void; opened: Promise<void> } | null = null
const gated: Feature[] = unhurried.map((feature) =>
  feature.name === 'messages' && feature.fills
    ? {
        ...feature,
        fills: feature.fills.map((each) => ({
          ...each,
          run: async (...args) => {
            const filled = await each.run(...args)
            gate?.reached()
            await gate?.opened
            return filled
          },
        })),
      }
    : feature,
)

let server: TestServer

before(async () => {
  server = await startServer({ features: gated })
})
after(() => server.stop())

test('[RE1] a device follows what happens, and two devices of one person know the same', async (t) => {
  const { a, b, roomId } = await friends(server)
  const [here, there] = [await deviceFor(t, server, a), await deviceFor(t, server, a)]
  await Promise.all([here.hold(roomId), there.hold(roomId)])
  const random = seeded(7)

  for (let burst = 0; burst < 15; burst++)
    await Promise.all(Array.from({ length: between(random, 1, 6) }, () => say(oneOf(random, [a, b]), roomId)))
  const group = await b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [a.userId] })
  await b.ask(editRoom, { roomId: group.roomId, name: 'still ours' })

  for (const device of [here, there]) await assertKnowsAll(device, a)
})

test('[RE2] frames that are lost or late leave no hole: at every moment the run is the log without a gap', async (t) => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { a, b, roomId } = await friends(server)
    const random = seeded(seed)
    const late: Frame[] = []
    let fair = false
    const device = await deviceFor(t, server, a, {
      passes: (frame, hear) => {
        const luck = fair ? 1 : random()
        if (luck < 0.25) return
        if (luck < 0.5) return void late.push(frame)
        hear(frame)
        if (luck < 0.75) for (const old of late.splice(0)) hear(old)
      },
    })
    await device.hold(roomId)
    const holes: string[] = []
    device.replica.room(roomId).watch(() => {
      const numbers = device.messages(roomId).map(({ seq }) => seq)
      if (numbers.some((seq, nth) => nth > 0 && seq !== (numbers[nth - 1] ?? 0) + 1)) holes.push(numbers.join(' '))
    })

    for (let burst = 0; burst < 12; burst++)
      await Promise.all(Array.from({ length: between(random, 1, 4) }, () => say(b, roomId)))
    fair = true
    await say(b, roomId)

    await assertKnowsAll(device, a)
    assert.deepEqual(holes, [], `seed ${seed}`)
  }
})

test('[RE2] what is told while a gap is being filled is not forgotten', async (t) => {
  const { a, b, roomId } = await friends(server)
  let toLose = 1
  const device = await deviceFor(t, server, a, { passes: (frame, hear) => (toLose-- > 0 ? undefined : hear(frame)) })
  await device.hold(roomId)
  await say(b, roomId, 'lost')
  await saidToAll(device, b)
  const filling = atTheGate()

  await say(b, roomId, 'shows the gap')
  await filling.reached
  await say(b, roomId, 'told meanwhile')
  await saidToAll(device, b)
  filling.open()

  await until(() => textsOf(device.messages(roomId)).includes('told meanwhile'), 'the last message is there')
  assert.deepEqual(textsOf(device.messages(roomId)).slice(-3), ['lost', 'shows the gap', 'told meanwhile'])
})

test('[RE2] a gap in my own place is filled too, and a room that was left in it is let go', async (t) => {
  const { a, b } = await friends(server)
  const { roomId } = await b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [a.userId] })
  let deaf = false
  const device = await deviceFor(t, server, a, {
    passes: (frame, hear) => (deaf && frame.place === userPlace(a.userId) ? undefined : hear(frame)),
  })
  await device.hold(roomId)
  deaf = true
  await b.ask(removeMember, { roomId, userId: a.userId })
  await saidToAll(device, b)
  deaf = false

  await b.ask(createGroup, { localId: newId<LocalId>(), name: 'another', userIds: [a.userId] })

  await until(() => device.lineOf(roomId) === null, 'the room is gone from the list')
  assert.equal(device.replica.room(roomId).get(), null)
  await assertKnowsAll(device, a)
})

test('[RE2] the line of a room in the list waits for the gap as well', async (t) => {
  const { a, b } = await friends(server)
  const { roomId } = await b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [a.userId] })
  let toLose = 0
  const device = await deviceFor(t, server, a, {
    passes: (frame, hear) => (frame.place === roomPlace(roomId) && toLose-- > 0 ? undefined : hear(frame)),
  })
  await device.hold(roomId)
  await saidToAll(device, b)
  toLose = 1

  await say(b, roomId, 'lost')
  await b.ask(setRole, { roomId, userId: a.userId, role: 'admin' })

  await assertKnowsAll(device, a)
  assert.equal(toLose, -1)
})

for (const [missed, how] of [
  [MAX_CATCH_UP, 'event by event'],
  [MAX_CATCH_UP + 20, 'by a fresh head'],
] as const)
  test(`[RE4] a line that was cut comes back by itself, and ${missed} missed messages come ${how}`, async (t) => {
    const { a, b, roomId } = await friends(server)
    const line = await lineFor(t, server.url)
    const device = await deviceFor(t, line, a)
    await device.hold(roomId)
    await say(b, roomId, 'the last before')
    await until(() => textsOf(device.messages(roomId)).includes('the last before'), 'it is heard')
    const from = device.messages(roomId)[0]?.seq

    line.kill()
    const seat = await b.connect()
    await Promise.all(Array.from({ length: missed }, (_, nth) => say(seat, roomId, `missed ${nth}`)))
    line.mend()

    await assertKnowsAll(device, a)
    const messages = device.messages(roomId)
    const isWhole = messages.every(({ seq }, nth) => nth === 0 || seq === (messages[nth - 1]?.seq ?? 0) + 1)
    assert.ok(isWhole, 'a hole in what is shown')
    assert.equal(messages[0]?.seq === from, missed === MAX_CATCH_UP, 'what was held before')
  })

test('while nobody answers, a device tries again after waits that grow within bounds and differ', async (t) => {
  const { a } = await friends(server)
  const line = await lineFor(t, server.url)
  const device = await deviceFor(t, line, a)

  line.kill()
  const waits: { tries: number; wait: number }[] = []
  device.connection.line.watch(() => {
    const now = device.connection.line.get()
    if (now.state === 'waiting') waits.push({ tries: now.tries, wait: now.retryAt - Date.now() })
  })
  await until(() => waits.length >= 8, 'eight tries')
  line.mend()
  await until(device.isOpen, 'the line is open again')

  for (const { tries, wait } of waits)
    assert.ok(wait > 0 && wait <= Math.min(80, 10 * 2 ** tries) + 5, `a wait of ${wait} ms after ${tries} tries`)
  assert.ok(new Set(waits.map(({ wait }) => wait)).size > 2, 'all waited alike')
})

test('who is removed from a room has it neither in the list nor on the device, whether they were there or away', async (t) => {
  const { a, b } = await friends(server)
  const group = () => b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [a.userId] })
  const [live, away] = [await group(), await group()]
  const line = await lineFor(t, server.url)
  const storage = inMemory()
  const device = await deviceFor(t, line, a, { storage })
  for (const { roomId } of [live, away]) await device.hold(roomId)
  await device.replica.keep()

  await b.ask(removeMember, { roomId: live.roomId, userId: a.userId })
  await until(() => device.lineOf(live.roomId) === null, 'the room is gone from the list')
  line.kill()
  await b.ask(removeMember, { roomId: away.roomId, userId: a.userId })
  line.mend()

  await until(() => device.lineOf(away.roomId) === null, 'the other is gone too')
  for (const { roomId } of [live, away]) assert.equal(device.replica.room(roomId).get(), null)
  await device.replica.keep()
  assert.deepEqual(
    (await storage.places()).map(({ place }) => place),
    [userPlace(a.userId)],
  )
})

test('[RE4] what happens while a device opens is neither missed nor had twice', async (t) => {
  for (let turn = 0; turn < 10; turn++) {
    const { a, b, roomId } = await friends(server)
    const line = await lineFor(t, server.url)
    const device = await deviceFor(t, line, a)
    await device.hold(roomId)
    const old = await b.ask(createGroup, { localId: newId<LocalId>(), name: 'old', userIds: [a.userId] })
    const seat = await b.connect()

    line.kill()
    await b.ask(removeMember, { roomId: old.roomId, userId: a.userId })
    line.mend()
    const done: Promise<unknown>[] = []
    await until(() => {
      done.push(say(seat, roomId))
      if (done.length === 2 + turn) done.push(seat.ask(addMember, { roomId: old.roomId, userId: a.userId }))
      return device.isOpen()
    }, 'the line is open')
    await Promise.all(done)

    await assertKnowsAll(device, a)
    device.stop()
  }
})

test('a room that came back while a device opened stays in the list', async (t) => {
  const { a, b } = await friends(server)
  const { roomId } = await b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [a.userId] })
  const storage = inMemory()
  const first = await deviceFor(t, server, a, { storage })
  await first.hold(roomId)
  await first.replica.keep()
  first.stop()
  await b.ask(removeMember, { roomId, userId: a.userId })
  const { gone } = await a.ask(openSync, { epoch: null, cursors: { [roomPlace(roomId)]: 1 }, lines: {} })
  await b.ask(addMember, { roomId, userId: a.userId })

  // The opening of somebody whose seats were read before the addition, and whose events after it.
  const second = await deviceFor(t, server, a, {
    storage,
    asks: (ask) => async (method, input) => {
      const value = await ask(method, input)
      if (method.name === openSync.name) Object.assign(value as object, { gone, lines: [] })
      return value
    },
  })

  assert.deepEqual(gone, [roomPlace(roomId)])
  assert.ok(second.lineOf(roomId), 'the room is not in the list')
})

test('[RE6] what I hide, or empty, on one device goes from the rooms that another holds', async (t) => {
  const { a, b, roomId } = await friends(server)
  const [here, there] = [await deviceFor(t, server, a), await deviceFor(t, server, a)]
  await Promise.all([here.hold(roomId), there.hold(roomId)])
  const { messageId } = await say(b, roomId, 'hidden')
  await say(b, roomId, 'kept')

  await here.connection.ask(hideMessages, { roomId, messageIds: [messageId] })
  for (const device of [here, there]) await assertKnowsAll(device, a)
  assert.ok(!textsOf(there.messages(roomId)).includes('hidden'))
  await here.connection.ask(clearRoom, { roomId })
  await until(() => there.messages(roomId).length === 0, 'the room is empty there too')
  await say(b, roomId, 'a new beginning')

  for (const device of [here, there]) {
    await assertKnowsAll(device, a)
    assert.deepEqual(textsOf(device.messages(roomId)), ['a new beginning'])
  }
})

for (const [how, deed] of [
  ['hid some of', 'hide'],
  ['emptied', 'clear'],
] as const)
  test(`[RE6] who ${how} a room while a device was away finds it so when that device is back`, async (t) => {
    const { a, b, roomId } = await friends(server)
    const line = await lineFor(t, server.url)
    const device = await deviceFor(t, line, a)
    await device.hold(roomId)
    const { messageId } = await say(b, roomId, 'gone')
    await until(() => textsOf(device.messages(roomId)).includes('gone'), 'it is heard')

    line.kill()
    const unseen = await say(b, roomId, 'gone unseen')
    if (deed === 'hide') await a.ask(hideMessages, { roomId, messageIds: [messageId, unseen.messageId] })
    else await a.ask(clearRoom, { roomId })
    await say(b, roomId, 'there')
    line.mend()

    await assertKnowsAll(device, a)
    const texts = textsOf(device.messages(roomId))
    assert.ok(!texts.includes('gone') && !texts.includes('gone unseen'), texts.join(', '))
    assert.equal(texts.at(-1), 'there')
    assert.equal(device.lineOf(roomId)?.unread.length, 1)
  })

test('[RE6] where so much happened in my own place that it comes anew, the rooms I held are had anew', async (t) => {
  const { a, b, roomId } = await friends(server)
  const line = await lineFor(t, server.url)
  const device = await deviceFor(t, line, a)
  await device.hold(roomId)
  const { messageId } = await say(b, roomId, 'hidden')
  await until(() => textsOf(device.messages(roomId)).includes('hidden'), 'it is heard')

  line.kill()
  await a.ask(hideMessages, { roomId, messageIds: [messageId] })
  const seat = await a.connect()
  const times = Array.from({ length: MAX_CATCH_UP + 1 }, (_, nth) => nth + 1)
  for (const time of times) await seat.ask(setRoomPrefs, { roomId, mutedUntil: time })
  line.mend()
  await until(device.isOpen, 'the line is open')

  assert.equal(device.replica.room(roomId).get(), null)
  await device.hold(roomId)
  await assertKnowsAll(device, a)
  assert.ok(!textsOf(device.messages(roomId)).includes('hidden'))
})

test('[SI1] what others read while a device was away is there when it is back, and moves no number', async (t) => {
  const { a, b, roomId } = await friends(server)
  const { seq } = await say(a, roomId, 'mine')
  const line = await lineFor(t, server.url)
  const device = await deviceFor(t, line, a)
  await device.hold(roomId)
  const theirs = () => [
    device.lineOf(roomId)?.theirs,
    (device.replica.room(roomId).get()?.slices['marks'] as MarksState | undefined)?.theirs[b.userId],
  ]
  const before = device.replica.room(roomId).get()?.seq

  await b.ask(markDelivered, { marks: [{ roomId, seq }] })
  await until(() => theirs().every((marks) => marks?.deliveredSeq === seq), 'it is delivered')
  line.kill()
  await b.ask(markRead, { roomId, seq })
  line.mend()
  await until(() => theirs().every((marks) => marks?.readSeq === seq), 'it is read')

  assert.equal(device.replica.room(roomId).get()?.seq, before)
  assert.deepEqual(theirs(), [
    { readSeq: seq, deliveredSeq: seq },
    { readSeq: seq, deliveredSeq: seq },
  ])
})

/** What was told before this has arrived: an answer comes after it on the same line. */
async function saidToAll(device: Device, somebodyElse: TestPerson): Promise<void> {
  await somebodyElse.ask(openSync, { epoch: null, cursors: {}, lines: {} })
  await device.connection.ask(openSync, { epoch: null, cursors: {}, lines: {} })
}

/** Holds the next catching up with messages. */
function atTheGate() {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  gate = { reached: () => reached.resolve(), opened: opened.promise }
  return {
    reached: reached.promise,
    open: () => {
      gate = null
      opened.resolve()
    },
  }
}
