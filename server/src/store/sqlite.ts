import { backup, type DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Place, RefusalCode } from '@connectly/protocol'
import { eventTable, placeTable, type PlaceRow } from './log-tables.ts'
import { columnOf, fromRow, insertSql, selectSql, toParam, whereSql } from './sql.ts'
import { openDatabase } from './sqlite-file.ts'
import type { Change, Guard, Key, Made, Numbered, Outcome, Query, Store, Where, Write } from './store.ts'
import type { Table } from './table.ts'

/** The SQLite engine also copies itself while it is written to. */
export type SqliteStore = Store & {
  /** Copies the database to another file, from the writer's own connection: from a second one it would never end under load. */
  backup(path: string): Promise<void>
}

/** Opens the embedded database in this file, made and migrated if it is new. Throws `StoreUnusable` with one line otherwise. */
export function openSqlite(file: string): SqliteStore {
  const { db, release } = openDatabase(file)
  const prepare = statementCache(db)
  const inserts = new Map<Table, { statement: StatementSync; table: Table }>()

  function get<Row>(table: Table<Row>, key: object): Row | undefined {
    const where = whereSql(table as Table, key)
    const raw = prepare(selectSql(table as Table, where, [])).get(...where.params, 1)
    return raw ? fromRow(table, raw) : undefined
  }

  function find<Row>(table: Table<Row>, query: Query<Row>): Row[] {
    const where = whereSql(table as Table, query.where ?? {})
    const rows = prepare(selectSql(table as Table, where, query.order ?? [])).all(...where.params, query.limit)
    return rows.map((raw) => fromRow(table, raw))
  }

  function count(table: Table, wanted: object, atMost: number): number {
    const where = whereSql(table, wanted)
    const row = prepare(`select count(*) as n from (select 1 from "${table.name}" where ${where.text} limit ?)`).get(
      ...where.params,
      atMost,
    )
    return row?.n as number
  }

  function insertRow(table: Table, row: object): void {
    let entry = inserts.get(table)
    if (!entry) inserts.set(table, (entry = { statement: prepare(insertSql(table)), table }))
    const values = row as Record<string, unknown>
    entry.statement.run(...table.columns.map((column) => toParam(column, values[column.name])))
  }

  function holds(guard: Guard): boolean {
    const where = whereSql(guard.table, guard.where ? { ...guard.key } : guard.key)
    const also = guard.where ? whereSql(guard.table, guard.where) : undefined
    const text = also ? `${where.text} and ${also.text}` : where.text
    const found = prepare(`select 1 from "${guard.table.name}" where ${text}`).get(
      ...where.params,
      ...(also?.params ?? []),
    )
    return (found !== undefined) === guard.must
  }

  function apply(write: Write): void {
    if (write.do === 'insert') return insertRow(write.table, write.row)
    const key = whereSql(write.table, write.key)
    if (write.do === 'remove')
      return void prepare(`delete from "${write.table.name}" where ${key.text}`).run(...key.params)
    const { set, add, only } = write
    const sets = Object.entries(set ?? {}).map(([name, value]) => ({
      text: `"${name}" = ?`,
      param: toParam(columnOf(write.table, name), value),
    }))
    const adds = Object.entries(add ?? {}).map(([name, value]) => ({
      text: `"${name}" = "${columnOf(write.table, name).name}" + ?`,
      param: value as number,
    }))
    const fits = whereSql(write.table, only ?? {})
    const changed = prepare(
      `update "${write.table.name}" set ${[...sets, ...adds].map((each) => each.text).join(', ')} where ${key.text} and ${fits.text}`,
    ).run(...[...sets, ...adds].map((each) => each.param), ...key.params, ...fits.params)
    if (changed.changes === 1) return
    const exists =
      only !== undefined && prepare(`select 1 from "${write.table.name}" where ${key.text}`).get(...key.params)
    throw exists && write.else ? new Refused(write.else) : new Conflict()
  }

  function commitGroup(changes: readonly Change[], now: number): Outcome[] {
    const places = new Map<Place, PlaceInHand>()
    const placeOf = (place: Place) => {
      let row = places.get(place)
      if (!row) {
        const stored = get(placeTable, { place })
        const fresh = { place, seq: 0, lastAt: 0, reactedSeq: 0, unreacted: false }
        row = { row: { ...(stored ?? fresh) }, stored: stored ?? null }
        places.set(place, row)
      }
      return row
    }

    const commitOne = (change: Change): Outcome => {
      for (const guard of change.given) if (!holds(guard)) return { kind: 'unmet', guard }
      const before = change.places.map((place) => ({ ...placeOf(place).row }))
      const taken: Numbered[] = []
      const next = (place: Place): Numbered => {
        if (!change.places.includes(place)) throw new TypeError(`a change numbers ${place} without naming it`)
        const { row } = placeOf(place)
        row.seq += 1
        row.lastAt = Math.max(now, row.lastAt)
        const numbered = { place, seq: row.seq, at: row.lastAt }
        taken.push(numbered)
        return numbered
      }
      const undo = () => {
        for (const row of before) placeOf(row.place).row = row
      }
      let made: Made<unknown>
      try {
        made = change.make(next)
      } catch (error) {
        undo()
        throw error
      }
      if (!bearEach(made.events, taken)) throw new TypeError('a change took a number that none of its events bears')
      const guarded = made.writes.length > 1
      if (guarded) prepare('savepoint change').run()
      try {
        for (const write of made.writes) apply(write)
        for (const event of made.events) insertRow(eventTable, event)
      } catch (error) {
        if (guarded) prepare('rollback to change').run()
        undo()
        if (error instanceof Refused) return { kind: 'refused', code: error.code }
        if (error instanceof Conflict || isConflict(error)) return { kind: 'conflict' }
        throw error
      } finally {
        if (guarded && db.isTransaction) prepare('release change').run()
      }
      for (const event of made.events) {
        const { row } = placeOf(event.place)
        if (event.reacts) row.unreacted = true
        else if (!row.unreacted) row.reactedSeq = event.seq
      }
      if (change.reacted) {
        const { row } = placeOf(change.reacted.place)
        row.reactedSeq = Math.max(row.reactedSeq, change.reacted.seq)
        row.unreacted = row.reactedSeq < row.seq
      }
      return { kind: 'done', made }
    }

    prepare('begin immediate').run()
    try {
      const outcomes = changes.map(commitOne)
      for (const place of places.values()) savePlace(place)
      prepare('commit').run()
      return outcomes
    } catch (error) {
      if (db.isTransaction) prepare('rollback').run()
      throw error
    }
  }

  /** Writes what has changed. A mark that has not is left alone, so that its index need not be touched. */
  function savePlace({ row, stored }: PlaceInHand): void {
    if (!stored) return row.seq > 0 ? insertRow(placeTable, row) : undefined
    if (row.seq === stored.seq && row.reactedSeq === stored.reactedSeq && row.unreacted === stored.unreacted) return
    const { place, seq, lastAt, reactedSeq, unreacted } = row
    prepare('update "places" set "seq" = ?, "lastAt" = ?, "reactedSeq" = ? where "place" = ?').run(
      seq,
      lastAt,
      reactedSeq,
      place,
    )
    if (unreacted !== stored.unreacted)
      prepare('update "places" set "unreacted" = ? where "place" = ?').run(unreacted ? 1 : 0, place)
  }

  return {
    get: async <Row>(table: Table<Row>, key: Key<Row>) => get(table, key),
    find: async <Row>(table: Table<Row>, query: Query<Row>) => find(table, query),
    count: async <Row>(table: Table<Row>, where: Where<Row>, atMost: number) => count(table as Table, where, atMost),
    commit: async (changes, now) => commitGroup(changes, now),
    backup: (path) => copyTo(db, path),
    close: async () => {
      db.exec('pragma wal_checkpoint(truncate)')
      db.close()
      release()
    },
  }
}

