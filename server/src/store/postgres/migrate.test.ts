import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { migrations } from '../migrations/migrations.ts'
import { readAddress } from './address.ts'
import { connectPostgres } from './connect.ts'
import { ask, newBareDatabase, newDatabase, run, testServer } from './kit.ts'
import { LOCK, migratePostgres } from './migrate.ts'
import { indexesOf, stepSql } from './schema.ts'
import { migratedTables } from '../migrations/schema.ts'
import { StoreUnusable } from '../store.ts'
import type { Table } from '../table.ts'

const newest = migrations.at(-1)?.number ?? 0
/** How many databases are migrated at once where it is done again and again. */
const SIDE_BY_SIDE = 4
const closing: (() => Promise<void>)[] = []
after(async () => {
  for (const close of closing) await close()
})

async function bare(): Promise<string> {
  const { url, drop } = await newBareDatabase()
  closing.push(drop)
  return url
}

async function migrate(
  url: string,
  how: { patience?: number; spoil?: (client: pg.Client) => void } = {},
): Promise<void> {
  const address = readAddress(url)
  const client = await connectPostgres(address)
  how.spoil?.(client)
  try {
    await migratePostgres(client, address, how)
  } finally {
    await client.end()
  }
}

type Rows = Record<string, unknown>[]
type Schema = { columns: Rows; constraints: Rows; indexes: Rows; functions: Rows }

/** Everything that makes a schema, as PostgreSQL tells it, in one query. */
async function schemaOf(url: string): Promise<Schema> {
  const parts = {
    columns: `select table_name, column_name, data_type, collation_name, is_nullable, column_default
      from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`,
    constraints: `select conrelid::regclass::text as of, contype as kind, pg_get_constraintdef(oid) as says
      from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2, 3`,
    indexes: `select indexrelid::regclass::text as name, indisvalid as whole, pg_get_indexdef(indexrelid) as says
      from pg_index join pg_class on pg_class.oid = indexrelid where relnamespace = 'public'::regnamespace order by 1`,
    functions: `select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace`,
  }
  const list = Object.entries(parts).map(
    ([name, sql]) => `(select coalesce(json_agg(x), '[]') from (${sql}) x) as ${name}`,
  )
  const [schema] = await ask(url, `select ${list.join(', ')}`)
  return schema as Schema
}

const numbersOf = async (url: string) =>
  (await ask(url, 'select number, name from schema_migrations order by number')).map((row) => [
    row['number'],
    row['name'],
  ])

const made = newDatabase()
const fresh = made.then(({ url }) => url)
after(async () => (await made).drop())

suite('the schema of a new database', () => {
  test('has the columns, keys, unique sets, indexes and references that the migrations say', async () => {
    const url = await fresh
    const { columns, constraints, indexes } = await schemaOf(url)
    const types = { text: ['text', 'C'], json: ['text', 'C'], int: ['bigint', null], bool: ['boolean', null] } as const
    const tables = [...migratedTables().values()]

    assert.deepEqual(
      new Set(columns.map((column) => column['table_name'])),
      new Set([...tables.map(({ name }) => name), 'schema_migrations']),
    )
    for (const table of tables) {
      assert.deepEqual(
        columns
          .filter((column) => column['table_name'] === table.name)
          .map((column) => [
            column['column_name'],
            column['data_type'],
            column['collation_name'],
            column['is_nullable'],
          ]),
        table.columns.map(({ name, type, nullable }) => [name, ...types[type], nullable ? 'YES' : 'NO']),
      )
      const told = constraints.filter((each) => each['of'] === table.name || each['of'] === `"${table.name}"`)
      assert.deepEqual(told.map((each) => String(each['says'])).toSorted(), constraintsOf(table).toSorted())
    }
    const wanted = migrations.flatMap(({ steps }) => steps.flatMap(indexesOf))
    for (const { name, table, columns: names, isCoarse } of wanted) {
      const found = indexes.find((index) => index['name'] === `"${name}"` || index['name'] === name)
      const list = names.map(plain).join(', ')
      assert.equal(found?.['whole'], true, name)
      assert.match(
        String(found['says']),
        new RegExp(`ON public\\.${plain(table)} USING ${isCoarse ? 'brin' : 'btree'} \\(${list}\\)`),
      )
    }
    const keys = tables.flatMap((table) => [table.key, ...table.unique])
    assert.equal(indexes.length, wanted.length + keys.length + 1)
  })

  test('leaves room in the pages of places, and says which migrations made it', async () => {
    const url = await fresh

    const options = await ask(url, `select reloptions from pg_class where relname = 'places'`)

    assert.deepEqual(options, [{ reloptions: ['fillfactor=60'] }])
    assert.deepEqual(
      await numbersOf(url),
      migrations.map(({ number, name }) => [number, name]),
    )
  })

  test('fills the columns that come later', async () => {
    const { columns } = await schemaOf(await fresh)
    const fills = migrations.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.do === 'addColumn' ? [[step.table, step.column.name, step.fill] as const] : [])),
    )

    assert.ok(fills.length > 0)
    for (const [table, name, fill] of fills) {
      const column = columns.find((each) => each['table_name'] === table && each['column_name'] === name)
      const expected = fill === undefined ? null : typeof fill === 'string' ? `'${fill}'::text` : String(fill)
      assert.equal(column?.['column_default'], expected, `${table}.${name}`)
    }
  })

  test('has one function, which ends a transaction with what it is given, and does nothing for nothing', async () => {
    const url = await fresh

    assert.deepEqual(await ask(url, 'select connectly_refuse(null) as nothing'), [{ nothing: 0 }])
    await assert.rejects(ask(url, `select connectly_refuse('3,17')`), {
      code: 'CN001',
      message: 'refused',
      detail: '3,17',
    })
  })
})

