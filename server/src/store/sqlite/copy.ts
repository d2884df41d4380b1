import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { migrate } from './migrate.ts'
import { inspect, lock, restoring } from './file.ts'
import type { SqliteStore } from './sqlite.ts'

/* Copies of the database: made whole or not at all, and put back in the place of another. */

/** A copy in one step: nobody else's write begins it again. It may not be written to meanwhile by this connection. */
const AT_ONCE = { rate: 2 ** 31 - 1 }

/**
 * Copies into a new file that only its owner may read; leaves nothing behind when that fails. The folder is made if only
 * it is missing.
 */
export async function writeCopy(from: Pick<SqliteStore, 'backup'>, to: string, stop?: AbortSignal): Promise<void> {
  if (!existsSync(dirname(to))) mkdirSync(dirname(to), { mode: 0o700 })
  closeSync(openSync(to, 'wx', 0o600))
  try {
    await from.backup(to, stop)
  } catch (error) {
    discard(to)
    throw error
  }
}

/** Does this with a database that nobody has open, and that nobody opens meanwhile. It is left as it was. */
export async function withStopped<T>(file: string, work: (at: Pick<SqliteStore, 'backup'>) => Promise<T>): Promise<T> {
  const release = lock(file)
  try {
    inspect(file)
    return await work({ backup: (to) => copyAtRest(file, to) })
  } finally {
    release()
  }
}

/**
 * Looks a copy over, makes it one plain file that needs no -wal, flushes it and gives it its name.
 * @returns how many messages it holds
 */
export function sealCopy(copy: string, name: string): number {
  inspect(copy)
  const messages = seal(copy)
  flush(copy)
  renameSync(copy, name)
  flush(dirname(name))
  return messages
}

/** Removes a copy that did not become whole. */
export function discard(copy: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) if (existsSync(copy + end)) rmSync(copy + end)
}

/**
 * Puts a copy in the place of a database that nobody has open, under a new epoch. What is there now is set aside as
 * `<file>.before-<stamp>`, with its -wal and -shm. Killed at any moment, it leaves the old one, the new one, or a
 * folder that a start refuses. Throws `StoreUnusable` with one line when the copy cannot be used, or a server runs.
 * @returns how many messages it holds, and what was set aside
 */
export async function putInPlace(
  file: string,
  from: string,
  how: {
    epoch: string
    stamp: string
    /** Works on the copy before it takes its place: what it leaves is what is restored. */
    prepare?: (copy: string) => Promise<void>
  },
): Promise<{ messages: number; aside: string | null }> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const release = lock(file)
  const coming = restoring(file)
  let moving = false
  try {
    inspect(from)
    discard(coming)
    await writeCopy({ backup: (to) => copyAtRest(from, to) }, coming)
    chmodSync(coming, 0o600)
    await how.prepare?.(coming)
    const messages = seal(coming, (db) => {
      migrate(db, from)
      db.prepare('insert into "meta" values (\'epoch\', ?) on conflict do update set "value" = excluded."value"').run(
        how.epoch,
      )
    })
    flush(coming)
    const aside = `${file}.before-${how.stamp}`
    const present = ['', '-wal', '-shm'].filter((end) => existsSync(file + end))
    moving = true
    for (const end of present) renameSync(file + end, aside + end)
    renameSync(coming, file)
    flush(dirname(file))
    return { messages, aside: present.length > 0 ? aside : null }
  } catch (error) {
    if (!moving) discard(coming)
    throw error
  } finally {
    rmSync(`${coming}.lock`, { force: true })
    release()
  }
}

async function copyAtRest(from: string, to: string): Promise<void> {
  const hadWal = existsSync(`${from}-wal`)
  const db = new DatabaseSync(from, { readOnly: true })
  try {
    await backup(db, to, AT_ONCE)
  } finally {
    db.close()
    if (!hadWal) for (const end of ['-wal', '-shm']) rmSync(from + end, { force: true })
  }
}

function seal(copy: string, change?: (db: DatabaseSync) => void): number {
  const db = new DatabaseSync(copy)
  try {
    db.exec('pragma synchronous = full')
    change?.(db)
    db.exec('pragma journal_mode = delete')
    return Object.values(db.prepare('select count(*) from "messages"').get() ?? {})[0] as number
  } finally {
    db.close()
  }
}

/** Flushes a file, or the names in a folder; Windows keeps those by itself. */
function flush(path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  fsyncSync(fd)
  closeSync(fd)
}
