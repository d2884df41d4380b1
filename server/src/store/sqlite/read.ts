import { existsSync, rmSync, statSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { refuseNewer } from './migrate.ts'
import { migrations } from '../migrations/migrations.ts'
import { conditionOf, fromRow, selectSql } from './sql.ts'
import { lock, named, openToRead, pragma, refuseForeign } from './file.ts'
import { StoreUnusable, type Key, type Query, type Reader, type Where } from '../store.ts'
import type { Table } from '../table.ts'

/** A database at rest or in use, as it was when it was opened. */
export type SqliteReader = Reader & {
  /** What SQLite itself finds wrong with the file: its pages, its indexes, references to rows that are not there. */
  faults(): string[]
  close(): void
}

/**
 * Opens a database file without writing to it, also while a server does. What is read is one moment, however long it
 * takes. Throws `StoreUnusable` with one line for a file of another program or another schema.
 */
export function openReader(file: string): SqliteReader {
  const hadWal = existsSync(`${file}-wal`)
  const db = openToRead(file)
  const close = () => {
    db.close()
    if (!hadWal && existsSync(`${file}-wal`)) tidy(file)
  }
  try {
    refuseForeign(db, file)
    refuseNewer(db, file)
    refuseOlder(db, file)
    db.exec('begin; select 1 from "meta"')
  } catch (error) {
    close()
    throw named(file, error)
  }
  const { get, find, count } = readsOf(db)
  return {
    get: async <Row>(table: Table<Row>, key: Key<Row>) => get(table, key),
    find: async <Row>(table: Table<Row>, query: Query<Row>) => find(table, query),
    count: async <Row>(table: Table<Row>, where: Where<Row>, atMost: number) => count(table as Table, where, atMost),
    faults: () => faultsOf(db),
    close,
  }
}

/** The three ways to read, on one connection, with its statements kept by what they ask. */
export function readsOf(db: DatabaseSync) {
  const statements = new Map<Table, Map<string, StatementSync>>()

  /** The statement of this table that asks this; its text is made once. */
  function statement(
    table: Table,
    asks: string,
    text: () => string,
    setUp?: (fresh: StatementSync) => void,
  ): StatementSync {
    let known = statements.get(table)
    if (!known) statements.set(table, (known = new Map()))
    let found = known.get(asks)
    if (!found) {
      known.set(asks, (found = db.prepare(text())))
      setUp?.(found)
    }
    return found
  }

  /** A statement whose rows come as bare values: making SQLite's objects and copying them costs twice the reading. */
  function select(table: Table, asks: string, text: () => string): StatementSync {
    return statement(table, asks, text, (fresh) => fresh.setReturnArrays(true))
  }

  return {
    statement,
    get: <Row>(table: Table<Row>, key: object): Row | undefined => {
      const where = conditionOf(table as Table, key)
      const text = () => selectSql(table as Table, where.text(), [])
      const values = select(table as Table, `get ${where.shape}`, text).get(...where.params, 1)
      return values ? fromRow(table, values as unknown as unknown[]) : undefined
    },
    find: <Row>(table: Table<Row>, { where: wanted = {}, order = [], limit }: Query<Row>): Row[] => {
      const where = conditionOf(table as Table, wanted)
      const text = () => selectSql(table as Table, where.text(), order)
      const rows = select(table as Table, `find ${where.shape} ${order.join()}`, text).all(...where.params, limit)
      return rows.map((values) => fromRow(table, values as unknown as unknown[]))
    },
    count: (table: Table, wanted: object, atMost: number): number => {
      const where = conditionOf(table, wanted)
      const text = () => `select count(*) as n from (select 1 from "${table.name}" where ${where.text()} limit ?)`
      return statement(table, `count ${where.shape}`, text).get(...where.params, atMost)?.['n'] as number
    },
  }
}

function refuseOlder(db: DatabaseSync, file: string): void {
  const [version, newest] = [Number(pragma(db, 'user_version')), migrations.at(-1)?.number]
  if (version === newest) return
  throw new StoreUnusable(
    `The data file ${file} was written by an older Connectly (schema ${version}, this one reads ${newest}). A start with it, or a restore into an empty folder, brings it up to date.`,
  )
}

function faultsOf(db: DatabaseSync): string[] {
  const damage: string[] = []
  try {
    for (const row of db.prepare('pragma integrity_check(1000)').iterate())
      damage.push(...String(Object.values(row)[0]).split('\n'))
  } catch (error) {
    damage.push((error as Error).message)
  }
  const lines = damage.filter((line) => line !== 'ok' && !line.startsWith('***'))
  if (lines.length > 0) return lines.map((line) => `The file is damaged: ${line}.`)
  const orphans = db.prepare('pragma foreign_key_check').all()
  return orphans.map(
    (row) => `Table ${String(row['table'])} names a row of ${String(row['parent'])} that is not there.`,
  )
}

/** Removes the -wal and -shm that reading alone has made, unless a server has come meanwhile, or has left something in them. */
function tidy(file: string): void {
  try {
    const release = lock(file)
    if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size === 0)
      for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true })
    release()
  } catch {
    // It is in use; whoever uses it tidies.
  }
}
