import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createGroup, openSync, type LocalId, type Place, type RoomId } from '@connectly/protocol'
import { metaTable } from '../../server/src/kernel/tables.ts'
import { patch } from '../../server/src/store/store.ts'
import { newId, onlyOn, startServer, type TestServer } from '../../server/src/test-kit.ts'
import { inMemory, type KeptPlace, type Storage } from '../../web/src/kernel/storage.ts'
import { seeded } from '../crash/random.ts'
import { deviceOf, textsOf, until } from './replica-device.ts'
import { assertKnowsAll, deviceFor, friends, lineFor, say } from './replica-world.ts'
import { unhurried } from './snapshot-server.ts'

let server: TestServer

before(async () => {
  server = await startServer({ features: unhurried })
})
after(() => server.stop())

test('[RE4] a device opens with what it kept before there is any line, and then catches up', async (t) => {
  const { a, b, roomId } = await friends(server)
  const storage = inMemory()
  const first = await deviceFor(t, server, a, { storage })
  await first.hold(roomId)
  await say(b, roomId, 'kept')
  await until(() => textsOf(first.messages(roomId)).includes('kept'), 'it is heard')
  await first.replica.keep()
  const known = first.known()
  first.stop()
  await say(b, roomId, 'said meanwhile')

  const second = deviceOf({ url: server.url, userId: a.userId, token: a.token, storage })
  t.after(second.stop)
  await second.load()
  const shown = [second.replica.mine.get(), second.replica.room(roomId).get()]
  await second.start()
  await second.hold(roomId)

  assert.deepEqual(shown, [known.me, known.rooms.get(roomId)])
  await assertKnowsAll(second, a)
  assert.deepEqual(textsOf(second.messages(roomId)).slice(-2), ['kept', 'said meanwhile'])
})

test('[RE4] whichever write a crash prevents, what is kept is a state with its own cursor, and no hole comes of it', async (t) => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const { a, b, roomId } = await friends(server)
    const random = seeded(seed)
    const storage = inMemory()
    const device = await deviceFor(t, server, a, { storage: forgetful(storage, () => random() < 0.5) })
    await device.hold(roomId)
    for (let turn = 0; turn < 6; turn++) {
      await Promise.all([say(b, roomId), say(a, roomId)])
      if (turn === 2) await b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [a.userId] })
      await device.replica.keep()
    }
    device.stop()

    const again = deviceOf({ url: server.url, userId: a.userId, token: a.token, storage })
    t.after(again.stop)
    await again.load()
    const kept = again.replica.room(roomId).get()
    const newest = again.messages(roomId).at(-1)?.seq
    await again.start()
    await again.hold(roomId)

    assert.equal(newest, kept?.seq, `seed ${seed}: the cursor is not that of the state`)
    await assertKnowsAll(again, a)
  }
})

test('[RE4] what another version kept, without a slice that there is now, is not shown half', async (t) => {
  const { a, b, roomId } = await friends(server)
  const storage = inMemory()
  const first = await deviceFor(t, server, a, { storage })
  await first.hold(roomId)
  await first.replica.keep()
  first.stop()
  for (const place of await storage.places()) {
    const { messages: _messages, requests: _requests, ...older } = place.slices
    await storage.putPlace({ ...place, slices: older })
  }

  const second = await deviceFor(t, server, a, { storage })
  await second.hold(roomId)
  await say(b, roomId, 'after the update')

  await assertKnowsAll(second, a)
})

test('the fifty rooms opened last stay on the device', async (t) => {
  const { a } = await friends(server)
  const storage = inMemory()
  const line = await lineFor(t, server.url)
  const device = await deviceFor(t, line, a, { storage })
  const rooms: RoomId[] = []
  for (let nth = 0; nth < 54; nth++)
    rooms.push((await a.ask(createGroup, { localId: newId<LocalId>(), name: `${nth}`, userIds: [] })).roomId)
  for (const roomId of rooms) {
    const now = Date.now()
    await device.hold(roomId)
    await until(() => Date.now() > now, 'time goes by')
  }
  await device.replica.keep()
  await device.hold(rooms[0] as RoomId)
  await device.replica.keep()
  device.stop()

  const again = deviceOf({ url: line.url, userId: a.userId, token: a.token, storage })
  t.after(again.stop)
  await again.load()
  await again.start()
  await again.replica.keep()

  const held = rooms.filter((roomId) => again.replica.room(roomId).get())
  assert.deepEqual(held, [rooms[0], ...rooms.slice(5)])
  assert.equal((await storage.places()).length, 51)
})

