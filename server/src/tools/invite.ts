import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { createApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { askControl } from '../control.ts'
import { createLogger } from '../kernel/logger.ts'
import { dataFlag, Failed, type Command } from './command.ts'
import { storeMeant } from './stores.ts'

/** Prints an invitation: asked of the server that runs on this folder, or written into its store. */
export const invite: Command = {
  name: 'invite',
  says: 'Prints a link that lets one person make an account here: good once, for seven days, also where registration is closed.',
  flags: { admin: { says: 'Whoever uses it runs the server, too.' }, data: dataFlag },
  run: async (values, env, say) => {
    const isAdmin = values['admin'] !== undefined
    const named = storeMeant(values, env)
    if (named.engine !== 'SQLite') {
      say(await written(readConfig({ ...env }), isAdmin))
      return 0
    }
    const dataDir = dirname(named.file)
    const answer = await askControl(dataDir, 'invite', { isAdmin })
    if (answer && !answer.ok) throw new Failed(answer.error)
    if (!answer && !existsSync(named.file))
      throw new Failed(`There is no file ${named.file}. Start Connectly once, or name its folder with --data.`)
    say(answer ? String(answer.value) : await written(readConfig({ ...env, DATA_DIR: dataDir }), isAdmin))
    return 0
  },
}

/** Written by a server that does not listen, under the same settings and so with the same key as the one that will. */
async function written(config: Parameters<typeof createApp>[0], isAdmin: boolean): Promise<string> {
  const app = await createApp(config, { logger: createLogger('error') })
  try {
    return await app.invite(isAdmin)
  } finally {
    await app.stop()
  }
}
