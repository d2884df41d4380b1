import { MongoServerError, type Db, type Filter } from 'mongodb'
import { filterOf } from './filter.ts'
import { fromDoc, TOUCH, type Doc, type Value } from './rows.ts'
import { TIMEOUT } from './limits.ts'
import { placeTable } from '../log-tables.ts'
import type { Key, Query, Reader, Where } from '../store.ts'
import type { Table } from '../table.ts'

/** What one moment of the majority says: a scan with less could see one half of a transaction before it and one after. */
const MOMENT = { readConcern: { level: 'snapshot' }, maxTimeMS: TIMEOUT } as const

const SHOWN = { _id: 0, [TOUCH]: 0 } as const

/** The three ways to read. */
export function readsOf(db: Db): Reader {
  const rows = (table: Table) => db.collection<Doc>(table.name)
  return {
    get: async <Row>(table: Table<Row>, key: Key<Row>) => {
      const options = { projection: SHOWN, maxTimeMS: TIMEOUT }
      const found = await rows(table as Table).findOne(shown(table as Table, key), options)
      return found ? fromDoc(table, found as unknown as Record<string, Value>) : undefined
    },
    find: async <Row>(table: Table<Row>, { where = {}, order = [], limit }: Query<Row>) => {
      const filter = shown(table as Table, where)
      if (limit <= 0) return []
      const sort = order.map(([name, way]) => [name, way === 'desc' ? -1 : 1] as [string, 1 | -1])
      const found = await again(() =>
        rows(table as Table)
          .find(filter, { ...MOMENT, projection: SHOWN, sort, limit, batchSize: limit })
          .toArray(),
      )
      return found.map((doc) => fromDoc(table, doc as unknown as Record<string, Value>))
    },
    count: async <Row>(table: Table<Row>, where: Where<Row>, atMost: number) => {
      const filter = shown(table as Table, where)
      if (atMost <= 0) return 0
      return again(() => rows(table as Table).countDocuments(filter, { ...MOMENT, limit: atMost }))
    },
  }
}

/** A place in which nothing was said yet has a document to lock, and is not there for anybody else. */
function shown(table: Table, where: object): Filter<Doc> {
  const filter = filterOf(table, where)
  return table.name === placeTable.name ? { $and: [filter, { seq: { $gt: 0 } }] } : filter
}

const SNAPSHOT_TOO_OLD = 239
const SNAPSHOT_UNAVAILABLE = 246

/** Right after a migration, or where a scan took minutes, the moment may be gone; the next one is as good. */
async function again<Result>(read: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await read()
    } catch (error) {
      const isGone =
        error instanceof MongoServerError && (error.code === SNAPSHOT_TOO_OLD || error.code === SNAPSHOT_UNAVAILABLE)
      if (!isGone || tries === 5) throw error
    }
  }
}
