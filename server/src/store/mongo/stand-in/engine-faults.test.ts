import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { roomPlace } from '@connectly/protocol'
import { doing, insertInto, metas, rooms, seats, users } from '../../contract.ts'
import { eventTable } from '../../log-tables.ts'
import { openMongo, type MongoStore } from '../mongo.ts'
import { must, patch, type Change, type Outcome, type Write } from '../../store.ts'
import { newFaults, SWITCHES, type CommandFault, type Faults } from './faults.ts'
import { startStandIn } from './server.ts'

/*
 * The engine keeps the store's promises because the database keeps its own. Two engines, as if of two processes, meet on
 * one stand-in: with any of its four promises taken away, a promise of the store breaks, and a test sees it.
 */

type World = { one: MongoStore; two: MongoStore; faults: Faults }

async function aWorld(t: TestContext): Promise<World> {
  const standIn = await startStandIn()
  const uri = standIn.uri('connectly')
  const [one, two] = [await openMongo(uri), await openMongo(uri)]
  t.after(async () => {
    await Promise.allSettled([one.close(), two.close()])
    await standIn.close()
  })
  return { one, two, faults: standIn.faults }
}

const isDone = ([outcome]: readonly Outcome[]) => outcome?.kind === 'done'

const saying = (place: ReturnType<typeof roomPlace>, writes: Write[] = []): Change => ({
  places: [place],
  given: [],
  make: (next) => {
    const n = next(place)
    return { writes, events: [{ ...n, name: 'test.said', data: {}, reacts: false }], result: n.seq }
  },
})

const promises: Record<(typeof SWITCHES)[number], (world: World) => Promise<boolean>> = {
  /** Of two owners who each leave because the other stays, one stays, even if all of the one falls into the other. */
  noSnapshots: async ({ one, two, faults }) => {
    const [roomId, a, b] = [randomUUID(), randomUUID(), randomUUID()]
    const owner = (userId: string) => [
      insertInto(users, { userId, username: userId }),
      insertInto(seats, { roomId, userId, role: 'owner' }),
    ]
    await one.commit([doing([insertInto(rooms, { roomId }), ...owner(a), ...owner(b)])], 1)
    const stepDown = (userId: string, other: string) =>
      doing(
        [patch(seats, { roomId, userId }, { set: { role: 'member' } })],
        [must(seats, { roomId, userId: other }, { role: 'owner' })],
      )
    const { promise, resolve } = Promise.withResolvers<void>()
    const held: CommandFault = { do: 'hold', command: 'update', times: 1, until: promise }
    faults.commands.push(held)

    const first = one.commit([stepDown(a, b)], 1)
    while (held.times > 0) await nextTurn()
    await two.commit([stepDown(b, a)], 1)
    resolve()
    await first.catch(() => undefined)

    return (await one.count(seats, { roomId, role: 'owner' }, 9)) === 1
  },

  /** What two engines say in one place gets every number once, even if all of the one falls into the other. */
  noWriteConflicts: async ({ one, two, faults }) => {
    const place = roomPlace(randomUUID())
    await one.commit([saying(place)], 1)
    const { promise, resolve } = Promise.withResolvers<void>()
    const held: CommandFault = { do: 'hold', command: 'commitTransaction', times: 1, until: promise }
    faults.commands.push(held)
    const retries = two.stats().retries

    const first = one.commit([saying(place)], 1)
    while (held.times > 0) await nextTurn()
    let isThrough = false
    const second = two.commit([saying(place)], 1).finally(() => (isThrough = true))
    while (!isThrough && two.stats().retries === retries) await nextTurn()
    resolve()

    const made = (await Promise.all([first, second])).flat()
    const numbers = made.map((outcome) => (outcome.kind === 'done' ? outcome.made.result : outcome.kind))
    return numbers.join() === '2,3'
  },

  /** A change that comes to nothing leaves nothing, also where only the server finds out. */
  noRollback: async ({ one, two }) => {
    const [name, place] = [randomUUID(), roomPlace(randomUUID())]
    await two.commit([doing([insertInto(metas, { name })])], 1)

    const outcomes = await one.commit([saying(place), saying(place, [insertInto(metas, { name })])], 1).catch(() => [])

    const log = await two.find(eventTable, { where: { place }, limit: 9 })
    return outcomes.map(({ kind }) => kind).join() === 'done,conflict' && log.length === 1
  },

  /** A row that another engine has added is not added twice. */
  noUnique: async ({ one, two }) => {
    const name = randomUUID()
    await two.commit([doing([insertInto(metas, { name, value: 'first' })])], 1)

    const outcomes = await one.commit([doing([insertInto(metas, { name, value: 'second' })])], 1)

    return !isDone(outcomes) && (await one.get(metas, { name }))?.value === 'first'
  },
}

suite('the engine on a database that breaks a promise', () => {
  for (const name of SWITCHES) {
    test(`${name}: the store's promise is kept without it and broken with it`, async (t) => {
      const world = await aWorld(t)

      const kept = await promises[name](world)
      Object.assign(world.faults, newFaults([name]))
      const broken = !(await promises[name](world))

      assert.deepEqual({ kept, broken }, { kept: true, broken: true })
    })
  }
})
