import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import {
  blockPerson,
  othersMoved,
  registry,
  unblockPerson,
  whoAmI,
  type Answer,
  type InputOf,
  type Method,
} from '@connectly/protocol'
import type { TestPerson } from '@connectly/server/test-kit'
import { features } from '../../server/src/features/features.ts'
import { answerTable, mailTable, metaTable, reactionTable } from '../../server/src/kernel/tables.ts'
import { eventTable, placeTable } from '../../server/src/store/log-tables.ts'
import { inputOf, samples, type Cell } from './matrix-inputs.ts'
import { idFieldsOf } from './matrix-shapes.ts'
import { makers } from './matrix-makers.ts'
import { expected, isReading, table } from './matrix-table.ts'
import { actors, createWorld, keyFields, type Actor, type World } from './matrix-world.ts'
import { until } from './replica-device.ts'

/*
 * The access matrix: every method, asked by everybody, about every kind of object, over every door it has. What is not allowed in
 * matrix-table.ts is denied, with the right code, like a thing that is not there, and leaves no trace.
 */

type Seat = Awaited<ReturnType<TestPerson['connect']>>
type Row = { key: string; method: Method; field: string | null; objects: readonly string[] }

const rows: Row[] = [...registry.methods.values()].flatMap((method): Row[] => {
  const fields = idFieldsOf(method).filter((field) => !keyFields.includes(field))
  if (fields.length === 0) return [{ key: method.name, method, field: null, objects: ['nothing'] }]
  return fields.map((field) => ({
    key: `${method.name} ${field}`,
    method,
    field,
    objects: makers[field]?.objects ?? [],
  }))
})
const tables = [
  ...features.flatMap((feature) => feature.tables ?? []),
  answerTable,
  metaTable,
  reactionTable,
  placeTable,
  eventTable,
]

let world: World
const seats = new Map<Actor, Seat>()
const listeners: Seat[] = []

before(async () => {
  world = await createWorld()
  for (const actor of actors.filter((each) => !['anonymous', 'ended', 'banned'].includes(each)))
    seats.set(actor, await world.things[actor].me.connect())
  listeners.push(...seats.values(), await world.sitter.connect(), await world.stranger.connect())
})
after(() => world.server.stop())

test('every field that names something has a maker, and every method a row and a sample', () => {
  const unknown = rows.filter((row) => row.field !== null && !makers[row.field]).map((row) => row.key)
  const named = new Set(rows.map((row) => row.key))

  assert.deepEqual(unknown, [], 'these fields look like ids and have no maker in matrix-makers.ts')
  assert.deepEqual(
    rows.filter((row) => !table[row.key]).map((row) => row.key),
    [],
    'these have no row in matrix-table.ts',
  )
  assert.deepEqual(
    rows.filter((row) => !samples[row.method.name]).map((row) => row.key),
    [],
    'these have no sample in matrix-inputs.ts',
  )
  assert.deepEqual(
    Object.keys(table).filter((key) => !named.has(key)),
    [],
    'these rows belong to no method',
  )
  for (const row of rows)
    assert.deepEqual(
      Object.keys(table[row.key] ?? {}).filter((object) => !row.objects.includes(object)),
      [],
      `${row.key} speaks of objects that nothing makes`,
    )
})

test('who has no session, one that has ended, or is kept out does not get a socket at all', async () => {
  for (const actor of ['anonymous', 'ended'] as const)
    await assert.rejects(world.things[actor].me.connect(), /SignedOut/, actor)
  await assert.rejects(world.things.banned.me.connect(), /Banned/)
})

test('[AS10] a step-up is wanted where the rule says so: none, another’s, one of another session, by less than it takes', async () => {
  for (const method of [...registry.methods.values()].filter(({ access }) => access.stepUp))
    for (const actor of ['member', 'administrator'] as const) {
      if (method.access.administrators && actor === 'member') continue
      const cell = { method: method.name, field: null, object: 'nothing', actor }
      const { me } = world.things[actor]
      const other = await world.anotherSession(me)
      const tokens = [
        '',
        'not.a.token',
        await world.server.stepUp(world.sitter),
        await world.server.stepUp(other),
        ...(method.access.administrators ? [await world.server.stepUp(me, 'password')] : []),
      ]
      const input = await inputOf(world, cell, false)
      for (const stepUp of tokens)
        for (const answer of await askOverAll(method, actor, { ...input, [method.access.stepUp ?? '']: stepUp }))
          assert.equal(codeOf(answer), 'StepUpNeeded', `${method.name}: ${actor}: ${JSON.stringify(answer)}`)
    }
})

for (const row of rows)
  for (const object of row.objects)
    test(`[AS2] [AS3] ${row.key}: ${object}`, async () => {
      const cells = actors.map((actor): Cell => ({ method: row.method.name, field: row.field, object, actor }))
      const want = (actor: Actor) => expected(row.key, object, actor)
      const quiet = cells.filter(({ actor, method }) => want(actor) !== 'ok' || isReading(method, object))
      const loud = cells.filter((cell) => !quiet.includes(cell))
      await reactionsSettled()
      const heardBefore = await heard()
      const hashBefore = await hashOfEverything()

      for (const cell of quiet) {
        const input = await inputOf(world, cell, false)
        const answers = await askOverAll(row.method, cell.actor, input)
        for (const answer of answers) {
          assert.equal(codeOf(answer), want(cell.actor), `${cell.actor}: ${JSON.stringify(answer)}`)
          assert.deepEqual(bare(answer), bare(answers[0]!), `${cell.actor}: the doors answer alike`)
        }
      }

      assert.equal(await hashOfEverything(), hashBefore, 'what is denied or only read changes nothing')
      assert.deepEqual(await heard(), heardBefore, 'and nobody hears of it')
      for (const cell of loud) {
        const person = await whoAsks(row.method, cell.actor)
        const input = await inputOf(world, cell, true, person)
        const answer = await overHttp(person, row.method, input)
        assert.match(codeOf(answer), /^(ok|WrongCredentials)$/, `${cell.actor}: ${JSON.stringify(answer)}`)
        await undo(row.method, object, person, input)
      }
    })