const plain = (name: string) => (/^[a-z_]+$/.test(name) ? name : `"${name}"`)

function constraintsOf(table: Table): string[] {
  const list = (names: readonly string[]) => `(${names.map(plain).join(', ')})`
  const refs = Object.entries(table.refs).map(
    ([column, other]) =>
      `FOREIGN KEY ${list([column])} REFERENCES ${plain(other)}${list(migratedTables().get(other)?.key ?? [])}`,
  )
  return [`PRIMARY KEY ${list(table.key)}`, ...table.unique.map((names) => `UNIQUE ${list(names)}`), ...refs]
}

test('migrating again changes nothing', async () => {
  const { url, drop } = await newDatabase()
  closing.push(drop)
  const before = await schemaOf(url)
  const seen: string[] = []

  await migrate(url, { spoil: (client) => listen(client, (sql) => seen.push(sql)) })

  assert.deepEqual(await schemaOf(url), before)
  assert.deepEqual(
    seen.filter((sql) => /^(alter|create (?!table if not exists schema)|drop|insert|begin)/.test(sql)),
    [],
  )
})

test('of several processes that start at once, one migrates and the others wait for it', async () => {
  const url = await bare()

  await Promise.all([migrate(url), migrate(url), migrate(url), migrate(url)])

  assert.deepEqual(await schemaOf(url), await schemaOf(await fresh))
})

test('who waits too long for another process says so', async () => {
  const url = await bare()
  const other = await connectPostgres(readAddress(url))
  await other.query(`select pg_advisory_lock(${LOCK})`)

  await assert.rejects(migrate(url, { patience: 100 }), (error: Error) => {
    assert.ok(error instanceof StoreUnusable)
    assert.match(error.message, /Another process has been changing the schema of test_\w+ at .* Wait for it, or end it/)
    return true
  })

  await other.end()
  await migrate(url)
})

test('a schema of a newer Connectly is refused and left as it is', async () => {
  const { url, drop } = await newDatabase()
  closing.push(drop)
  await run(url, `insert into schema_migrations values (${newest + 1}, 'later', now())`)

  await assert.rejects(migrate(url), (error: Error) => {
    assert.ok(error instanceof StoreUnusable)
    assert.match(error.message, /written by a newer Connectly \(schema \d+, this one knows \d+\)\. Start the newer one/)
    return true
  })
})

for (const table of ['users (id int)', 'schema_migrations (version text)']) {
  test(`a database in which another program has a table ${table} is refused and left as it is`, async () => {
    const url = await bare()
    await run(url, `create table ${table}`)
    const tables = () =>
      ask(
        url,
        `select relname from pg_class where relnamespace = 'public'::regnamespace and relname <> 'schema_migrations' and relkind = 'r'`,
      )
    const before = await tables()

    await assert.rejects(migrate(url), (error: Error) => {
      assert.ok(error instanceof StoreUnusable)
      assert.match(error.message, /holds tables of another program\. Give Connectly a database of its own/)
      return true
    })

    assert.deepEqual(await tables(), before)
  })
}

/** A database as the first migrations left it, with somebody in it. */
async function older(upTo: number, given?: string): Promise<string> {
  const url = given ?? (await bare())
  const made = migrations.filter(({ number }) => number <= upTo)
  await run(
    url,
    'drop schema public cascade',
    'create schema public',
    'create table schema_migrations (number integer primary key, name text not null, at timestamptz not null)',
  )
  for (const { number, name, steps } of made)
    await run(url, ...steps.flatMap(stepSql), `insert into schema_migrations values (${number}, '${name}', now())`)
  if (upTo > 0) await run(url, `insert into places values ('room:a', 1, 1, 1, false)`)
  return url
}

