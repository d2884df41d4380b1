import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { askControl } from '../control.ts'
import { discard, sealCopy, withStopped, writeCopy } from '../store/sqlite/copy.ts'
import { StoreInUse, StoreUnusable } from '../store/store.ts'
import { databaseIn, dataFlag, Failed, fromHere, plural, stampOf, type Command } from './command.ts'
import { storeMeant } from './stores.ts'

/** What a backup leaves free on the disk that the server writes to. */
const LEFT_FREE = 64 * 2 ** 20
/** How long a server that starts or stops is waited for. */
const PATIENCE = 5000

/** Copies the database: through the server while one runs, since only the writer's own connection can end under load. */
export const backup: Command = {
  name: 'backup',
  says: 'Copies the database into one file, also while Connectly runs, and checks the copy.',
  flags: {
    to: { takes: 'FILE', says: 'The copy; without it DATA_DIR/backups/connectly-<UTC time>.db. Never overwritten.' },
    data: dataFlag,
  },
  run: async (values, env, say) => {
    const meant = storeMeant(values, env)
    if (meant.engine !== 'SQLite')
      throw new Failed(
        `${meant.setting} is set: ${meant.engine} copies its database by ${meant.engine === 'PostgreSQL' ? 'pg_dump' : 'mongodump'}. See "Backing up a shared database" in docs/operations.md. (A data folder is meant with --data.)`,
      )
    const dataDir = dirname(meant.file)
    const name = `connectly-${stampOf(new Date())}.db`
    const given = values['to'] && fromHere(values['to'], env)
    const to = !given ? join(dataDir, 'backups', name) : isFolder(given) ? join(given, name) : given
    if (!existsSync(databaseIn(dataDir))) throw new Failed(`There is no database in ${dataDir}.`)
    if (existsSync(to)) throw new Failed(`${to} is there already; a backup never overwrites one.`)

    const began = performance.now()
    const part = `${to}.part-${process.pid}`
    const drop = () => {
      discard(part)
      process.exit(130)
    }
    process.once('SIGINT', drop).once('SIGTERM', drop)
    try {
      requireSpace(dataDir, to)
      const how = await copy(dataDir, part)
      const messages = seal(part, to)
      const size = (statSync(to).size / 2 ** 20).toFixed(1)
      const took = Math.round(performance.now() - began)
      say(`${to}: ${plural(messages, 'message')}, ${size} MB, whole, in ${took} ms (${how})`)
      return 0
    } catch (error) {
      discard(part)
      if (error instanceof StoreUnusable) throw error
      throw new Failed(`No backup to ${to}: ${(error as Error).message}. Nothing was left behind.`)
    } finally {
      process.off('SIGINT', drop).off('SIGTERM', drop)
    }
  },
}

function seal(part: string, to: string): number {
  try {
    return sealCopy(part, to)
  } catch (error) {
    if (!(error instanceof StoreUnusable)) throw error
    throw new Error('the copy is damaged, and so is the database: npm run verify tells more', { cause: error })
  }
}

/** Asks the server if one listens, else does it here; one that is starting or stopping is waited for. */
async function copy(dataDir: string, part: string): Promise<string> {
  const until = Date.now() + PATIENCE
  for (;;) {
    const answer = await askControl(dataDir, 'backup', { to: part })
    if (answer?.ok) return 'through the running server'
    if (answer) throw new Error(answer.error)
    try {
      await withStopped(databaseIn(dataDir), (store) => writeCopy(store, part))
      return 'the server is stopped'
    } catch (error) {
      if (!(error instanceof StoreInUse)) throw error
      if (Date.now() > until)
        throw new Error('a Connectly has the database open, and does not answer', { cause: error })
      await wait(200)
    }
  }
}

function requireSpace(dataDir: string, to: string): void {
  const file = databaseIn(dataDir)
  const needed = [file, `${file}-wal`].reduce(
    (sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
  const folder = existsSync(dirname(to)) ? dirname(to) : dirname(dirname(to))
  if (!isFolder(folder)) throw new Error(`the folder ${folder} is not there`)
  const { bavail, bsize } = statfsSync(folder)
  const reserve = statSync(folder).dev === statSync(file).dev ? LEFT_FREE : 0
  if (bavail * bsize < needed + reserve)
    throw new Error(
      `it takes ${megabytes(needed)}, and ${megabytes(bavail * bsize)} are free${reserve ? ` (${megabytes(reserve)} are kept for the server)` : ''}`,
    )
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
