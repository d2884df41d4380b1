import type { TestContext } from 'node:test'
import type { Place } from '@connectly/protocol'
import { insertInto, users, type User } from '../contract.ts'
import { newMongo, startStandIn, type StandIn } from './stand-in/kit.ts'
import { openMongo, type MongoStore } from './mongo.ts'
import type { Change, Guard, Outcome, Write } from '../store.ts'

/* For tests of the MongoDB engine. */

export const kinds = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.kind)

export const saying = (place: Place, writes: Write[] = [], given: Guard[] = []): Change => ({
  places: [place],
  given,
  make: (next) => {
    const n = next(place)
    return { writes, events: [{ ...n, name: 'test.said', data: {}, reacts: false }], result: n.seq }
  },
})

export const userRow = (userId: string, more: Partial<User> = {}) =>
  insertInto(users, { userId, username: userId, ...more })

/** Two processes, as it were, on one database of their own; on a real replica set where one is named. */
export async function twoEngines(t: TestContext): Promise<[MongoStore, MongoStore]> {
  const { uri, drop } = await newMongo()
  const both: [MongoStore, MongoStore] = [await openMongo(uri), await openMongo(uri)]
  t.after(async () => {
    await Promise.all(both.map((store) => store.close()))
    await drop()
  })
  return both
}

/** An engine on a stand-in whose commands can be made to fail. */
export async function onStandIn(t: TestContext): Promise<{ standIn: StandIn; uri: string; store: MongoStore }> {
  const standIn = await startStandIn()
  const uri = standIn.uri('connectly')
  const store = await openMongo(uri)
  t.after(async () => {
    await store.close()
    await standIn.close()
  })
  return { standIn, uri, store }
}
