import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { readAddress } from './address.ts'
import { connectPostgres } from './connect.ts'
import { inspectServer } from './inspect.ts'
import { ask, newBareDatabase, newDatabase, run, startPostgres, testServer, withDatabase } from './kit.ts'
import { migratePostgres } from './migrate.ts'
import type { TestPostgres } from './server.ts'
import { StoreUnusable } from '../store.ts'

const closing: (() => Promise<void>)[] = []
after(async () => {
  for (const close of closing) await close()
})

async function inspect(url: string): Promise<void> {
  const address = readAddress(url)
  const client = await connectPostgres(address)
  try {
    await inspectServer(client, address)
  } finally {
    await client.end()
  }
}

const refused = (url: string, says: RegExp) =>
  assert.rejects(inspect(url), (error: Error) => {
    assert.ok(error instanceof StoreUnusable)
    assert.match(error.message, says)
    assert.match(error.message, /^[^\n]+\.$/)
    return true
  })

/** An empty database of one test, with the server's own address. */
async function bare(options?: string): Promise<{ url: string; name: string }> {
  const { url, drop } = await newBareDatabase(options)
  closing.push(drop)
  return { url, name: /\/(test_\w+)/.exec(url)?.[1] ?? assert.fail(url) }
}

/** A user of one test who may not do everything. */
async function newUser(url: string): Promise<{ user: string; as: string }> {
  const user = `user_${Math.random().toString(36).slice(2)}`
  const server = await testServer()
  await run(server, `create role ${user} login`)
  closing.push(() => run(server, `drop role ${user}`))
  return { user, as: url.replace('postgres@', `${user}@`) }
}

test('a server as it comes is fine, empty or in use', async () => {
  const { url, drop } = await newDatabase()
  closing.push(drop)

  await inspect((await bare()).url)
  await inspect(url)
})

suite('a server that would lose what it acknowledged', () => {
  for (const setting of ['fsync', 'full_page_writes']) {
    test(`${setting} = off is refused`, async () => {
      const server = await startPostgres({ fsync: true, settings: { [setting]: 'off' } })
      closing.push(server.stop)

      await refused(server.url, new RegExp(`would lose acknowledged messages: ${setting} = off\\. Switch`))
    })
  }

  for (const level of ['off', 'local']) {
    test(`synchronous_commit = ${level} is refused, even of a throwaway, whether the server, the database or the user has it`, async () => {
      const [one, two] = [await bare(), await bare()]
      const { user, as } = await newUser(two.url)
      await run(one.url, `alter database ${one.name} set synchronous_commit = ${level}`)
      await run(two.url, `alter role ${user} set synchronous_commit = ${level}`)

      for (const url of [one.url, as]) await refused(url, new RegExp(`synchronous_commit = ${level}\\. Switch`))
    })
  }

  test('one with all its flushes is fine, and so is a throwaway that says so of itself', async () => {
    const server = await startPostgres({ fsync: true })
    closing.push(server.stop)

    const seen = await ask(
      server.url,
      `select current_setting('fsync') as fsync, current_setting('connectly.throwaway', true) as lax`,
    )

    assert.deepEqual(seen, [{ fsync: 'on', lax: null }])
    await inspect(server.url)
  })
})

suite('a server that only reads', () => {
  let standby: TestPostgres
  before(async () => {
    standby = await startPostgres({ standby: true })
    closing.push(standby.stop)
  })

  test('a standby is refused until it is the primary', async () => {
    await refused(standby.url, /only reads: it is a standby.*Name the primary/)

    await run(standby.url, 'select pg_promote()')

    await inspect(standby.url)
  })

  test('a database whose transactions are set to read only is refused', async () => {
    const { url, name } = await bare()
    await run(url, `alter database ${name} set default_transaction_read_only = on`)

    await refused(url, /only reads: .* set to read only/)
  })
})

test('a database in another encoding is refused', async () => {
  const { url } = await bare(`encoding 'SQL_ASCII' locale_provider libc locale 'C'`)

  await refused(url, /keeps text as SQL_ASCII\. Make one with/)
})

test('strings in the old way are refused', async () => {
  const { url, name } = await bare()
  await run(url, `alter database ${name} set standard_conforming_strings = off`)

  await refused(url, /standard_conforming_strings off/)
})

test('an old server is refused', async () => {
  const { url, name } = await bare()
  await run(
    url,
    'create schema old',
    `create function old.current_setting(name text) returns text language sql as
     $$select case name when 'server_version_num' then '140019' when 'server_version' then '14.19' else pg_catalog.current_setting(name) end$$`,
    `alter database ${name} set search_path = old, pg_catalog`,
  )

  await refused(url, /is version 14\.19, which is too old\. Use 15 or newer/)
})

test('a server with too few connections is refused', async () => {
  const server = await startPostgres({ settings: { max_connections: '10' } })
  closing.push(server.stop)

  await refused(server.url, /has 7 connections left of 7, and each process takes up to 8\. Raise max_connections/)
})

suite('rights', () => {
  test('a user who may not make tables is refused, and the owner is not', async () => {
    const { url, name } = await bare()
    const { user, as } = await newUser(url)

    await refused(as, new RegExp(`user ${user} may not create tables in the database ${name}`))

    await run(url, `alter database ${name} owner to ${user}`)
    await inspect(as)
  })

  test('a user who may not read the tables that are there is refused', async () => {
    const { url, name } = await bare()
    const { user, as } = await newUser(url)
    const address = readAddress(url)
    const client = await connectPostgres(address)
    await migratePostgres(client, address)
    await client.end()
    await run(withDatabase(url, name), `grant create on schema public to ${user}`)

    await refused(as, new RegExp(`user ${user} may not read and write Connectly's tables`))

    await run(url, `grant all on all tables in schema public to ${user}`)
    await inspect(as)
  })
})
