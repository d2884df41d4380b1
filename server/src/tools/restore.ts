import { existsSync } from 'node:fs'
import { newId } from '../kernel/ids.ts'
import { metaTable } from '../kernel/tables.ts'
import { putInPlace } from '../store/sqlite/copy.ts'
import { openReader } from '../store/sqlite/read.ts'
import { openSqlite } from '../store/sqlite/sqlite.ts'
import { insert, remove, StoreUnusable } from '../store/store.ts'
import { eraseAgain, erasedIn, type Erasure } from './erasures.ts'
import { Failed, fromHere, Misused, dataFlag, plural, stampOf, type Command, type Env, type Values } from './command.ts'
import { openNamed, openNamedReader, storeMeant, storeNamed, type Shared } from './stores.ts'

type Say = (line: string) => void

/** Puts a backup in the place of the database, under a new epoch: every client then starts from what it holds. */
export const restore: Command = {
  name: 'restore',
  says: 'Puts a backup in the place of the database of a stopped Connectly. What was there is set aside, not deleted. What was deleted for everyone since the backup stays deleted.',
  flags: {
    from: { takes: 'FILE', says: 'The backup.' },
    force: { says: 'Also when there is a database already; it is set aside.' },
    data: dataFlag,
    replaces: {
      takes: 'STORE',
      says: 'On PostgreSQL and MongoDB, after their own restore: the database whose place the restored one takes, or "nothing" where it is lost.',
    },
  },
  run: async (values, env, say) => {
    const meant = storeMeant(values, env)
    if (meant.engine !== 'SQLite') return finish(meant, values, env, say)
    if (values['replaces']) throw new Misused('--replaces is for PostgreSQL and MongoDB; here --force does it.')
    if (!values['from']) throw new Misused('restore needs --from FILE: npm run restore -- --help tells more.')
    const from = fromHere(values['from'], env)
    const { file } = meant
    const stamp = stampOf(new Date())
    if (!existsSync(from)) throw new Failed(`There is no file ${from}.`)
    if (existsSync(file) && values['force'] === undefined)
      throw new Failed(
        `${file} is there already. With --force it is set aside as ${file}.before-${stamp}, and the backup takes its place.`,
      )

    let again = 0
    const prepare = async (copy: string) => {
      const erased = await erasedInFile(file)
      if (erased.length === 0) return
      const store = openSqlite(copy)
      try {
        again = await eraseAgain(store, erased)
      } finally {
        await store.close()
      }
    }
    const { messages, aside } = await putInPlace(file, from, { epoch: newId(), stamp, prepare })
    if (aside) say(`What was there is now ${aside}.`)
    sayAgain(again, say)
    say(`${file}: ${plural(messages, 'message')}, restored from ${from}. Start Connectly; every client starts afresh.`)
    return 0
  },
}

/** What has to follow when PostgreSQL or MongoDB has brought back a database by its own means. */
async function finish(meant: Shared, values: Values, env: Env, say: Say): Promise<number> {
  const { replaces } = values
  const own = meant.engine === 'PostgreSQL' ? 'pg_restore' : 'mongorestore'
  if (values['from'] || !replaces)
    throw new Failed(
      `${meant.setting} is set: ${meant.engine} brings back its database by ${own}, and restore -- --replaces STORE finishes that. See "Backing up a shared database" in docs/operations.md. (A data folder is meant with --data.)`,
    )
  const old = replaces === 'nothing' ? undefined : await openNamedReader(storeNamed(replaces, env))
  try {
    const store = await openNamed(meant)
    try {
      const again = old ? await eraseAgain(store, await erasedIn(old)) : 0
      const writes = [
        remove(metaTable, { name: 'epoch' }),
        insert(metaTable, { name: 'epoch', value: newId<string>() }),
      ]
      await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], Date.now())
      sayAgain(again, say)
      say(`${meant.name}: under a new epoch. Start Connectly; every client starts afresh.`)
    } finally {
      await store.close()
    }
  } finally {
    await old?.close()
  }
  return 0
}

/** What the database that is there says was deleted; nothing where there is none, or it cannot be read. */
async function erasedInFile(file: string): Promise<Erasure[]> {
  if (!existsSync(file)) return []
  try {
    const reader = openReader(file)
    try {
      return await erasedIn(reader)
    } finally {
      reader.close()
    }
  } catch (error) {
    // Restoring is what one does with a database that can no longer be read.
    if (error instanceof StoreUnusable || (error instanceof Error && 'errcode' in error)) return []
    throw error
  }
}

function sayAgain(again: number, say: Say): void {
  if (again > 0) say(`${plural(again, 'message')} deleted for everyone since the backup: deleted again.`)
}
