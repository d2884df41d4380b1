import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import pg from 'pg'
import { selfSigned } from '../certificate-kit.ts'
import { readAddress } from './address.ts'
import { connectPostgres } from './connect.ts'
import { run, startPostgres, testServer, type TestPostgres } from './kit.ts'
import { StoreUnusable } from '../store.ts'

const dir = mkdtempSync(join(tmpdir(), 'connectly-connect-'))
const closing: (() => unknown)[] = [() => rmSync(dir, { recursive: true })]
after(async () => {
  for (const close of closing) await close()
})

/** Connecting fails with one line that says this, and never the password. */
async function failsWith(url: string, says: RegExp): Promise<void> {
  const error = await connectPostgres(readAddress(url)).then(
    async (client) => client.end().then(() => assert.fail('it connected')),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreUnusable, String(error))
  assert.match(error.message, says)
  assert.match(error.message, /^[^\n]+[^.?][.?]$/)
  assert.doesNotMatch(error.message, /hush/)
}

test('a session is set as the store needs it, and a bigint comes as a number', async () => {
  const client = await connectPostgres(readAddress(await testServer()))

  const { rows } = await client.query(`select 9007199254740991::bigint as big, 1::int as small,
    current_setting('plan_cache_mode') as plans, current_setting('enable_seqscan') as scans,
    current_setting('enable_hashjoin') as hashes, current_setting('enable_mergejoin') as merges,
    current_setting('TimeZone') as zone, current_setting('lock_timeout') as locks,
    current_setting('statement_timeout') as statements, current_setting('application_name') as name,
    current_setting('idle_in_transaction_session_timeout') as idle,
    current_setting('client_connection_check_interval') as watch`)
  await client.end()

  assert.deepEqual(rows, [
    {
      big: 9007199254740991,
      small: 1,
      plans: 'force_generic_plan',
      scans: 'off',
      hashes: 'off',
      merges: 'off',
      zone: 'UTC',
      locks: '5s',
      statements: '15s',
      name: 'connectly',
      idle: '10s',
      watch: process.platform === 'linux' || process.platform === 'darwin' ? '5s' : '0',
    },
  ])
})

test('other clients of the driver keep their numbers as they were', () => {
  assert.equal(pg.types.getTypeParser(20)('7'), '7')
})

test('a connection that is lost while idle ends nothing but itself', async () => {
  const url = await testServer()
  const client = await connectPostgres(readAddress(url))
  const ended = new Promise((done) => client.once('end', () => done(undefined)))
  const { rows } = await client.query('select pg_backend_pid() as pid')

  await run(url, `select pg_terminate_backend(${rows[0].pid})`)
  await ended

  await assert.rejects(client.query('select 1'))
})

suite('a server that is not there', () => {
  test('nothing listens', async () => {
    const { port } = await listening(createServer())
    await closing.pop()?.()

    await failsWith(`postgres://ada:hush@127.0.0.1:${port}/chat`, /Nothing listens at 127\.0\.0\.1:\d+\. Start/)
  })

  test('its socket is missing', async () => {
    await failsWith(`postgres://ada:hush@/chat?host=${dir}`, /^The socket \S+PGSQL\.5432 is not there\. Start/)
  })

  test('its host is unknown', async () => {
    await failsWith('postgres://ada:hush@nothing.invalid/chat?sslmode=disable', /host of nothing\.invalid:5432/)
  })

  test('it says nothing', async () => {
    const { port } = await listening(createServer(() => undefined))

    await failsWith(`postgres://ada:hush@127.0.0.1:${port}/chat`, /127\.0\.0\.1:\d+ does not answer\. Is the server on/)
  })

  test('it is something else', async () => {
    const { port } = await listening(createHttp())

    for (const mode of ['disable', 'no-verify'])
      await failsWith(
        `postgres://ada:hush@127.0.0.1:${port}/chat?sslmode=${mode}`,
        /Is it PostgreSQL that DATABASE_URL names/,
      )
  })
})

