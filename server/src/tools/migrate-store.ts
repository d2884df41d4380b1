import { existsSync, rmSync, statSync } from 'node:fs'
import { lock } from '../store/sqlite/file.ts'
import { StoreUnusable } from '../store/store.ts'
import { Failed, Misused, plural, type Command } from './command.ts'
import { moveStore } from './move.ts'
import { openNamed, openNamedReader, storeNamed, type Named } from './stores.ts'

/** Moves everything from one store into another, on any two engines. The source is only read. */
export const migrateStore: Command = {
  name: 'migrate-store',
  says: 'Moves everything from one store into a new one, also of another engine, and proves that it is the same. Stop every server first. A move that was cut off goes on when it is run again. STORE is a data folder, a database file, an address (postgres://…, mongodb://…), or the name of a variable that holds one, such as DATABASE_URL: it keeps a password out of what is typed and printed.',
  flags: {
    from: { takes: 'STORE', says: 'The store that is there. Nothing is written to it.' },
    to: { takes: 'STORE', says: 'The new store: an empty database, or a folder without one.' },
    anew: { says: 'Empties first what an unfinished move has left in the new store.' },
    force: { says: 'Also when something in the store does not hold (npm run verify): it moves along.' },
  },
  run: async (values, env, say) => {
    if (!values['from'] || !values['to'])
      throw new Misused('migrate-store needs --from STORE and --to STORE: npm run migrate-store -- --help tells more.')
    const [from, to] = [storeNamed(values['from'], env), storeNamed(values['to'], env)]
    if (addressOf(from) === addressOf(to)) throw new Misused('--from and --to mean the same store.')
    const began = performance.now()
    const unlock = holdStill(from)
    try {
      const target = await openNamed(to)
      try {
        say(`From ${from.name} to ${to.name}.`)
        const how = { isAnew: values['anew'] !== undefined, isForced: values['force'] !== undefined }
        const rows = await moveStore({ openSource: () => openNamedReader(from), target, say, ...how })
        const seconds = ((performance.now() - began) / 1000).toFixed(1)
        say(`${to.name}: ${plural(rows, 'row')}, all there and the same, in ${seconds} s. ${whatNow(to)}`)
        return 0
      } catch (error) {
        throw toldOf(error)
      } finally {
        await target.close()
      }
    } finally {
      unlock()
    }
  },
}

/** No server starts on a file that is being moved; on a shared database it is seen afterwards whether any wrote. */
function holdStill(from: Named): () => void {
  if (from.engine !== 'SQLite') return () => undefined
  if (!existsSync(from.file)) throw new Failed(`There is no file ${from.file}.`)
  const hadWal = existsSync(`${from.file}-wal`)
  const release = lock(from.file)
  return () => {
    // What reading alone has made.
    const isTidy = hadWal || (statSync(`${from.file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    if (!isTidy) for (const end of ['-wal', '-shm']) rmSync(from.file + end, { force: true })
    release()
  }
}

/** A line that went dead, a disk that is full, a server that gave up: in one line. A mistake of ours keeps its stack. */
function toldOf(error: unknown): unknown {
  const isOurs = [Failed, Misused, StoreUnusable, TypeError, RangeError].some((kind) => error instanceof kind)
  if (isOurs || !(error instanceof Error)) return error
  const why = error.message.split('\n')[0]
  return new Failed(`The move was cut off: ${why}. Run the same command again: it goes on.`, { cause: error })
}

function whatNow(to: Named): string {
  const start = to.engine === 'SQLite' ? 'DATA_DIR set to its folder' : `${to.setting} set to it`
  return `Start Connectly with ${start}; every client starts afresh. Never start it on the old store again: what is said there would be said nowhere else.`
}

const addressOf = (named: Named): string => (named.engine === 'SQLite' ? named.file : named.address)
