import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { settings } from '../config.ts'

/** A command of the operator's: what `--help` says of it, the flags it takes, and what it does. */
export type Command = {
  name: string
  says: string
  flags: Readonly<Record<string, { takes?: string; says: string }>>
  /** Gives the exit code. Throws `Failed` for what an operator can mend. */
  run(values: Values, env: Env, say: (line: string) => void): Promise<number>
}
/** Flags by name: the value, or '' for one that takes none. */
export type Values = Readonly<Record<string, string>>
export type Env = Readonly<Record<string, string | undefined>>

/** It could not be done; the message is one line for whoever asked. */
export class Failed extends Error {}
/** It was asked for wrongly. */
export class Misused extends Error {}

/** Reads the flags of a command. Throws `Misused` with one line for anything it does not know. */
export function readFlags({ name, flags }: Command, args: readonly string[]): Values | 'help' {
  const options = Object.fromEntries(
    Object.entries(flags).map(([flag, { takes }]) => [flag, { type: takes ? 'string' : 'boolean' } as const]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const values: Record<string, string> = {}
  const help = `npm run ${name} -- --help tells what there is`
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') throw new Misused(`"${token.value}" stands alone. Flags go behind --: ${help}.`)
    if (token.name === 'help') return 'help'
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (!flag) throw new Misused(`There is no flag ${token.rawName}: ${help}.`)
    if (flag.takes && (!token.value || (!token.inlineValue && token.value.startsWith('--'))))
      throw new Misused(`${token.rawName} needs a ${flag.takes}: ${help}.`)
    if (!flag.takes && token.value !== undefined) throw new Misused(`${token.rawName} takes nothing: ${help}.`)
    values[token.name] = token.value ?? ''
  }
  return values
}

/** What `--help` prints. */
export function helpOf({ name, says, flags }: Command): string {
  const lines = [...Object.entries(flags), ['help', { says: 'This text.' }] as const].map(([flag, { says, ...rest }]) =>
    [`  --${flag}${'takes' in rest ? ` ${rest.takes}` : ''}`.padEnd(16), says].join(' '),
  )
  return `npm run ${name} [-- FLAGS]\n\n${says}\n\n${lines.join('\n')}\n`
}

/** The flag that every command takes. */
export const dataFlag = {
  takes: 'DIR',
  says: 'The data folder, also where DATABASE_URL or MONGODB_URI is set; without it DATA_DIR, or ./data.',
}

/** The data folder that is meant. */
export function dataDirOf(values: Values, env: Env): string {
  return values['data']
    ? fromHere(values['data'], env)
    : resolve(env['DATA_DIR']?.trim() || (settings.DATA_DIR.default ?? ''))
}

/** A path as whoever typed it meant it: npm runs a command from the repository's root, wherever it was typed. */
export function fromHere(path: string, env: Env): string {
  return resolve(env['INIT_CWD'] ?? '.', path)
}

/** The name of the database in a data folder. */
export const databaseIn = (dataDir: string): string => resolve(dataDir, 'connectly.db')

/** A moment as it stands in a file's name: `20260131-235959`, UTC. */
export function stampOf(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}

export const plural = (n: number, one: string, more = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : more}`
