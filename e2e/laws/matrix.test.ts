import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { registry, whoAmI, type Answer, type Frame, type Method } from '@connectly/protocol'
import type { TestPerson } from '@connectly/server/test-kit'
import { features } from '../../server/src/features/features.ts'
import { answerTable, metaTable, reactionTable } from '../../server/src/kernel/tables.ts'
import { eventTable, placeTable } from '../../server/src/store/log-tables.ts'
import { inputOf, samples, type Cell } from './matrix-inputs.ts'
import { idFieldsOf } from './matrix-shapes.ts'
import { expected, readings, table } from './matrix-table.ts'
import { actors, createWorld, keyFields, makers, type Actor, type World } from './matrix-world.ts'

/*
 * The access matrix: every method, asked by everybody, about every kind of object, over both doors. What is not allowed in
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
  for (const actor of actors.filter((each) => each !== 'anonymous' && each !== 'ended'))
    seats.set(actor, await world.things[actor].me.connect())
  listeners.push(...seats.values(), await world.sitter.connect(), await world.stranger.connect())
})
after(() => world.server.stop())

test('every field that names something has a maker, and every method a row and a sample', () => {
  const unknown = rows.filter((row) => row.field !== null && !makers[row.field]).map((row) => row.key)
  const named = new Set(rows.map((row) => row.key))

  assert.deepEqual(unknown, [], 'these fields look like ids and have no maker in matrix-world.ts')
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

test('who has no session, or one that has ended, does not get a socket at all', async () => {
  for (const actor of ['anonymous', 'ended'] as const)
    await assert.rejects(world.things[actor].me.connect(), /SignedOut/, actor)
})

for (const row of rows)
  for (const object of row.objects)
    test(`[AS2] [AS3] ${row.key}: ${object}`, async () => {
      const cells = actors.map((actor): Cell => ({ method: row.method.name, field: row.field, object, actor }))
      const want = (actor: Actor) => expected(table[row.key] ?? {}, object, actor)
      const quiet = cells.filter(({ actor, method }) => want(actor) !== 'ok' || readings.includes(method))
      const loud = cells.filter((cell) => !quiet.includes(cell))
      await framesHeard()
      const heardBefore = listeners.map((seat) => seat.frames.length)
      const hashBefore = await hashOfEverything()

      for (const cell of quiet) {
        const input = await inputOf(world, cell, false)
        const answers = await askOverBoth(row.method, cell.actor, input)
        for (const answer of answers)
          assert.equal(codeOf(answer), want(cell.actor), `${cell.actor}: ${JSON.stringify(answer)}`)
        assert.deepEqual(bare(answers.at(-1)!), bare(answers[0]!), `${cell.actor}: the doors answer alike`)
      }

      assert.equal(await hashOfEverything(), hashBefore, 'what is denied or only read changes nothing')
      assert.deepEqual(await framesHeard(heardBefore), [], 'and nobody hears of it')
      for (const cell of loud) {
        const person = row.key === 'accounts.signOut' ? await throwaway(cell.actor) : world.things[cell.actor].me
        const answer = await overHttp(person, row.method, await inputOf(world, cell, true))
        assert.match(codeOf(answer), /^(ok|WrongCredentials)$/, `${cell.actor}: ${JSON.stringify(answer)}`)
      }
    })

test('[AS3] what is foreign, of another kind, or missing is denied in the same words', async () => {
  for (const row of rows.filter((each) => each.field !== null))
    for (const actor of actors) {
      const denied = row.objects.filter(
        (object) =>
          (/^(foreign|mismatched|missing)/.test(object) || !seats.has(actor)) &&
          expected(table[row.key] ?? {}, object, actor) !== 'ok',
      )
      const answers: object[] = []
      for (const object of denied) {
        const cell = { method: row.method.name, field: row.field, object, actor }
        const [answer] = await askOverBoth(row.method, actor, await inputOf(world, cell, false))
        answers.push(bare(answer!))
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
        cells.map(async (cell) => askOverBoth(row.method, actor, await inputOf(world, cell, false))),
      )
      assert.deepEqual(shared!.map(bare), missing!.map(bare), `${row.key}: ${actor}`)
    }
})

async function askOverBoth(method: Method, actor: Actor, input: object): Promise<Answer<unknown>[]> {
  const seat = seats.get(actor)
  const overSocket = seat && method.door === 'both' && !isSeating(method)
  return [
    await overHttp(world.things[actor].me, method, input),
    ...(overSocket
      ? [(await seat.socket.timeout(5000).emitWithAck('ask', method.name, input)) as Answer<unknown>]
      : []),
  ]
}

/** Opening a second time answers the same, but for its clock. */
const isSeating = (method: Method) => method.name === 'sync.open'

const overHttp = (person: TestPerson, method: Method, input: object): Promise<Answer<unknown>> =>
  person.tries(method, input)

/** Somebody whose session may be ended. */
const throwaway = (actor: Actor): Promise<TestPerson> => world.freshSession(world.things[actor].me)

/** Every frame heard by anybody since; what was said before this was asked has arrived. */
async function framesHeard(since: readonly number[] = []): Promise<Frame[]> {
  await Promise.all(listeners.map((seat) => seat.ask(whoAmI, {})))
  return listeners.flatMap((seat, nth) => seat.frames.slice(since[nth] ?? 0))
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