suite('a server that lets nobody in without a password', () => {
  let server: TestPostgres
  const at = (who: string, database = 'chat') =>
    server.url.replace('postgres@', `${who}@`).replace('/postgres?', `/${database}?`)
  before(async () => {
    const rules =
      'local all postgres trust\nlocal all nobody_here trust\nlocal chat ada,grace,sleeper scram-sha-256\nlocal missing ada scram-sha-256\n'
    server = await startPostgres({ prepare: (data) => writeFileSync(join(data, 'pg_hba.conf'), rules) })
    closing.push(server.stop)
    await run(server.url, `create role ada login password 'hush'`, `create role grace login password 'hush'`)
    await run(server.url, `create role sleeper nologin password 'hush'`, 'create database chat')
    await run(server.url, 'revoke connect on database chat from public', 'grant connect on database chat to ada')
  })

  test('the right password opens it', async () => {
    const client = await connectPostgres(readAddress(at('ada:hush')))

    await client.end()
  })

  const mistakes: [what: string, url: () => string, says: RegExp][] = [
    ['a wrong password', () => at('ada:hushhush'), /refuses the password of the user ada/],
    ['no password', () => at('ada'), /asks for a password, and DATABASE_URL has none/],
    ['an unknown user', () => at('nobody_here:hush'), /has no user nobody_here who may log in/],
    ['a user who may not log in', () => at('sleeper:hush'), /has no user sleeper who may log in/],
    ['no rule for the user', () => at('bob:hush'), /lets the user bob into chat in no way from here.*pg_hba\.conf/],
    ['a missing database', () => at('ada:hush', 'missing'), /has no database missing\. Make it/],
    ['no right to connect', () => at('grace:hush'), /user grace may not connect to the database chat/],
  ]
  for (const [what, url, says] of mistakes) test(what, async () => failsWith(url(), says))

  test('no password of the environment slips in', async () => {
    process.env['PGPASSWORD'] = 'hush'
    after(() => delete process.env['PGPASSWORD'])

    await failsWith(at('ada'), /DATABASE_URL has none/)
  })

  test('no connection left', async () => {
    await run(server.url, 'alter role ada connection limit 0')

    await failsWith(at('ada:hush'), /has no connection left/)
  })
})

suite('encryption', () => {
  test('a server without TLS', async () => {
    const server = await startPostgres({ port: true })
    closing.push(server.stop)

    await failsWith(`${server.url}?sslmode=verify-full`, /has no TLS\. Switch it on there, or/)
  })

  test('a certificate that is not known, and then is', async () => {
    const { url, file } = await withTls('good', selfSigned([{ dns: 'localhost' }, { ip: '127.0.0.1' }]))

    await failsWith(`${url}?sslmode=verify-full`, /is not one that this machine trusts \(\w+\)\. .*sslrootcert/)
    for (const options of [`sslrootcert=${file}`, 'sslmode=no-verify']) {
      const client = await connectPostgres(readAddress(`${url}?${options}`))
      const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
      await client.end()
      assert.deepEqual(rows, [{ ssl: true }])
    }
  })

  test('a certificate of another host', async () => {
    const { url, file } = await withTls('other', selfSigned([{ dns: 'elsewhere.example' }]))

    await failsWith(`${url}?sslrootcert=${file}`, /is for another host/)
  })

  test('a certificate that has expired', async () => {
    const { url, file } = await withTls('old', selfSigned([{ ip: '127.0.0.1' }], new Date(86_400_000)))

    await failsWith(`${url}?sslrootcert=${file}`, /has expired\. Renew it/)
  })
})

async function withTls(name: string, { key, cert }: { key: string; cert: string }) {
  const file = join(dir, `${name}.pem`)
  writeFileSync(file, cert)
  const server = await startPostgres({
    port: true,
    settings: { ssl: 'on' },
    prepare: (data) => {
      writeFileSync(join(data, 'server.crt'), cert)
      writeFileSync(join(data, 'server.key'), key, { mode: 0o600 })
    },
  })
  closing.push(server.stop)
  return { url: server.url, file }
}

async function listening(server: Server): Promise<{ port: number }> {
  const sockets = new Set<{ destroy: () => void }>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(async () => {
    sockets.forEach((socket) => socket.destroy())
    await new Promise((done) => server.close(done))
  })
  return server.address() as AddressInfo
}
