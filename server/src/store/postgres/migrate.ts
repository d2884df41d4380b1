import type pg from 'pg'
import { migrations } from '../migrations/migrations.ts'
import type { Migration } from '../migrations/portable.ts'
import { placeOf, type PostgresAddress } from './address.ts'
import { ensureIndexes } from './indexes.ts'
import { sentenceFor } from './mistakes.ts'
import { REFUSE, refuseSql, stepSql } from './schema.ts'
import { StoreUnusable } from '../store.ts'

/** Whoever changes the schema of a database holds this advisory lock: the letters "connec" as a number. */
export const LOCK = 0x636f6e6e6563
/** How often a table that somebody else holds is asked for, at five seconds each. */
const LOCK_TRIES = 12

/**
 * Brings a database to the newest schema. Each migration is one transaction with its row in `schema_migrations`; its
 * indexes on tables that were there follow outside of it, and are made up for at the next start if that was cut off. A
 * second process waits until the first is done. Throws `StoreUnusable` with one line otherwise.
 * @param client a session of its own: not pipelined, and closed by the caller
 * @param how `patience` is how long another process may take, in ms
 */
export async function migratePostgres(
  client: pg.Client,
  address: PostgresAddress,
  how: { patience?: number } = {},
): Promise<void> {
  try {
    await takeLock(client, address, how.patience ?? 600_000)
    try {
      await client.query(`select set_config('statement_timeout', '0', false)`)
      const made = await migrate(client, address)
      await ensureIndexes(client, made)
    } finally {
      // A connection that is lost has lost its lock with it.
      await client.query(`select pg_advisory_unlock(${LOCK})`).catch(() => undefined)
    }
  } catch (error) {
    throw foreign(error, address) ?? sentenceFor(error, address)
  }
}

/** By asking again and again: a session that waits for it in a statement would keep an index from being finished. */
async function takeLock(client: pg.Client, address: PostgresAddress, patience: number): Promise<void> {
  for (const until = Date.now() + patience; ; await new Promise((done) => setTimeout(done, 50))) {
    const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${LOCK}) as mine`)
    if (rows[0]?.mine) return
    if (Date.now() > until)
      throw new StoreUnusable(
        `Another process has been changing the schema of ${address.database} at ${placeOf(address)} for ${Math.round(patience / 1000)} seconds. Wait for it, or end it, then start again.`,
      )
  }
}

/** Runs what is missing; gives the tables it made, which nobody else uses yet. */
async function migrate(client: pg.Client, address: PostgresAddress): Promise<Set<string>> {
  await client.query(
    'create table if not exists schema_migrations (number integer primary key, name text not null, at timestamptz not null)',
  )
  const { rows } = await client.query<{ number: number }>(
    'select coalesce(max(number), 0) as number from schema_migrations',
  )
  const present = rows[0]?.number ?? 0
  const newest = migrations.at(-1)?.number ?? 0
  if (present > newest)
    throw new StoreUnusable(
      `The database ${address.database} at ${placeOf(address)} was written by a newer Connectly (schema ${present}, this one knows ${newest}). Start the newer one, or restore a backup made before it.`,
    )

  const missing = migrations.filter(({ number }) => number > present)
  for (const migration of missing) await apply(client, migration)
  const refuse = await client.query(
    'select 1 from pg_proc where proname = $1 and prosrc = $2 and pronamespace = current_schema()::regnamespace',
    [REFUSE.name, REFUSE.body],
  )
  if (refuse.rowCount === 0) await client.query(refuseSql)
  return new Set(
    missing.flatMap(({ steps }) => steps.flatMap((step) => (step.do === 'addTable' ? [step.table.name] : []))),
  )
}

/** One migration and its row, or nothing. A table that is held by others is let go of and asked for again. */
async function apply(client: pg.Client, { number, name, steps }: Migration): Promise<void> {
  for (let left = LOCK_TRIES; ; left--) {
    try {
      await client.query('begin')
      for (const sql of steps.flatMap(stepSql)) await client.query(sql)
      await client.query('insert into schema_migrations values ($1, $2, now())', [number, name])
      await client.query('commit')
      return
    } catch (error) {
      await client.query('rollback').catch(() => undefined)
      const isHeld = ['55P03', '40P01'].includes((error as { code?: string }).code ?? '')
      if (!isHeld || left === 0) throw error
    }
  }
}

/** A table of ours that is there without our row, or one of this name with other columns, belongs to another program. */
function foreign(error: unknown, address: PostgresAddress): StoreUnusable | undefined {
  const { code } = error as { code?: string }
  if (code !== '42P07' && code !== '42703') return undefined
  return new StoreUnusable(
    `The database ${address.database} at ${placeOf(address)} holds tables of another program. Give Connectly a database of its own and name it in DATABASE_URL.`,
    { cause: error },
  )
}