test('[RE5] what is wiped when one signs out stays wiped, whatever was under way', async (t) => {
  const { a, b, roomId } = await friends(server)
  const storage = inMemory()
  const device = await deviceFor(t, server, a, { storage })
  await device.hold(roomId)
  await Promise.all([say(b, roomId), device.outbox.send(roomId, { text: 'on its way' })])
  const asked = [say(b, roomId), device.connection.ask(openSync, { epoch: null, cursors: {}, lines: {} })]

  device.stop()
  await storage.dropPlaces((await storage.places()).map(({ place }) => place))
  for (const { n } of await storage.outgoing()) await storage.dropOutgoing(n)
  await Promise.allSettled(asked)
  await device.replica.keep()

  assert.deepEqual([await storage.places(), await storage.outgoing()], [[], []])
})

test('[RE4] a server that restarts is found again by itself, and nothing is missing', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'connectly-laws-'))
  let running = await startServer({ dataDir })
  t.after(async () => {
    await running.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  const { a, b, roomId } = await friends(running)
  const line = await lineFor(t, running.url)
  const device = await deviceFor(t, line, a)
  await device.hold(roomId)
  await say(b, roomId, 'before')

  await running.stop()
  running = await startServer({ dataDir })
  const later = running.again(b.userId, b.token)
  await say(later, roomId, 'after')
  line.leadTo(running.url)

  await until(() => textsOf(device.messages(roomId)).includes('after'), 'the last message is there')
  await assertKnowsAll(device, running.again(a.userId, a.token))
  assert.deepEqual(textsOf(device.messages(roomId)).slice(-2), ['before', 'after'])
})

test(
  '[RE4] a store that was put back to an earlier day is shown as it is now, not as the device remembers',
  onlyOn('sqlite'),
  async (t) => {
    const dirs = [await mkdtemp(join(tmpdir(), 'connectly-laws-')), await mkdtemp(join(tmpdir(), 'connectly-laws-'))]
    const [now, backup] = dirs as [string, string]
    let running = await startServer({ dataDir: now })
    t.after(async () => {
      await running.stop()
      for (const dir of dirs) await rm(dir, { recursive: true, force: true })
    })
    const { a, b, roomId } = await friends(running)
    await say(b, roomId, 'kept')
    await running.stop()
    await cp(now, backup, { recursive: true })
    running = await startServer({ dataDir: now })
    const line = await lineFor(t, running.url)
    const device = await deviceFor(t, line, a)
    await device.hold(roomId)
    await say(running.again(b.userId, b.token), roomId, 'lost with the disk')
    await until(() => textsOf(device.messages(roomId)).includes('lost with the disk'), 'it is heard')
    await device.replica.keep()

    await running.stop()
    const restored = await startServer({ dataDir: backup })
    await restored.app.store.commit([beginEpoch('another')], Date.now())
    await restored.stop()
    running = await startServer({ dataDir: backup })
    await say(running.again(b.userId, b.token), roomId, 'a new beginning')
    line.leadTo(running.url)

    await until(() => textsOf(device.messages(roomId)).includes('a new beginning'), 'the new message is there')
    await assertKnowsAll(device, running.again(a.userId, a.token))
    assert.deepEqual(textsOf(device.messages(roomId)).slice(-2), ['kept', 'a new beginning'])
    await device.replica.keep()
    assert.ok(
      (await device.storage.places()).every(({ epoch }) => epoch === 'another'),
      'an old epoch is kept',
    )
  },
)

/** Names the store's history anew, as a restore does. */
const beginEpoch = (value: string) => ({
  places: [],
  given: [],
  make: () => ({ writes: [patch(metaTable, { name: 'epoch' }, { set: { value } })], events: [], result: null }),
})

/** A device that dies now and then while it writes: of several writes, some are not done. */
function forgetful(storage: Storage, forgets: () => boolean): Storage {
  const perhaps =
    <Args extends unknown[]>(write: (...args: Args) => Promise<void>) =>
    async (...args: Args) => {
      if (!forgets()) await write(...args)
    }
  return {
    ...storage,
    putPlace: perhaps((place: KeptPlace) => storage.putPlace(place)),
    dropPlaces: perhaps((places: readonly Place[]) => storage.dropPlaces(places)),
  }
}
