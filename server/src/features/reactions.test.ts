import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { createGroup, messageSent, sendMessage, type LocalId, type Place, type RoomId } from '@connectly/protocol'
import { on, type Feature, type ReactionEffect, type Reacting } from '../kernel/feature.ts'
import { metaTable, reactionTable } from '../kernel/tables.ts'
import { placeTable } from '../store/log-tables.ts'
import { insert, patch } from '../store/store.ts'
import { newId, roomPlace, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { features } from './features.ts'
import { compose } from './messages/index.ts'

/** What the toy's one reaction does; each test sets it. */
let react: (doing: Reacting) => Promise<ReactionEffect> | ReactionEffect
const toy: Feature = { name: 'toy', reacts: [on(messageSent, 'toy.heard', async (doing) => react(doing))] }

let dataDir: string
let server: TestServer
let person: TestPerson
let roomId: RoomId
let place: Place

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectly-reactions-'))
  react = noted
  await start()
  person = await server.person('somebody')
  roomId = (await person.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds: [] })).roomId
  place = roomPlace(roomId)
  await until(async () => !(await isMarked()), 'the system line of the new group is reacted to')
})
afterEach(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

test('[RX1] a reaction has its effect once, in one commit with the row that says so, and the mark goes', async () => {
  const message = await say('hello')

  await until(async () => !(await isMarked()))

  assert.deepEqual(await effects(message.seq), { effects: 1, done: 1 })
  assert.equal((await server.app.store.get(placeTable, { place }))?.reactedSeq, message.seq)
})

test('[RX1] a place is marked from the commit of the event until its reactions are done', async () => {
  const gate = Promise.withResolvers<void>()
  react = async (doing) => {
    await gate.promise
    return noted(doing)
  }

  const message = await say('hello')
  const marked = await isMarked()
  gate.resolve()
  await until(async () => !(await isMarked()))

  assert.equal(marked, true)
  assert.deepEqual(await effects(message.seq), { effects: 1, done: 1 })
})

test('[RX1] a process that dies before the reaction finds it by the mark when it starts', async () => {
  react = () => Promise.reject(new Error('the process is dying'))
  const message = await say('hello')
  await server.stop()

  react = noted
  await start()
  await until(async () => !(await isMarked()), 'it is found before the sweep comes round', 3000)

  assert.deepEqual(await effects(message.seq), { effects: 1, done: 1 })
})

test('[RX1] a process that dies between the effect and the mark does not repeat the effect', async () => {
  const { store } = server.app
  const commit = store.commit.bind(store)
  store.commit = (changes, now) =>
    changes.some((change) => change.reacted) ? Promise.reject(new Error('dead')) : commit(changes, now)
  const message = await say('hello')
  await until(async () => (await effects(message.seq)).done === 1)
  const marked = await isMarked()
  await server.stop()

  await start()
  await until(async () => !(await isMarked()))

  assert.equal(marked, true)
  assert.deepEqual(await effects(message.seq), { effects: 1, done: 1 })
})

test('[RX1] an effect whose commit fails leaves neither itself nor the row that says it was done', async () => {
  const { store } = server.app
  const commit = store.commit.bind(store)
  let broken = 0
  store.commit = (changes, now) => {
    const isEffect = changes.some((change) => change.places.length === 0 && change.given.length === 0)
    if (!isEffect || broken > 0) return commit(changes, now)
    broken++
    return Promise.reject(new Error('the disk is full'))
  }

  const message = await say('hello')
  await until(async () => broken === 1)
  const [then, marked] = [await effects(message.seq), await isMarked()]
  await say('another event wakes the place')
  await until(async () => !(await isMarked()))

  assert.deepEqual(then, { effects: 0, done: 0 })
  assert.equal(marked, true)
  assert.deepEqual(await effects(message.seq), { effects: 1, done: 1 })
})

test('[RX1] an effect that meets a conflict is not taken for done', async () => {
  let runs = 0
  react = (doing) => {
    if (++runs > 1) return noted(doing)
    const notThere = patch(metaTable, { name: 'not there' }, { set: { value: 'x' } })
    return { make: () => ({ writes: [notThere], events: [] }) }
  }

  const message = await say('hello')
  await until(async () => runs >= 1)
  await say('another event wakes the place')
  await until(async () => !(await isMarked()))

  assert.deepEqual(await effects(message.seq), { effects: 1, done: 1 })
})

test('[RX1] many messages at once are reacted to once each', async () => {
  const messages = await Promise.all(Array.from({ length: 120 }, (_, nth) => say(`message ${nth}`)))

  await until(async () => !(await isMarked()))

  for (const { seq } of messages) assert.deepEqual(await effects(seq), { effects: 1, done: 1 })
})

test('[RX1] what a reaction says is an event like any other, told after its commit', async () => {
  const listener = await person.connect()
  const { userId: authorId } = person
  let echoes = 0
  react = (doing) => {
    if (echoes++ > 0) return { make: () => ({ writes: [], events: [] }) }
    const ctx = { newId, now: () => doing.at } as Parameters<typeof compose>[0]
    const echo = compose(ctx, { roomId, authorId, localId: null, body: { kind: 'text', text: 'an echo' } })
    return {
      places: [place],
      make: (next) => {
        const { write, event } = echo(next)
        return { writes: [write], events: [event] }
      },
    }
  }

  const shout = await say('a shout')
  await listener.until(() => JSON.stringify(listener.frames).includes('an echo'))

  assert.deepEqual(
    listener.heard(place).map((event) => event.seq),
    [shout.seq, shout.seq + 1],
  )
})

test('[RX2] a reaction that fails does not turn the answer into an error, and is tried again by the sweep', async () => {
  let failures = 0
  react = (doing) => {
    if (++failures === 1) return Promise.reject(new Error('not this time'))
    return noted(doing)
  }

  const message = await say('hello')
  await until(async () => failures === 1)
  const marked = await isMarked()
  await until(async () => !(await isMarked()), 'the sweep tries again')

  assert.equal(marked, true)
  assert.deepEqual(await effects(message.seq), { effects: 1, done: 1 })
})

async function start(): Promise<void> {
  server = await startServer({ dataDir, features: [...features, toy] })
}

/** Notes an event under a name of its own each time, so that a second effect would be seen. */
const noted = ({ seq }: Reacting): ReactionEffect => ({
  make: () => ({ writes: [insert(metaTable, { name: `heard:${newId()}`, value: String(seq) })], events: [] }),
})

const say = (words: string) =>
  person.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text: words } })
const isMarked = async () => (await server.app.store.get(placeTable, { place }))?.unreacted ?? false

async function effects(seq: number) {
  const heard = await server.app.store.find(metaTable, { where: { name: { startsWith: 'heard:' } }, limit: 1000 })
  return {
    effects: heard.filter((row) => row.value === String(seq)).length,
    done: await server.app.store.count(reactionTable, { reaction: 'toy.heard', place, seq }, 10),
  }
}

async function until(holds: () => Promise<boolean>, what = 'what was waited for', atMost = 10_000): Promise<void> {
  const began = Date.now()
  while (!(await holds())) {
    if (Date.now() - began > atMost) throw new Error(`did not happen: ${what}`)
    await new Promise((done) => setTimeout(done, 2))
  }
}
