import { readAddress } from './address.ts'
import { commitGroup } from './commit.ts'
import { connect } from './connect.ts'
import { migrate } from './migrate.ts'
import { mistake } from './mistakes.ts'
import { readsOf } from './read.ts'
import { isLost, transactionsOf, type Counters } from './transaction.ts'
import { StoreAway, type Change, type Key, type Outcome, type Query, type Store, type Where } from '../store.ts'
import type { Table } from '../table.ts'

/** The MongoDB engine also counts what its commits have met. */
export type MongoStore = Store & { stats(): Counters }

/**
 * Opens a MongoDB database, made and migrated if it is new. Throws `StoreUnusable` with one line otherwise.
 * @param uri a connection string; the database is `connectly` where it names none
 */
export async function openMongo(uri: string): Promise<MongoStore> {
  const address = readAddress(uri)
  const client = await connect(address).catch((error: unknown) => {
    throw mistake(error, address)
  })
  const db = client.db(address.database)
  try {
    await migrate(db, address)
  } catch (error) {
    await client.close().catch(() => undefined)
    throw mistake(error, address)
  }
  const counters: Counters = { retries: 0, unknownCommits: 0, duplicates: 0 }
  const transact = transactionsOf(client, counters)
  const reads = readsOf(db)
  const parts = { db, transact, onDuplicate: () => void counters.duplicates++ }
  const underWay = new Set<Promise<unknown>>()
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false

  async function under<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isClosed) throw new Error('the store is closed')
    const working = work()
    underWay.add(working)
    try {
      return await working
    } catch (error) {
      throw isLost(error) ? new StoreAway(error.message, { cause: error }) : error
    } finally {
      underWay.delete(working)
    }
  }

  /** One group after another: two of one process would only meet at the places that both lock, and one be tried again. */
  function inTurn(work: () => Promise<Outcome[]>): Promise<Outcome[]> {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    get: <Row>(table: Table<Row>, key: Key<Row>) => under(() => reads.get(table, key)),
    find: <Row>(table: Table<Row>, query: Query<Row>) => under(() => reads.find(table, query)),
    count: <Row>(table: Table<Row>, where: Where<Row>, atMost: number) =>
      under(() => reads.count(table, where, atMost)),
    atOnce: 1,
    commit: (changes: readonly Change[], now: number) =>
      under(() => inTurn(async () => (changes.length > 0 ? commitGroup(parts, changes, now) : []))),
    stats: () => ({ ...counters }),
    close: async () => {
      isClosed = true
      await Promise.allSettled(underWay)
      await client.close()
    },
  }
}
