import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { openAnyway } from '../store/open.ts'
import { openReader } from '../store/sqlite/read.ts'
import { openSqlite } from '../store/sqlite/sqlite.ts'
import type { Reader, Store } from '../store/store.ts'
import { databaseIn, dataDirOf, Failed, fromHere, Misused, type Env, type Values } from './command.ts'

/* The store that an operator means, on any engine. An address may hold a password: it is never printed. */

/** A store by its engine and address; `name` is what may be shown of it. */
export type Named = OnFile | Shared
type OnFile = { engine: 'SQLite'; name: string; file: string }
export type Shared = {
  engine: 'PostgreSQL' | 'MongoDB'
  name: string
  setting: 'DATABASE_URL' | 'MONGODB_URI'
  address: string
}
/** A store to read, with what its engine finds wrong with its own bytes. */
export type OpenedReader = Reader & { faults(): string[]; close(): void | Promise<void> }

const SHARED = [
  ['DATABASE_URL', 'PostgreSQL', /^postgres(ql)?:\/\//i],
  ['MONGODB_URI', 'MongoDB', /^mongodb(\+srv)?:\/\//i],
] as const

/**
 * A store as it was typed: an address, a data folder, a database file, or the name of a variable that holds one of these,
 * since what is typed stays in the shell's history and npm prints it.
 */
export function storeNamed(said: string, env: Env): Named {
  const held = /^[A-Z][A-Z0-9_]*$/.test(said) ? env[said]?.trim() : undefined
  const isOther = (scheme: RegExp) => held !== undefined && !scheme.test(held)
  for (const [setting, engine, scheme] of SHARED) {
    if (said === setting && !held) throw new Misused(`${setting} is not set.`)
    if (said === setting && isOther(scheme))
      throw new Misused(`${setting} does not hold the address of a ${engine} database.`)
    if (scheme.test(said)) return { engine, setting, address: said, name: shown(engine, said) }
  }
  if (held) return storeNamed(held, {})
  // An address that is mistyped must not become the name of a folder.
  if (/^[a-z][a-z0-9+]+:/i.test(said))
    throw new Misused(
      'A store is a data folder, a database file, postgres://…, mongodb://…, or a variable that holds one.',
    )
  const path = fromHere(said, env)
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? path.endsWith('.db')
  const file = isFile ? path : databaseIn(path)
  return { engine: 'SQLite', file, name: file }
}

/** The store that the flags name, else the one that the settings name: what a server would open. */
export function storeMeant(values: Values, env: Env): Named {
  const set = SHARED.map(([setting]) => setting).filter((setting) => env[setting]?.trim())
  if (values['data'] === undefined && set.length > 1)
    throw new Misused(`${set.join(' and ')} are both set; everything is kept in one of them. Unset the other.`)
  const [setting] = set
  if (values['data'] === undefined && setting) return storeNamed(setting, env)
  const file = databaseIn(dataDirOf(values, env))
  return { engine: 'SQLite', file, name: file }
}

/** Opens a store to write to it, made and migrated if it is new; also one that another is being moved into. */
export async function openNamed(named: Named): Promise<Store> {
  return named.engine === 'SQLite' ? openSqlite(named.file) : openAnyway(settingsOf(named))
}

/** Opens a store to read it. A file is read as it was at that moment, and nothing is written to it. */
export async function openNamedReader(named: Named): Promise<OpenedReader> {
  if (named.engine !== 'SQLite') return { ...(await openAnyway(settingsOf(named))), faults: () => [] }
  if (!existsSync(named.file)) throw new Failed(`There is no file ${named.file}.`)
  return openReader(named.file)
}

/** The settings under which a server opens this store. */
export function settingsOf(named: Named): { dataDir: string; databaseUrl: string | null; mongodbUri: string | null } {
  const isAt = (engine: Named['engine']) => ('address' in named && named.engine === engine ? named.address : null)
  const dataDir = named.engine === 'SQLite' ? dirname(named.file) : ''
  return { dataDir, databaseUrl: isAt('PostgreSQL'), mongodbUri: isAt('MongoDB') }
}

/** Who a shared database is, without who asks: everything up to the last @, and all options, may hold a secret. */
function shown(engine: string, address: string): string {
  const behind = address.slice(Math.max(address.lastIndexOf('@') + 1, address.indexOf('://') + 3))
  return `${engine} at ${behind.split('?')[0]}`
}
