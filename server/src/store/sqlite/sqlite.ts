import { backup, type DatabaseSync } from 'node:sqlite'
import type { Place, RefusalCode } from '@connectly/protocol'
import { eventTable, placeTable, type PlaceRow } from '../log-tables.ts'
import { conditionOf, insertSql, toParam, type Param } from './sql.ts'
import { openDatabase } from './file.ts'
import { readsOf } from './read.ts'
import type { Change, Guard, Key, Made, Numbered, Outcome, Query, Store, Where, Write } from '../store.ts'
import { columnOf, type Table } from '../table.ts'

/** The SQLite engine also copies itself while it is written to. */
export type SqliteStore = Store & {
  /**
   * Copies the database to another file, from the writer's own connection: from a second one it would never end under
   * load. Rejects when `stop` is aborted; what it has written by then is the caller's to remove.
   */
  backup(path: string, stop?: AbortSignal): Promise<void>
}

/** Opens the embedded database in this file, made and migrated if it is new. Throws `StoreUnusable` with one line otherwise. */
export function openSqlite(file: string): SqliteStore {
  const { db, release: unlock } = openDatabase(file)
  const { statement, get, find, count } = readsOf(db)
  const [begin, commit, rollback] = [db.prepare('begin immediate'), db.prepare('commit'), db.prepare('rollback')]
  const [savepoint, undoOne, release] = [
    db.prepare('savepoint change'),
    db.prepare('rollback to change'),
    db.prepare('release change'),
  ]
  const kept = new Map<Place, PlaceRow>()

  function insertRow(table: Table, row: object): void {
    const params: Param[] = []
    for (const column of table.columns) params.push(toParam(column, (row as Record<string, unknown>)[column.name]))
    statement(table, 'insert', () => insertSql(table)).run(...params)
  }

  function holds({ table, key, where, must }: Guard): boolean {
    const row = conditionOf(table, key)
    const fits = conditionOf(table, where ?? {})
    const select = () => `select 1 from "${table.name}" where ${row.text()} and ${fits.text()}`
    const found = statement(table, `holds ${row.shape} ${fits.shape}`, select).get(...row.params, ...fits.params)
    return (found !== undefined) === must
  }

  function apply(write: Write): void {
    const { table } = write
    if (write.do === 'insert') return insertRow(table, write.row)
    const key = conditionOf(table, write.key)
    if (write.do === 'remove') {
      const text = () => `delete from "${table.name}" where ${key.text()}`
      return void statement(table, `remove ${key.shape}`, text).run(...key.params)
    }
    const sets = Object.entries(write.set ?? {}).map(([name, value]) => toParam(columnOf(table, name), value))
    const adds = Object.entries(write.add ?? {}).map(([name, value]) => toParam(columnOf(table, name), value))
    const [setNames, addNames] = [Object.keys(write.set ?? {}), Object.keys(write.add ?? {})]
    const fits = conditionOf(table, write.only ?? {})
    const update = () => {
      const changes = [
        ...setNames.map((name) => `"${name}" = ?`),
        ...addNames.map((name) => `"${name}" = "${name}" + ?`),
      ]
      return `update "${table.name}" set ${changes.join(', ')} where ${key.text()} and ${fits.text()}`
    }
    const asks = `patch ${setNames.join()} ${addNames.join()} ${key.shape} ${fits.shape}`
    const changed = statement(table, asks, update).run(...sets, ...adds, ...key.params, ...fits.params)
    if (changed.changes === 1) return
    const isThere = write.only !== undefined && holds({ must: true, table, key: write.key })
    throw isThere && write.else ? new Refused(write.else) : new Conflict()
  }

  function commitGroup(changes: readonly Change[], now: number): Outcome[] {
    const places = new Map<Place, PlaceInHand>()
    const placeOf = (place: Place) => {
      let row = places.get(place)
      if (!row) {
        const stored = kept.get(place) ?? get(placeTable, { place })
        const fresh = { place, seq: 0, lastAt: 0, reactedSeq: 0, unreacted: false }
        row = { row: { ...(stored ?? fresh) }, stored: stored ?? null }
        places.set(place, row)
      }
      return row
    }

    const commitOne = (change: Change): Outcome => {
      for (const guard of change.given) if (!holds(guard)) return { kind: 'unmet', guard }
      const taken: Numbered[] = []
      const before: { row: PlaceRow; lastAt: number }[] = []
      const next = (place: Place): Numbered => {
        if (!change.places.includes(place)) throw new TypeError(`a change numbers ${place} without naming it`)
        const { row } = placeOf(place)
        before.unshift({ row, lastAt: row.lastAt })
        row.seq += 1
        row.lastAt = Math.max(now, row.lastAt)
        const numbered = { place, seq: row.seq, at: row.lastAt }
        taken.push(numbered)
        return numbered
      }
      const undo = () => {
        for (const { row, lastAt } of before) Object.assign(row, { seq: row.seq - 1, lastAt })
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
      if (guarded) savepoint.run()
      try {
        for (const write of made.writes) apply(write)
        for (const event of made.events) insertRow(eventTable, event)
      } catch (error) {
        if (guarded) undoOne.run()
        undo()
        if (error instanceof Refused) return { kind: 'refused', code: error.code }
        if (error instanceof Conflict || isConflict(error)) return { kind: 'conflict' }
        throw error
      } finally {
        if (guarded && db.isTransaction) release.run()
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

    begin.run()
    try {
      const outcomes = changes.map(commitOne)
      for (const place of places.values()) savePlace(place)
      commit.run()
      for (const { row } of places.values()) if (row.seq > 0) keep(row)
      return outcomes
    } catch (error) {
      if (db.isTransaction) rollback.run()
      for (const place of places.keys()) kept.delete(place)
      throw error
    }
  }

  /** Writes what has changed. A mark that has not is left alone, so that its index need not be touched. */
  function savePlace({ row, stored }: PlaceInHand): void {
    if (!stored) return row.seq > 0 ? insertRow(placeTable, row) : undefined
    if (row.seq === stored.seq && row.reactedSeq === stored.reactedSeq && row.unreacted === stored.unreacted) return
    const { place, seq, lastAt, reactedSeq, unreacted } = row
    const numbers = 'update "places" set "seq" = ?, "lastAt" = ?, "reactedSeq" = ? where "place" = ?'
    statement(placeTable, 'numbers', () => numbers).run(seq, lastAt, reactedSeq, place)
    if (unreacted === stored.unreacted) return
    const mark = 'update "places" set "unreacted" = ? where "place" = ?'
    statement(placeTable, 'mark', () => mark).run(unreacted ? 1 : 0, place)
  }

  /** One process owns the file, so a place's row need not be read again for its next number. */
  function keep(row: PlaceRow): void {
    kept.delete(row.place)
    kept.set(row.place, row)
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as Place)
  }

  return {
    get: async <Row>(table: Table<Row>, key: Key<Row>) => get(table, key),
    find: async <Row>(table: Table<Row>, query: Query<Row>) => find(table, query),
    count: async <Row>(table: Table<Row>, where: Where<Row>, atMost: number) => count(table as Table, where, atMost),
    commit: async (changes, now) => commitGroup(changes, now),
    atOnce: 1,
    backup: (path, stop) => copyTo(db, path, stop),
    close: async () => {
      db.exec('pragma wal_checkpoint(truncate)')
      db.close()
      unlock()
    },
  }
}

/** Places whose rows are remembered. */
const MAX_KEPT = 20_000

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

/** Pages copied in one go, about 4 MB: under back-to-back writes a tenth of it took four to eight times as long in all. */
const PAGES = 1000

/** A copy does not begin inside a transaction; Node then fails with code 0, and it is begun again between two of them. */
async function copyTo(db: DatabaseSync, path: string, stop?: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      stop?.throwIfAborted()
      return void (await backup(db, path, { rate: PAGES, progress: () => stop?.throwIfAborted() }))
    } catch (error) {
      const isBusy = error instanceof Error && 'errcode' in error && error.errcode === 0
      if (!isBusy || tries === 100) throw error
    }
  }
}