test('[AS3] what is foreign, of another kind, or missing is denied in the same words', async () => {
  for (const row of rows.filter((each) => each.field !== null))
    for (const actor of actors) {
      const denied = row.objects.filter(
        (object) =>
          (/^(foreign|mismatched|missing)/.test(object) || !seats.has(actor)) &&
          expected(row.key, object, actor) !== 'ok',
      )
      const answers: object[] = []
      for (const object of denied) {
        const cell = { method: row.method.name, field: row.field, object, actor }
        answers.push(...(await askOverAll(row.method, actor, await inputOf(world, cell, false))).map(bare))
      }
      for (const answer of answers) assert.deepEqual(answer, answers[0], `${row.key}: ${actor}`)
    }
})

test('[AS3] a room one is not in and one that is missing are denied in the same words', async () => {
  const strangers: Actor[] = ['outsider', 'requester', 'left', 'removed']
  for (const row of rows.filter((each) => each.objects.includes('shared') && each.field === 'roomId'))
    for (const actor of strangers) {
      const cells = ['shared', 'missing'].map((object) => ({
        method: row.method.name,
        field: row.field,
        object,
        actor,
      }))
      const [shared, missing] = await Promise.all(
        cells.map(async (cell) => askOverAll(row.method, actor, await inputOf(world, cell, false))),
      )
      assert.deepEqual(shared!.map(bare), missing!.map(bare), `${row.key}: ${actor}`)
    }
})

test('[AS3] what is asked over a socket alone is not there for anybody over HTTP', async () => {
  for (const method of [...registry.methods.values()].filter(({ door }) => door === 'socket'))
    for (const actor of actors) {
      const cell = { method: method.name, field: null, object: 'nothing', actor }
      const answer = await overHttp(world.things[actor].me, method, await inputOf(world, cell, false))
      assert.equal(codeOf(answer), 'NotFound', `${method.name}: ${actor}`)
    }
})

/** The same ask over every door that the method has and the actor can come through. */
async function askOverAll(method: Method, actor: Actor, input: object): Promise<Answer<unknown>[]> {
  const seat = seats.get(actor)
  const overSocket = seat && method.door !== 'http' && !isSeating(method)
  return [
    ...(method.door === 'socket' ? [] : [await overHttp(world.things[actor].me, method, input)]),
    ...(overSocket
      ? [(await seat.socket.timeout(5000).emitWithAck('ask', method.name, input)) as Answer<unknown>]
      : []),
  ]
}

/** Opening a second time answers the same, but for its clock. */
const isSeating = (method: Method) => method.name === 'sync.open'

const overHttp = (person: TestPerson, method: Method, input: object): Promise<Answer<unknown>> =>
  person.tries(method, input)

/** The actor; or their double, where the ask changes who they are, or whether they are in. */
function whoAsks(method: Method, actor: Actor): Promise<TestPerson> {
  const { me } = world.things[actor]
  if (me.token === '' || actor === 'ended') return Promise.resolve(me)
  if (method.name === 'accounts.signOut') return world.anotherSession(me)
  return ['account', 'second', 'mail', 'signIn', 'signUp'].includes(method.limit)
    ? world.double(actor)
    : Promise.resolve(me)
}

/** Puts back who blocked whom: the rows that follow count on it. */
async function undo(method: Method, object: string, person: TestPerson, input: object): Promise<void> {
  const whom = input as InputOf<typeof blockPerson>
  if (method.name === blockPerson.name && object !== 'blocked') await person.ask(unblockPerson, whom)
  if (method.name === unblockPerson.name && object === 'blocked') await person.ask(blockPerson, whom)
}

/** What follows from an event, after the answer, has happened too. */
async function reactionsSettled(): Promise<void> {
  await until(async () => (await world.store.count(placeTable, { unreacted: true }, 1)) === 0, 'all reactions are done')
  await until(async () => (await world.store.count(mailTable, {}, 1)) === 0, 'all mails have left')
}

/** How much each has heard, of events and of marks; what was said before this was asked has arrived. */
async function heard(): Promise<{ frames: number; marks: number }[]> {
  await Promise.all(listeners.map((seat) => seat.ask(whoAmI, {})))
  return listeners.map((seat) => ({ frames: seat.frames.length, marks: seat.said(othersMoved).length }))
}

async function hashOfEverything(): Promise<string> {
  const hash = createHash('sha256')
  for (const each of tables) {
    const found = await world.store.find(each, { limit: 1_000_000 })
    hash.update(`${each.name}\n${found.map((row) => JSON.stringify(row)).join('\n')}\n`)
  }
  return hash.digest('hex')
}

const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)
const bare = (answer: Answer<unknown>) => (answer.ok ? answer : { ...answer.refusal, requestId: '' })
