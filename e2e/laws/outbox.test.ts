import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  addMember,
  createGroup,
  pageMessages,
  removeMember,
  sendMessage,
  signOut,
  type LocalId,
  type RoomId,
} from '@connectly/protocol'
import fc from 'fast-check'
import { startSession } from '../../server/src/kernel/sessions.ts'
import { newId, roomyLimits, startServer, type TestPerson, type TestServer } from '../../server/src/test-kit.ts'
import { AskError } from '../../web/src/kernel/ask-error.ts'
import { inMemory } from '../../web/src/kernel/storage.ts'
import { holds, schedule } from './outbox-schedule.ts'
import { deviceOf, textsOf, until, type Device } from './replica-device.ts'
import { deviceFor, friends, lineFor } from './replica-world.ts'

/* OUTBOX_SEED and OUTBOX_SCHEDULES try other schedules, or some again. */
const SEED = Number(process.env['OUTBOX_SEED'] ?? 1)
const SCHEDULES = Number(process.env['OUTBOX_SCHEDULES'] ?? 32)

let server: TestServer

before(async () => {
  server = await startServer()
})
after(() => server.stop())

test(`[OB1] [OB2] [OB3] [OB4] [OB5] ${SCHEDULES} schedules of three tabs: every text once and in order, or failed`, async (t) => {
  const seeds = Array.from({ length: SCHEDULES }, (_, nth) => SEED + nth)
  const totals = { sent: 0, failed: 0 }

  while (seeds.length > 0)
    await Promise.all(
      seeds.splice(0, 16).map(async (seed) => {
        const [made] = fc.sample(schedule, { seed, numRuns: 1 })
        try {
          const { sent, failed } = await holds(made!)
          totals.sent += sent
          totals.failed += failed
        } catch (error) {
          const again = `OUTBOX_SEED=${seed} OUTBOX_SCHEDULES=1 tries it again`
          throw new Error(`${again}: ${JSON.stringify(made)}`, { cause: error })
        }
      }),
    )

  t.diagnostic(`${totals.sent} messages sent, ${totals.failed} of them refused at first or given up`)
  assert.ok(totals.failed > 0, 'nothing was ever refused')
})

test('[OB1] what is written is on screen at once, and outlives a page that is closed before it could go', async (t) => {
  const { a, b, roomId } = await friends(server)
  const line = await lineFor(t, server.url)
  const storage = inMemory()
  const first = await deviceFor(t, line, a, { storage })
  line.kill()
  await until(() => !first.isOpen(), 'the line is down')

  const sending = first.outbox.send(roomId, { text: 'written in a tunnel' })
  const shown = first.outbox.entries.get().map(({ text, state }) => ({ text, state }))
  await sending
  first.stop()
  line.mend()
  const second = deviceOf({ url: line.url, userId: a.userId, token: a.token, storage })
  t.after(second.stop)
  await second.load()
  const shownAgain = second.outbox.entries.get().map(({ text }) => text)
  await second.start()

  await until(async () => (await storage.outgoing()).length === 0, 'it is sent')
  assert.deepEqual(shown, [{ text: 'written in a tunnel', state: 'waiting' }])
  assert.deepEqual(shownAgain, ['written in a tunnel'])
  assert.deepEqual((await textsIn(b, roomId)).slice(1), ['written in a tunnel'])
})

test('[OB1] what is written in the moment a page closes is kept, and nothing breaks', async (t) => {
  const { a, roomId } = await friends(server)
  const device = await deviceFor(t, server, a)

  const sending = device.outbox.send(roomId, { text: 'a last word' })
  device.stop()
  await sending

  assert.deepEqual(
    (await device.storage.outgoing()).map(({ text }) => text),
    ['a last word'],
  )
})

test('[OB1] what a tab left behind when it was closed is sent by another that is open', async (t) => {
  const { a, b, roomId } = await friends(server)
  const line = await lineFor(t, server.url)
  const storage = inMemory()
  const [here, closing] = [await deviceFor(t, server, a, { storage }), await deviceFor(t, line, a, { storage })]
  line.kill()
  await until(() => !closing.isOpen(), 'the line is down')

  await closing.outbox.send(roomId, { text: 'left behind' })
  closing.stop()

  await until(async () => (await textsIn(b, roomId)).includes('left behind'), 'it is in the room')
  await until(() => here.outbox.entries.get().length === 0, 'the other tab knows that it is sent')
})

test('[OB1] a message does not leave the screen while it is written down', async (t) => {
  const { a, roomId } = await friends(server)
  const line = await lineFor(t, server.url)
  const device = await deviceFor(t, line, a)
  line.kill()
  await until(() => !device.isOpen(), 'the line is down')
  const counts: number[] = []
  device.outbox.entries.watch(() => counts.push(device.outbox.entries.get().length))

  for (let nth = 0; nth < 20; nth++) {
    const loading = device.outbox.load()
    await Promise.all([device.outbox.send(roomId, { text: `${nth}` }), loading])
  }

  assert.ok(
    counts.every((count, nth) => nth === 0 || count >= (counts[nth - 1] ?? 0)),
    `shown: ${counts.join(' ')}`,
  )
  assert.equal(counts.at(-1), 20)
})

