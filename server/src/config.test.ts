import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConfigUnusable, envExample, readConfig, settings } from './config.ts'
import { unknownOperator } from './transport/pages/operator.ts'

const dir = mkdtempSync(join(tmpdir(), 'connectly-config-'))
after(() => rmSync(dir, { recursive: true }))

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig({ DATA_DIR: dir, ...env })
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigUnusable)
    return error.problems
  }
}

/** The settings that the problems begin with. */
const namesIn = (problems: readonly string[]) => problems.map((problem) => problem.split(' ')[0] ?? '').toSorted()

test('nothing at all is a configuration: this machine only, port 3000, a key of its own', () => {
  const config = readConfig({ DATA_DIR: join(dir, 'none') })

  assert.deepEqual(
    { ...config, secretKey: (config.secretKey?.length ?? 0) >= 32 },
    {
      port: 3000,
      host: '127.0.0.1',
      dataDir: join(dir, 'none'),
      publicUrl: null,
      trustedProxies: [],
      corsOrigins: [],
      logLevel: 'info',
      logs: null,
      metricsToken: null,
      secretKey: true,
      production: false,
      databaseUrl: null,
      mongodbUri: null,
      redisUrl: null,
      entry: { registration: 'open', guests: true },
      mail: null,
      captcha: { kind: 'work', bits: 16 },
      providers: [],
      operator: unknownOperator,
    },
  )
})

test('a store that processes share keeps the key that nobody gave, and is one store', () => {
  const database = { DATABASE_URL: 'postgres://db.example.org/connectly', REDIS_URL: 'redis://redis.example.org' }
  const shared = readConfig({ DATA_DIR: join(dir, 'unused'), ...database })

  assert.deepEqual(
    [shared.secretKey, shared.databaseUrl, shared.redisUrl],
    [null, database.DATABASE_URL, database.REDIS_URL],
  )
  assert.ok(!existsSync(join(dir, 'unused')))
  assert.match(
    problemsOf({ ...database, MONGODB_URI: 'mongodb://db.example.org' }).join(),
    /DATABASE_URL and MONGODB_URI are both set/,
  )
  assert.match(problemsOf({ REDIS_URL: database.REDIS_URL }).join(), /REDIS_URL is for processes that share a database/)
})

test('an address of a service is refused by its scheme, and never shown: it may hold a password', () => {
  for (const name of ['DATABASE_URL', 'MONGODB_URI', 'REDIS_URL']) {
    const [problem = '', ...more] = problemsOf({
      ...(name === 'REDIS_URL' && { DATABASE_URL: 'postgres://db.example.org' }),
      [name]: 'http://ada:hunter2@example.org',
    })
    assert.ok(problem.startsWith(`${name} takes an address that begins with`), problem)
    assert.ok(!problem.includes('hunter2'))
    assert.deepEqual(more, [])
  }
})

test('trusted proxies are addresses, networks and loopback, with commas or blanks between', () => {
  const config = readConfig({ DATA_DIR: dir, TRUSTED_PROXIES: ' loopback,10.0.0.5  10.1.0.0/16,, 2001:db8::/32,::1 ' })

  assert.deepEqual(config.trustedProxies, ['loopback', '10.0.0.5', '10.1.0.0/16', '2001:db8::/32', '::1'])
})

test('how many proxies there are may be said instead of which, as a number alone', () => {
  assert.deepEqual(readConfig({ DATA_DIR: dir, TRUSTED_PROXIES: ' 2 ' }).trustedProxies, ['2'])
  for (const value of ['1, loopback', '1 2', '-1', '1.5', '11', '01'])
    assert.equal(problemsOf({ TRUSTED_PROXIES: value }).length, 1, value)
})

test('origins that may ask are written as a browser writes them', () => {
  const config = readConfig({ DATA_DIR: dir, CORS_ORIGINS: 'https://app.example.org, http://localhost:5173' })

  assert.deepEqual(config.corsOrigins, ['https://app.example.org', 'http://localhost:5173'])
  assert.match(
    problemsOf({ PUBLIC_URL: 'https://chat.example.org', CORS_ORIGINS: 'http://app.example.org' }).join(),
    /^CORS_ORIGINS takes .*under an https PUBLIC_URL only https/,
  )
})

test('log files are in a folder, of a size and a number; without a folder there are none', () => {
  const given = { LOG_DIR: join(dir, 'logs'), LOG_MAX_SIZE: '100 kB', LOG_KEEP: '2' }

  assert.deepEqual(readConfig({ DATA_DIR: dir, ...given }).logs, { dir: given.LOG_DIR, maxSize: 100_000, keep: 2 })
  assert.deepEqual(readConfig({ DATA_DIR: dir, LOG_DIR: given.LOG_DIR }).logs, {
    dir: given.LOG_DIR,
    maxSize: 10_000_000,
    keep: 10,
  })
  assert.equal(readConfig({ DATA_DIR: dir, LOG_KEEP: '3' }).logs, null)
})

test('a token for metrics that is too weak is refused, and never shown', () => {
  const problems = problemsOf({ METRICS_TOKEN: 'too weak a one' })

  assert.match(problems.join(), /^METRICS_TOKEN takes at least 16 characters.*openssl rand/)
  assert.ok(!problems.join().includes('too weak'))
})

