import { existsSync } from 'node:fs'
import { newId } from '../kernel/ids.ts'
import { putInPlace } from '../store/sqlite-copy.ts'
import { eraseAgain, erasedIn } from './erasures.ts'
import { databaseIn, dataDirOf, dataFlag, Failed, fromHere, Misused, plural, stampOf, type Command } from './command.ts'

/** Puts a backup in the place of the database, under a new epoch: every client then starts from what it holds. */
export const restore: Command = {
  name: 'restore',
  says: 'Puts a backup in the place of the database of a stopped Connectly. What was there is set aside, not deleted. What was deleted for everyone since the backup stays deleted.',
  flags: {
    from: { takes: 'FILE', says: 'The backup.' },
    force: { says: 'Also when there is a database already; it is set aside.' },
    data: dataFlag,
  },
  run: async (values, env, say) => {
    if (!values['from']) throw new Misused('restore needs --from FILE: npm run restore -- --help tells more.')
    const from = fromHere(values['from'], env)
    const file = databaseIn(dataDirOf(values, env))
    const stamp = stampOf(new Date())
    if (!existsSync(from)) throw new Failed(`There is no file ${from}.`)
    if (existsSync(file) && values['force'] === undefined)
      throw new Failed(
        `${file} is there already. With --force it is set aside as ${file}.before-${stamp}, and the backup takes its place.`,
      )

    let again = 0
    const prepare = async (copy: string) => void (again = await eraseAgain(copy, await erasedIn(file)))
    const { messages, aside } = await putInPlace(file, from, { epoch: newId(), stamp, prepare })
    if (aside) say(`What was there is now ${aside}.`)
    if (again > 0) say(`${plural(again, 'message')} deleted for everyone since the backup: deleted again.`)
    say(`${file}: ${plural(messages, 'message')}, restored from ${from}. Start Connectly; every client starts afresh.`)
    return 0
  },
}
