import type pg from 'pg'
import { migrations } from '../migrations/migrations.ts'
import { indexesOf, indexSql, quote, type Index } from './schema.ts'

/**
 * Makes every index that the migrations name and that is not there, or was left half made by a start that was cut off.
 * On a table that others use it is built beside their writes, which no transaction may hold; on one of `fresh` at once.
 */
export async function ensureIndexes(client: pg.Client, fresh: ReadonlySet<string>): Promise<void> {
  const found = await indexesThere(client)
  const wanted = migrations.flatMap(({ steps }) => steps.flatMap(indexesOf))
  for (const index of wanted) {
    const isWhole = found.get(index.name)
    if (isWhole) continue
    if (isWhole === false) await client.query(`drop index concurrently ${quote(index.name)}`)
    await make(client, index, fresh.has(index.table) ? '' : 'concurrently')
  }
}

/** Names of indexes, and whether each is whole. */
async function indexesThere(client: pg.Client): Promise<Map<string, boolean>> {
  const { rows } = await client.query<{ name: string; whole: boolean }>(
    `select relname as name, indisvalid and indisready as whole from pg_index join pg_class on pg_class.oid = indexrelid
     where relnamespace = current_schema()::regnamespace`,
  )
  return new Map(rows.map(({ name, whole }) => [name, whole]))
}

/** Beside the writes of others it waits for their transactions, so no lock limit may end it. */
async function make(client: pg.Client, index: Index, how: '' | 'concurrently'): Promise<void> {
  await client.query(`select set_config('lock_timeout', '0', false)`)
  try {
    await client.query(indexSql(index, how))
  } finally {
    await client.query(`select set_config('lock_timeout', '5s', false)`)
  }
}