test('every bad value is named, all of them at once', () => {
  const env = {
    PORT: '70000',
    HOST: 'no host',
    PUBLIC_URL: 'chat.example.org/path',
    TRUSTED_PROXIES: 'loopback, everybody',
    CORS_ORIGINS: '*',
    LOG_LEVEL: 'loud',
    SECRET_KEY: 'short and secret',
    NODE_ENV: 'stage',
  }

  const problems = problemsOf(env)

  assert.deepEqual(namesIn(problems), Object.keys(env).toSorted())
  assert.ok(problems.some((problem) => problem.includes('"70000"')))
  assert.ok(!problems.join().includes(env.SECRET_KEY), 'a secret is never shown')
})

const wrong: [name: string, values: string[]][] = [
  ['PORT', ['-1', '65536', '80.5', '0x50', '1e3', 'http', '3000 4000']],
  ['HOST', ['a b', 'http://localhost', '127.0.0.1/8', "';--"]],
  ['PUBLIC_URL', ['chat', 'ftp://a.example', 'https://a.example/chat', 'https://a.example?x', 'https://a.example#x']],
  ['PUBLIC_URL', ['https://user@a.example', 'https://:word@a.example', 'javascript:alert(1)', 'https://']],
  ['TRUSTED_PROXIES', ['proxy', '*', '10.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/8/8', 'fe80::1%eth0']],
  ['TRUSTED_PROXIES', ['0.0.0.0/0', '::/0', '10.0.0.5, everybody']],
  ['CORS_ORIGINS', ['*', 'null', 'app.example.org', 'https://app.example.org/', 'https://app.example.org/x']],
  ['CORS_ORIGINS', ['https://App.example.org', 'https://app.example.org:443', 'https://*.example.org', 'file://x']],
  ['CORS_ORIGINS', ['https://ada@app.example.org', 'https://bücher.example', 'https://app.example.org evil']],
  ['LOG_LEVEL', ['trace', 'INFO', 'silent']],
  ['LOG_MAX_SIZE', ['99kB', '10', '1GB', '-1MB', '1.5MB', '100000', '0MB']],
  ['LOG_KEEP', ['1', '0', '1001', '2.5', 'ten']],
  ['METRICS_TOKEN', ['x'.repeat(15), `${'x'.repeat(20)} y`, 'é'.repeat(20)]],
  ['SECRET_KEY', ['x'.repeat(31)]],
  ['NODE_ENV', ['prod', 'Production']],
]
for (const [name, values] of wrong) {
  test(`${name} refuses ${values.map((value) => JSON.stringify(value)).join(', ')}`, () => {
    for (const value of values) {
      const problems = problemsOf({ [name]: value })

      assert.equal(problems.length, 1, value)
      assert.match(problems[0] ?? '', new RegExp(`^${name} `))
    }
  })
}

test('values are taken with blanks around them, and an empty one is the default', () => {
  const config = readConfig({
    DATA_DIR: dir,
    PORT: ' 0 ',
    HOST: '::1',
    LOG_LEVEL: '',
    PUBLIC_URL: 'https://a.example/',
  })

  assert.deepEqual([config.port, config.host, config.logLevel], [0, '::1', 'info'])
  assert.equal(config.publicUrl?.origin, 'https://a.example')
})

test('production names each thing that it misses, and makes no key of its own', () => {
  const folder = join(dir, 'production')

  const problems = problemsOf({ NODE_ENV: 'production', DATA_DIR: folder })
  const config = readConfig({
    NODE_ENV: 'production',
    DATA_DIR: folder,
    PUBLIC_URL: 'https://a.example',
    SECRET_KEY: 'k'.repeat(32),
  })

  assert.deepEqual(namesIn(problems), ['PUBLIC_URL', 'SECRET_KEY'])
  assert.deepEqual([config.production, config.secretKey], [true, 'k'.repeat(32)])
  assert.equal(existsSync(folder), false)
})

test('a key is made once, kept for its owner only, and used again', { skip: process.platform === 'win32' }, () => {
  const folder = join(dir, 'kept')

  const [first, second] = [readConfig({ DATA_DIR: folder }), readConfig({ DATA_DIR: folder })]

  assert.equal(first.secretKey, second.secretKey)
  assert.equal(Buffer.from(first.secretKey ?? '', 'base64').length, 32)
  assert.equal(statSync(join(folder, 'secret-key')).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
})

test('a damaged key is told, not replaced', () => {
  const folder = join(dir, 'damaged')
  readConfig({ DATA_DIR: folder })
  writeFileSync(join(folder, 'secret-key'), 'gone\n')

  const problems = problemsOf({ DATA_DIR: folder })

  assert.match(problems.join(), /secret-key .*damaged/)
  assert.equal(readFileSync(join(folder, 'secret-key'), 'utf8'), 'gone\n')
})

test('a data folder that cannot be made is told as a setting', () => {
  writeFileSync(join(dir, 'file'), '')

  const problems = problemsOf({ DATA_DIR: join(dir, 'file') })

  assert.match(problems.join(), /^DATA_DIR: /)
})

test('.env.example is what the settings say, and names each of them once', () => {
  const text = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')

  const names = [...text.matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1] ?? '')

  assert.equal(text, envExample(), 'write it anew from envExample() in config.ts')
  assert.deepEqual(names.toSorted(), Object.keys(settings).toSorted())
  for (const { doc } of Object.values(settings)) assert.ok(text.includes(`# ${doc}\n`))
})
