import type { Reader } from '../store/store.ts'
import { isUnfinished } from '../store/unfinished.ts'
import { checkStore, type Seen } from './check-store.ts'
import { dataFlag, Failed, fromHere, Misused, plural, type Command, type Env, type Values } from './command.ts'
import { openNamedReader, storeMeant, storeNamed, type Named } from './stores.ts'

/** The most violations that are printed; all are counted. */
const MAX_SAID = 200

type Report = (violation: string) => void

/** Reads a whole store and says what does not hold. It writes nothing, and minds no server beside it. */
export const verify: Command = {
  name: 'verify',
  says: 'Recomputes every checksum and checks every number and count. It only reads, also beside a running server.',
  flags: {
    file: { takes: 'FILE', says: 'A backup, instead of the database in the data folder.' },
    from: { takes: 'STORE', says: 'Any store, as migrate-store takes it, instead of the one that the settings name.' },
    data: dataFlag,
  },
  run: async (values, env, say) => {
    const named = storeToVerify(values, env)
    let violations = 0
    const report = (line: string) => {
      violations++
      if (violations <= MAX_SAID) say(line)
    }
    const reader = await openNamedReader(named)
    try {
      reader.faults().forEach(report)
      if (await isUnfinished(reader)) report('A move into this store has not come to its end.')
      const seen = await (named.engine === 'SQLite' ? checkStore(reader, report) : checkLive(reader, report))
      const counted = `${plural(seen.messages, 'message')} in ${plural(seen.rooms, 'room')}, ${plural(seen.events, 'event')} in ${plural(seen.places, 'place')}`
      const found = violations === 0 ? 'all holds' : plural(violations, 'violation')
      say(`${named.name}: ${counted}: ${found}.`)
    } catch (error) {
      if (named.engine !== 'SQLite' && !(error instanceof Failed)) throw unreadable(named, error)
      if (!isDamage(error)) throw error
      say(`${named.name}: it cannot be read any further: ${(error as Error).message}.`)
      violations++
    } finally {
      await reader.close()
    }
    return violations === 0 ? 0 : 1
  },
}

function storeToVerify(values: Values, env: Env): Named {
  const [one, other] = ['file', 'from', 'data'].filter((flag) => values[flag])
  if (one && other) throw new Misused(`--${one} and --${other} mean two different databases.`)
  if (values['from']) return storeNamed(values['from'], env)
  if (!values['file']) return storeMeant(values, env)
  const file = fromHere(values['file'], env)
  return { engine: 'SQLite', file, name: file }
}

/**
 * Checks a store that is read row by row while others write to it. What only seems wrong because it was read at two moments
 * bears other numbers the next time: what is said twice in the same words is wrong.
 */
async function checkLive(store: Reader, report: Report): Promise<Seen> {
  const once = new Set<string>()
  const seen = await checkStore(store, (violation) => once.add(violation))
  if (once.size > 0) await checkStore(store, (violation) => void (once.has(violation) && report(violation)))
  return seen
}

function unreadable({ name }: Named, error: unknown): Failed {
  const why = String((error as Error).message).split('\n')[0]
  return new Failed(`${name}: it cannot be read any further: ${why}`, { cause: error })
}

const isDamage = (error: unknown): boolean => error instanceof Error && 'errcode' in error
