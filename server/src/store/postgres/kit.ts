import { createHash, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { migrations } from '../migrations/migrations.ts'
import { readAddress } from './address.ts'
import { connectPostgres } from './connect.ts'
import { migratePostgres } from './migrate.ts'
import { refuseSql, stepSql } from './schema.ts'
import { startPostgres } from './server.ts'

/*
 * PostgreSQL for tests: one server a run, named in TEST_POSTGRES, or one for this process; a database for whoever asks,
 * copied from one that is migrated already.
 */

export { startPostgres, type TestPostgres } from './server.ts'

/** A database with the newest schema and nothing in it. `drop` ends whoever is still connected. */
export type TestDatabase = { url: string; drop: () => Promise<void> }

let admin: Promise<string> | undefined
let template: Promise<string> | undefined

/** The server that this process's tests share: an address of `postgres`, or of whoever may make databases there. */
export function testServer(): Promise<string> {
  const given = process.env['TEST_POSTGRES']
  return (admin ??= given ? Promise.resolve(given) : startPostgres().then((server) => server.url))
}

export async function newDatabase(): Promise<TestDatabase> {
  const server = await testServer()
  const from = await (template ??= makeTemplate(server))
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await run(server, `create database ${name} template ${from}`)
  return { url: withDatabase(server, name), drop: () => run(server, `drop database if exists ${name} with (force)`) }
}

/** An empty database, without a schema. */
export async function newBareDatabase(options = ''): Promise<TestDatabase> {
  const server = await testServer()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await run(server, `create database ${name} template template0 ${options}`)
  return { url: withDatabase(server, name), drop: () => run(server, `drop database if exists ${name} with (force)`) }
}

/** Runs statements of one connection, one after another; gives the rows of the last. */
export async function run(url: string, ...statements: string[]): Promise<void> {
  await ask(url, ...statements)
}

/** The same, and gives the rows of the last. */
export async function ask(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = await connectPostgres(readAddress(url))
  try {
    await client.query(`select set_config('statement_timeout', '60s', false)`)
    let rows: Record<string, unknown>[] = []
    for (const sql of statements) rows = (await client.query<Record<string, unknown>>(sql)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** The same server, another database. */
export const withDatabase = (url: string, name: string): string =>
  url.replace(/^(\w+:\/\/[^/?#]*)(?:\/[^?#]*)?/, (_, before: string) => `${before}/${name}`)

/** Made once for each set of migrations, however many processes ask at once; it counts as whole when it is marked. */
async function makeTemplate(server: string): Promise<string> {
  const text = JSON.stringify([
    migrations.flatMap(({ steps }) => steps.map((step) => [step, stepSql(step)])),
    refuseSql,
  ])
  const name = `template_${createHash('sha256').update(text).digest('hex').slice(0, 20)}`
  const client = await connectPostgres(readAddress(server))
  try {
    await client.query(`select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)`)
    await client.query('select pg_advisory_lock(1)')
    const { rows } = await client.query<{ whole: boolean }>(
      'select datistemplate as whole from pg_database where datname = $1',
      [name],
    )
    if (rows[0]?.whole) return name
    if (rows.length === 0) await client.query(`create database ${name} template template0 encoding 'UTF8'`)
    await migrated(withDatabase(server, name))
    await client.query(`alter database ${name} is_template true`)
    return name
  } finally {
    await client.end()
  }
}

async function migrated(url: string): Promise<void> {
  const address = readAddress(url)
  const client = await connectPostgres(address)
  try {
    await migratePostgres(client, address)
  } finally {
    await client.end()
  }
}

/** `node kit.ts --serve`: starts a server, says its address, and ends with its standard input. */
async function serve(): Promise<void> {
  const server = await startPostgres()
  process.env['TEST_POSTGRES'] = server.url
  await newDatabase().then(({ drop }) => drop())
  process.stdout.write(`${server.url}\n`)
  process.stdin.resume()
  process.stdin.once('end', () => void server.stop().then(() => process.exit(0)))
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] === '--serve') await serve()
