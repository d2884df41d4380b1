import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrate, refuseNewer } from './migrate.ts'
import { StoreInUse, StoreUnusable } from '../store.ts'

/** Marks a file as ours: "CNLY". */
const APPLICATION_ID = 0x434e4c59
/** The least that SQLite ever writes: one page of the smallest size. */
const SMALLEST = 512
/** SQLite's code for a lock that another process has. */
const SQLITE_BUSY = 5

/**
 * Opens the database file, or makes it. A new one is built beside it and renamed into place when it is whole, so that
 * a crash in the middle leaves nothing half made, and an empty or damaged file is never taken for a new one.
 */
export function openDatabase(file: string): { db: DatabaseSync; release: () => void } {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StoreUnusable(`The data folder ${dirname(file)} cannot be made or written: ${(error as Error).message}.`)
  }
  const release = lock(file)
  try {
    if (!existsSync(file)) create(file)
    return { db: open(file), release }
  } catch (error) {
    release()
    throw named(file, error)
  }
}

/** Where a restored copy waits until the present files are set aside: seen at start, it tells that the restore was cut off. */
export const restoring = (file: string): string => `${file}.restoring`

function create(file: string): void {
  for (const left of [`${file}-wal`, `${file}-shm`, restoring(file)]) {
    if (existsSync(left)) throw unusable(file, `it is missing, but ${basename(left)} is there`)
  }
  const fresh = `${file}.new`
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(fresh + end, { force: true })
  const db = new DatabaseSync(fresh)
  db.exec(`pragma application_id = ${APPLICATION_ID}`)
  configure(db)
  migrate(db, fresh)
  db.exec('pragma wal_checkpoint(truncate)')
  db.close()
  renameSync(fresh, file)
}

function open(file: string): DatabaseSync {
  inspect(file)
  const db = new DatabaseSync(file)
  try {
    configure(db)
    migrate(db, file)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Looks without writing: a connection that may write folds the -wal of a crash into the file, even if it is refused. */
export function inspect(file: string): void {
  const hadWal = existsSync(`${file}-wal`)
  const db = openToRead(file)
  try {
    refuseForeign(db, file)
    refuseNewer(db, file)
    const check = String(pragma(db, 'quick_check'))
    const why = check.split('\n').find((line) => !line.startsWith('***'))
    if (check !== 'ok') throw unusable(file, `it is damaged (${why})`)
  } catch (error) {
    throw named(file, error)
  } finally {
    db.close()
    if (!hadWal) for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true })
  }
}

/** Opens a file that is there without writing to it. Throws `StoreUnusable` with one line if it is too short to be one. */
export function openToRead(file: string): DatabaseSync {
  const found = statSync(file)
  if (!found.isFile()) throw unusable(file, 'it is not a file')
  if (found.size < SMALLEST) throw unusable(file, found.size === 0 ? 'it is empty' : 'it is too short to be one')
  return new DatabaseSync(file, { readOnly: true })
}

/** What went wrong with this file, in one line that names it. */
export function named(file: string, error: unknown): StoreUnusable {
  return error instanceof StoreUnusable ? error : unusable(file, (error as Error).message)
}

/** Throws `StoreUnusable` with one line for a database of another program. */
export function refuseForeign(db: DatabaseSync, file: string): void {
  if (pragma(db, 'application_id') !== APPLICATION_ID) throw unusable(file, 'it belongs to another program')
}

/** WAL and a flush at every commit, asserted: with less, an acknowledged message can be gone after a power cut. */
function configure(db: DatabaseSync): void {
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 5000; pragma trusted_schema = off',
  )
  db.exec(
    'pragma cache_size = -65536; pragma temp_store = memory; pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864',
  )
  const found = {
    journal_mode: pragma(db, 'journal_mode'),
    synchronous: pragma(db, 'synchronous'),
    foreign_keys: pragma(db, 'foreign_keys'),
  }
  if (found.journal_mode !== 'wal' || found.synchronous !== 2 || found.foreign_keys !== 1) {
    throw new StoreUnusable(
      `SQLite did not take its settings: ${JSON.stringify(found)}. The folder must be on a local disk.`,
    )
  }
}

export function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0]
}

function unusable(file: string, why: string): StoreUnusable {
  return new StoreUnusable(
    `The data file ${file} cannot be used: ${why}. Nothing was changed. To restore a backup: npm run restore -- --from FILE --force`,
  )
}

/** One process a data folder. The operating system lets go of the lock when the process ends, however it ends. */
export function lock(file: string): () => void {
  let holder: DatabaseSync | undefined
  try {
    holder = new DatabaseSync(`${file}.lock`)
    holder.exec('pragma busy_timeout = 0; pragma journal_mode = memory; begin exclusive')
    return () => holder?.close()
  } catch (error) {
    holder?.close()
    const { errcode, message } = error as { errcode?: number; message: string }
    if (errcode === SQLITE_BUSY)
      throw new StoreInUse(`Another Connectly already uses ${file}. Stop it first, or give this one its own DATA_DIR.`)
    throw new StoreUnusable(`The data file ${file} cannot be used: its lock ${file}.lock cannot be taken: ${message}.`)
  }
}
