import pg from 'pg'
import { placeOf, type PostgresAddress } from './address.ts'
import { NoPassword, sentenceFor } from './mistakes.ts'

/** How long a server may say nothing before it counts as not there, in ms. */
const CONNECT_LIMIT = 5000
const BIGINT = 20
const INVALID_PARAMETER_VALUE = '22023'

/**
 * What every session is told after connecting; as start-up parameters a pooler in between would refuse them. The first
 * four keep the planner to prepared plans by an index: `unnest` counts as a hundred rows to it, and a lone commit would
 * read the whole of a busy table.
 */
const session: Readonly<Record<string, string>> = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  TimeZone: 'UTC',
  lock_timeout: '5s',
  statement_timeout: '15s',
  idle_in_transaction_session_timeout: '10s',
  application_name: 'connectly',
}
/** So that a statement ends when its client is gone. Not every system can tell. */
const watched = { ...session, client_connection_check_interval: '5s' }

const types: pg.CustomTypesConfig = {
  getTypeParser: (id, format) => (Number(id) === BIGINT ? Number : pg.types.getTypeParser(id, format)),
}

/**
 * Opens one connection and sets its session, in one round trip after connecting. A connection that is lost while idle
 * ends nothing but itself: its next query is rejected. Throws `StoreUnusable` with one line that says what to do, the
 * driver's error as its cause.
 * @param how `pipeline` sends queries without waiting for the answers to those before
 */
export async function connectPostgres(address: PostgresAddress, how: { pipeline?: boolean } = {}): Promise<pg.Client> {
  const { host, port, user, database, ssl } = address
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    ssl,
    types,
    // As a function, so that no environment variable and no password file slips in.
    password: () => address.password ?? noPassword(address),
    pipeline: how.pipeline ?? false,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_LIMIT,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await configure(client)
    return client
  } catch (error) {
    client.end().catch(() => undefined)
    throw sentenceFor(error, address)
  }
}

async function configure(client: pg.Client): Promise<void> {
  try {
    await client.query(settingSql(watched))
  } catch (error) {
    if ((error as { code?: string }).code !== INVALID_PARAMETER_VALUE) throw error
    await client.query(settingSql(session))
  }
}

function settingSql(settings: Readonly<Record<string, string>>): string {
  const calls = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`)
  return `select ${calls.join(', ')}`
}

function noPassword(address: PostgresAddress): never {
  throw new NoPassword(placeOf(address))
}