test('rows that were there get what a new column is filled with', async () => {
  const url = await older(1)
  await run(url, `insert into users values ('u', 'ada', 'Ada', 'ada', 'person', 1, null)`)

  await migrate(url)

  const [user] = await ask(url, 'select * from users')
  assert.deepEqual([user?.['about'], user?.['privacy'], user?.['lastSeenAt']], ['', null, null])
  assert.deepEqual((await schemaOf(url)).indexes, (await schemaOf(await fresh)).indexes)
})

suite('a cut at any statement', () => {
  for (const upTo of [0, 1]) {
    test(`[ST17] of migrating from ${upTo} leaves a schema of the migrations, whole or old, and the next start makes it new`, async () => {
      const whole = await schemaOf(await fresh)
      const columnsAt = new Map<number, unknown>()
      for (const number of [0, ...migrations.map((each) => each.number)])
        columnsAt.set(number, (await schemaOf(await older(number))).columns)
      const [seen, healed] = [new Set<number>(), new Set<string>()]
      const tryAt = async (nth: number, url: string): Promise<boolean> => {
        await older(upTo, url)
        if (upTo === 0 && nth % 2 === 0) await run(url, 'drop table schema_migrations')
        const isCut = await cutAt(url, nth)
        const left = await schemaOf(url)
        const numbers = left.columns.length > 0 ? await numbersOf(url) : []
        seen.add(numbers.length)
        if (left.columns.length > 0) assert.deepEqual(left.columns, columnsAt.get(numbers.length), `at ${nth}`)

        // From the same schema the next start does the same.
        const state = JSON.stringify(left)
        if (healed.has(state)) return isCut
        healed.add(state)
        await migrate(url)

        assert.deepEqual(await schemaOf(url), whole, `at ${nth}`)
        return isCut
      }

      const urls = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => bare()))
      let nth = 0
      for (let isCut = true; isCut; nth += SIDE_BY_SIDE)
        isCut = (await Promise.all(urls.map((url, more) => tryAt(nth + more, url)))).every(Boolean)

      assert.ok(nth > 25)
      assert.ok(seen.has(upTo) && seen.has(newest))
    })
  }
})

/** Migrates over a connection that is cut once the n-th statement is sent; false when there were fewer. */
async function cutAt(url: string, nth: number): Promise<boolean> {
  let left = nth
  let isCut = false
  const cut = (client: pg.Client) =>
    listen(client, () => {
      if (left-- !== 0) return
      isCut = true
      setImmediate(() =>
        (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy(),
      )
    })
  await migrate(url, { spoil: cut }).catch(() => assert.ok(isCut))
  const name = readAddress(url).database
  const watcher = await connectPostgres(readAddress(await testServer()))
  const others = () => watcher.query(`select 1 from pg_stat_activity where datname = $1`, [name])
  while (((await others()).rowCount ?? 0) > 0) await pause(2)
  await watcher.end()
  return isCut
}

/** Tells of each statement as it is sent. */
function listen(client: pg.Client, hear: (sql: string) => void): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  client.query = ((...args: unknown[]) => {
    hear(String(args[0]))
    return query(...args)
  }) as typeof client.query
}

suite('an index on a table that is in use', () => {
  test('is built beside the writes of others, and one left half made is made again', async () => {
    const url = await older(2)
    const [reader, writer] = [await connectPostgres(readAddress(url)), await connectPostgres(readAddress(url))]
    await reader.query('begin isolation level repeatable read')
    await reader.query('select count(*) from places')
    const failed = assert.rejects(migrate(url), StoreUnusable)
    const building = `select pid from pg_stat_activity where query like 'create index concurrently%' and wait_event_type = 'Lock' and datname = current_database()`
    let pid: unknown
    while (pid === undefined) pid = (await ask(url, building))[0]?.['pid']

    await writer.query(`insert into places values ('room:b', 1, 1, 1, false)`)
    await run(url, `select pg_terminate_backend(${Number(pid)})`)
    await failed
    const left = (await schemaOf(url)).indexes.filter((index) => index['whole'] === false)
    await reader.query('commit')
    await migrate(url)
    await Promise.all([reader.end(), writer.end()])

    assert.equal(left.length, 1)
    assert.deepEqual((await schemaOf(url)).indexes, (await schemaOf(await fresh)).indexes)
  })
})
