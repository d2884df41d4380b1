import { existsSync } from 'node:fs'
import { openReader } from '../store/sqlite-read.ts'
import { checkStore } from './check-store.ts'
import { databaseIn, dataDirOf, dataFlag, Failed, fromHere, Misused, plural, type Command } from './command.ts'

/** The most violations that are printed; all are counted. */
const MAX_SAID = 200

/** Reads a whole database and says what does not hold. It writes nothing, and minds no server beside it. */
export const verify: Command = {
  name: 'verify',
  says: 'Recomputes every checksum and checks every number and count. It only reads, also beside a running server.',
  flags: { file: { takes: 'FILE', says: 'A backup, instead of the database in the data folder.' }, data: dataFlag },
  run: async (values, env, say) => {
    if (values['file'] && values['data']) throw new Misused('--file and --data mean two different databases.')
    const file = values['file'] ? fromHere(values['file'], env) : databaseIn(dataDirOf(values, env))
    if (!existsSync(file)) throw new Failed(`There is no file ${file}.`)

    let violations = 0
    const report = (line: string) => {
      violations++
      if (violations <= MAX_SAID) say(line)
    }
    const reader = openReader(file)
    try {
      reader.faults().forEach(report)
      const seen = await checkStore(reader, report)
      const counted = `${plural(seen.messages, 'message')} in ${plural(seen.rooms, 'room')}, ${plural(seen.events, 'event')} in ${plural(seen.places, 'place')}`
      say(
        violations === 0
          ? `${file}: ${counted}: all holds.`
          : `${file}: ${counted}: ${plural(violations, 'violation')}.`,
      )
    } catch (error) {
      if (!isDamage(error)) throw error
      say(`${file}: it cannot be read any further: ${(error as Error).message}.`)
      violations++
    } finally {
      reader.close()
    }
    return violations === 0 ? 0 : 1
  },
}

const isDamage = (error: unknown): boolean => error instanceof Error && 'errcode' in error
