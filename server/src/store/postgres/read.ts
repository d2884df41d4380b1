import type { Line } from './line.ts'
import {
  conditionSql,
  fromRow,
  labelOf,
  paramsOf,
  placesOf,
  prepared,
  quote,
  rowSql,
  shapeOf,
  sourceSql,
  termsOf,
  typesOf,
  columnsOf,
  type Term,
} from './sql.ts'
import type { Key, Query, Reader, Where } from '../store.ts'
import { columnOf, type Table } from '../table.ts'

type Wanted = { terms: Term[]; found: (row: unknown) => void; failed: (error: unknown) => void }
type Batch = { table: Table; wanted: Wanted[] }

/**
 * The three ways to read. Rows that are asked for by their keys in the same turn of the event loop are read together:
 * when two hundred people send at once, their seats are one question.
 */
export function readsOf(line: () => Line): Reader {
  const batches = new Map<string, Batch>()
  let scheduled = false

  function getSoon<Row>(table: Table<Row>, key: Key<Row>): Promise<Row | undefined> {
    const terms = termsOf(table as Table, key)
    return new Promise<Row | undefined>((found, failed) => {
      const asks = `get ${labelOf(table as Table)} ${shapeOf(terms)}`
      const batch = batches.get(asks) ?? { table: table as Table, wanted: [] }
      batch.wanted.push({ terms, found: found as Wanted['found'], failed })
      batches.set(asks, batch)
      if (scheduled) return
      scheduled = true
      setImmediate(readAll)
    })
  }

  function readAll(): void {
    scheduled = false
    const all = [...batches]
    batches.clear()
    for (const [asks, batch] of all)
      void read(asks, batch).catch((error: unknown) => batch.wanted.forEach(({ failed }) => failed(error)))
  }

  async function read(asks: string, { table, wanted }: Batch): Promise<void> {
    const { terms } = wanted[0] as Wanted
    const one = wanted.length === 1
    const text = () => {
      let nth = 0
      if (one)
        return `select 0, ${rowSql(table)} from ${quote(table.name)} t where ${placed(terms, () => ++nth)} limit 1`
      const fits = conditionSql(terms, () => `r.v${++nth}`)
      return `select r.v0, ${rowSql(table)} from ${sourceSql(['int', ...typesOf(terms)])} join ${quote(table.name)} t on ${fits}`
    }
    const params = wanted.map((each) => paramsOf(each.terms))
    const values = one ? (params[0] ?? []) : [placesOf(wanted.length), ...columnsOf(params, params[0]?.length ?? 0)]
    const rows = new Map<unknown, unknown[]>()
    for (const row of await line().ask(prepared(one ? asks : `${asks} of many`, text, values)))
      if (!rows.has(row[0])) rows.set(row[0], row)
    for (const [nth, { found }] of wanted.entries()) {
      const row = rows.get(nth)
      found(row && fromRow(table, row, 1))
    }
  }

  return {
    get: getSoon,
    find: async <Row>(table: Table<Row>, { where = {}, order = [], limit }: Query<Row>) => {
      const terms = termsOf(table as Table, where)
      const text = () => {
        let nth = 0
        const sorted = order.map(([name, way]) => `t.${quote(columnOf(table as Table, name).name)} ${way}`)
        const fits = placed(terms, () => ++nth)
        return `select ${rowSql(table as Table)} from ${quote(table.name)} t where ${fits}${sorted.length > 0 ? ` order by ${sorted.join(', ')}` : ''} limit $${++nth}`
      }
      const asks = `find ${labelOf(table as Table)} ${shapeOf(terms)} by ${order.join()}`
      const rows = await line().ask(prepared(asks, text, [...paramsOf(terms), limit]))
      return rows.map((row) => fromRow(table, row))
    },
    count: async <Row>(table: Table<Row>, where: Where<Row>, atMost: number) => {
      const terms = termsOf(table as Table, where)
      const text = () => {
        let nth = 0
        const fits = placed(terms, () => ++nth)
        return `select count(*) from (select 1 from ${quote(table.name)} t where ${fits} limit $${++nth}) c`
      }
      const rows = await line().ask(
        prepared(`count ${table.name} ${shapeOf(terms)}`, text, [...paramsOf(terms), atMost]),
      )
      return rows[0]?.[0] as number
    },
  }
}

/** A condition whose values are parameters of their own, with their types. */
function placed(terms: readonly Term[], next: () => number): string {
  const types = typesOf(terms)
  let nth = 0
  return conditionSql(terms, () => `$${next()}::${types[nth++]}`)
}