test('[OB4] a refused message steps aside, says why, and can be tried again with the same id, or given up', async (t) => {
  const { a, b } = await friends(server)
  const { roomId } = await b.ask(createGroup, { localId: newId<LocalId>(), name: 'ours', userIds: [a.userId] })
  const device = await deviceFor(t, server, a)
  await b.ask(removeMember, { roomId, userId: a.userId })

  const ids = await Promise.all(['one', 'two', 'three'].map((text) => device.outbox.send(roomId, { text })))
  await until(() => device.outbox.entries.get().every(({ state }) => state === 'failed'), 'all are refused')
  const codes = device.outbox.entries.get().map(({ code }) => code)
  await b.ask(addMember, { roomId, userId: a.userId })
  await Promise.all([device.outbox.retry(ids[2]!), device.outbox.retry(ids[2]!), device.outbox.drop(ids[0]!)])
  await device.outbox.send(roomId, { text: 'four' })
  await until(() => device.outbox.entries.get().length === 1, 'the others are through')

  assert.deepEqual(codes, ['NotFound', 'NotFound', 'NotFound'])
  assert.deepEqual(
    device.outbox.entries.get().map(({ text, state }) => ({ text, state })),
    [{ text: 'two', state: 'failed' }],
  )
  const { messages } = await b.ask(pageMessages, { roomId })
  assert.deepEqual(textsOf(messages), ['three', 'four'])
  assert.equal(messages.find(({ localId }) => localId === ids[2])?.seq, messages.find(isText('three'))?.seq)
})

test('[OB5] an answer that judges nothing leaves the message waiting, whichever it is, and its order as it was', async (t) => {
  const { a, b, roomId } = await friends(server)
  const codes = ['Offline', 'NoAnswer', 'Busy', 'Unavailable', 'SignedOut'] as const

  const devices = await Promise.all(
    codes.map(async (code) => {
      let answers = 1
      return deviceFor(t, server, a, {
        asks: (ask) => async (method, input) => {
          if (method.name === sendMessage.name && answers-- > 0) throw new AskError({ code })
          return ask(method, input)
        },
      })
    }),
  )
  await Promise.all(devices.map((device, nth) => twoFrom(device, roomId, String(codes[nth]))))

  const states = () => devices.flatMap((device) => device.outbox.entries.get().map(({ state }) => state))
  await until(() => !states().includes('failed') && states().length === 0, 'all went out')
  const texts = await textsIn(b, roomId)
  for (const code of codes)
    assert.deepEqual(
      texts.filter((text) => text.startsWith(`${code} `)),
      [`${code} 1`, `${code} 2`],
    )
})

test('[OB5] above a limit it waits as long as it is told to, says so, and then goes on', async (t) => {
  const limited = await startServer({ limits: { ...roomyLimits, send: { points: 2, seconds: 1, by: 'person' } } })
  t.after(limited.stop)
  const { a, b, roomId } = await friends(limited)
  const device = await deviceFor(t, limited, a)
  const paused: number[] = []
  device.outbox.pausedUntil.watch(() => paused.push((device.outbox.pausedUntil.get().get(roomId) ?? 0) - Date.now()))

  for (const text of ['1', '2', '3', '4', '5']) await device.outbox.send(roomId, { text })
  await until(() => device.outbox.entries.get().length === 0, 'all went out')

  assert.deepEqual((await textsIn(b, roomId)).slice(1), ['1', '2', '3', '4', '5'])
  assert.ok(paused.length > 0 && paused.every((wait) => wait > 0 && wait <= 1000), `paused for ${paused.join(', ')}`)
})

test('[OB5] who was signed out finds it waiting, and it goes when they are back', async (t) => {
  const { a, b, roomId } = await friends(server)
  const storage = inMemory()
  const first = await deviceFor(t, server, a, { storage })
  await a.ask(signOut, {})
  await until(() => first.connection.line.get().state === 'signedOut', 'the line says so')

  await first.outbox.send(roomId, { text: 'not lost' })
  const waiting = (await storage.outgoing()).map(({ text, state }) => ({ text, state }))
  first.stop()
  const back = await sessionOf(a)
  await deviceFor(t, server, back, { storage })

  await until(async () => (await storage.outgoing()).length === 0, 'it is sent')
  assert.deepEqual(waiting, [{ text: 'not lost', state: 'waiting' }])
  assert.ok((await textsIn(b, roomId)).includes('not lost'))
})

/** Another session of somebody. */
async function sessionOf({ userId }: TestPerson): Promise<TestPerson> {
  const { token, write } = startSession({ userId, kind: 'person', now: Date.now() })
  const change = { places: [], given: [], make: () => ({ writes: [write], events: [], result: null }) }
  await server.app.store.commit([change], Date.now())
  return server.again(userId, token)
}

const isText =
  (text: string) =>
  ({ body }: { body: object }) =>
    'text' in body && body.text === text

async function twoFrom(device: Device, roomId: RoomId, name: string): Promise<void> {
  await device.outbox.send(roomId, { text: `${name} 1` })
  await device.outbox.send(roomId, { text: `${name} 2` })
}

const textsIn = async (who: TestPerson, roomId: RoomId): Promise<string[]> =>
  textsOf((await who.ask(pageMessages, { roomId })).messages)
