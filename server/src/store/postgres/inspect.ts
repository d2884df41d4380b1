import type pg from 'pg'
import { migrations } from '../migrations/migrations.ts'
import { placeOf, type PostgresAddress } from './address.ts'
import { sentenceFor } from './mistakes.ts'
import { StoreUnusable } from '../store.ts'

/** The oldest server that the tests run on: 15. */
const OLDEST = 150_000
/** What one process holds at most: writers, readers, the migration's session, one that listens. */
const NEEDED = 8

type Found = {
  version: number
  versionName: string
  encoding: string
  strings: string
  fsync: string
  fullPages: string
  commits: string
  standby: boolean
  readOnly: string
  allowed: number
  used: number
  schema: string | null
  mayCreate: boolean
  mayUse: boolean
  throwaway: boolean
}

const question = `select
  current_setting('server_version_num')::int as "version",
  current_setting('server_version') as "versionName",
  current_setting('server_encoding') as "encoding",
  current_setting('standard_conforming_strings') as "strings",
  current_setting('fsync') as "fsync",
  current_setting('full_page_writes') as "fullPages",
  current_setting('synchronous_commit') as "commits",
  pg_is_in_recovery() as "standby",
  current_setting('transaction_read_only') as "readOnly",
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0) as "allowed",
  (select count(*)::int from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()) as "used",
  current_schema()::text as "schema",
  coalesce(has_schema_privilege(current_schema(), 'usage') and has_schema_privilege(current_schema(), 'create'), false)
    as "mayCreate",
  coalesce((select bool_and(has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
      and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))
    from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname = any($1)), true)
    as "mayUse",
  coalesce(current_setting('connectly.throwaway', true), '') = 'on' as "throwaway"`

/**
 * Looks whether the server keeps what it acknowledges and lets us work; else throws `StoreUnusable` with one line that
 * says what to do. A server that calls itself a throwaway (`-c connectly.throwaway=on`, as the test kit's does) may leave
 * out its flushes: it says of itself that nothing in it is to be kept.
 */
export async function inspectServer(client: pg.Client, address: PostgresAddress): Promise<void> {
  const tables = migrations.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.do === 'addTable' ? [step.table.name] : [])),
  )
  try {
    const { rows } = await client.query<Found>(question, [tables])
    const wrong = complaint(rows[0] as Found, address)
    if (wrong) throw new StoreUnusable(`${wrong}.`)
  } catch (error) {
    throw sentenceFor(error, address)
  }
}

function complaint(found: Found, address: PostgresAddress): string | undefined {
  const server = `PostgreSQL at ${placeOf(address)}`
  const { user, database } = address
  if (found.version < OLDEST) return `${server} is version ${found.versionName}, which is too old. Use 15 or newer`
  if (found.standby || found.readOnly === 'on')
    return `${server} only reads: it is a standby, or its transactions are set to read only. Name the primary in DATABASE_URL`
  if (found.encoding !== 'UTF8')
    return `The database ${database} keeps text as ${found.encoding}. Make one with: create database … encoding 'UTF8' template template0`
  if (found.strings !== 'on')
    return `${server} has standard_conforming_strings off. Switch it on, for the server, the database and the user ${user}`
  const lax = [
    found.fsync === 'off' && 'fsync = off',
    found.fullPages === 'off' && 'full_page_writes = off',
    ['off', 'local'].includes(found.commits) && `synchronous_commit = ${found.commits}`,
  ].filter((each) => each !== false)
  if (lax.length > 0 && !(found.throwaway && found.commits === 'on'))
    return `${server} would lose acknowledged messages: ${lax.join(', ')}. Switch that on, for the server, the database and the user ${user}`
  const free = found.allowed - found.used
  if (free < NEEDED)
    return `${server} has ${Math.max(free, 0)} connections left of ${found.allowed}, and each process takes up to ${NEEDED}. Raise max_connections`
  if (found.schema === null || !found.mayCreate)
    return `The user ${user} may not create tables in the database ${database} at ${placeOf(address)}. Make it the owner: alter database … owner to …`
  if (!found.mayUse)
    return `The user ${user} may not read and write Connectly's tables in ${database} at ${placeOf(address)}. Make it their owner`
  return undefined
}