/** A place's row as this group has moved it on, beside the one that is kept. */
type PlaceInHand = { row: PlaceRow; stored: PlaceRow | null }

class Conflict extends Error {}
class Refused extends Error {
  code: RefusalCode
  constructor(code: RefusalCode) {
    super(code)
    this.code = code
  }
}

/** Whether each number is on exactly one event. */
function bearEach(events: readonly Numbered[], taken: readonly Numbered[]): boolean {
  const isBorne = (n: Numbered) => events.some(({ place, seq }) => seq === n.seq && place === n.place)
  return events.length === taken.length && taken.every(isBorne)
}

/** SQLite's codes for a row that is there already and for a reference to none. A value of the wrong type is a fault of ours. */
const CONFLICTS: readonly unknown[] = [1555, 2067, 787]

function isConflict(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && CONFLICTS.includes(error.errcode)
}

/** A copy does not begin inside a transaction; Node then fails with code 0, and it is begun again between two of them. */
async function copyTo(db: DatabaseSync, path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return void (await backup(db, path))
    } catch (error) {
      const isBusy = error instanceof Error && 'errcode' in error && error.errcode === 0
      if (!isBusy || tries === 100) throw error
    }
  }
}

function statementCache(db: DatabaseSync): (text: string) => StatementSync {
  const statements = new Map<string, StatementSync>()
  return (text) => {
    let statement = statements.get(text)
    if (!statement) statements.set(text, (statement = db.prepare(text)))
    return statement
  }
}
