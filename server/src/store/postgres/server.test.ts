import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, newDatabase, run, startPostgres, testServer } from './kit.ts'

const kit = join(import.meta.dirname, 'kit.ts')

suite('a PostgreSQL of a test', () => {
  test('keeps its data over a kill of all its processes and a start', async () => {
    const server = await startPostgres({ fsync: true })
    await run(server.url, 'create table kept (n int)', 'insert into kept values (7)')
    const before = server.pid()

    await server.kill()
    await assert.rejects(ask(server.url, 'select 1'))
    await server.restart()

    assert.deepEqual(await ask(server.url, 'select n from kept'), [{ n: 7 }])
    assert.notEqual(server.pid(), before)
    await server.stop()
    assert.equal(existsSync(server.dataDir), false)
  })

  test('listens on a port where that is wanted', async () => {
    const server = await startPostgres({ port: true })

    assert.match(server.url, /@127\.0\.0\.1:\d+\//)
    assert.deepEqual(await ask(server.url, 'select inet_server_addr() is not null as tcp'), [{ tcp: true }])
    await server.stop()
  })

  test('says why it did not start, and leaves nothing', async () => {
    const starting = startPostgres({ settings: { no_such_setting: '1' } })

    await assert.rejects(starting, /did not start:[^]*no_such_setting/)
  })
})

suite('a database of a test', () => {
  test('is migrated, empty and its own', async () => {
    const [one, two] = await Promise.all([newDatabase(), newDatabase()])

    await run(one.url, `insert into meta values ('a', 'b')`)

    assert.deepEqual(await ask(two.url, 'select count(*)::int as n from meta'), [{ n: 0 }])
    await Promise.all([one.drop(), two.drop()])
    await assert.rejects(ask(one.url, 'select 1'), /has no database/)
  })

  test('comes from one template, however many processes ask at once', async () => {
    const server = await startPostgres()
    const program = `const { newDatabase } = await import(${JSON.stringify(kit)}); console.log((await newDatabase()).url)`
    const asking = Array.from({ length: 4 }, () => start(program, { TEST_POSTGRES: server.url }))

    const codes = await Promise.all(asking.map(async (child) => (await once(child, 'exit'))[0] as number))

    assert.deepEqual(codes, [0, 0, 0, 0])
    const made = await ask(
      server.url,
      `select datistemplate as template from pg_database where datname ~ '^(test|template)_'`,
    )
    assert.equal(made.length, 5)
    assert.equal(made.filter((row) => row['template'] === true).length, 1)
    await server.stop()
  })
})

/* Whoever starts a server is killed without a word: what it started and what it made must go with it. */
suite('after a kill -9', () => {
  const asks = `const { testServer } = await import(${JSON.stringify(kit)}); console.log('starting'); await testServer()`
  const moments: [when: string, program: string, isThere: (temp: string) => boolean][] = [
    ['while the data are copied', asks, (temp) => has(temp, 'data')],
    ['in the middle of a start', asks, (temp) => has(temp, 'log')],
    ['while it is used', `${asks}; setInterval(() => 0, 1000)`, (temp) => has(temp, '.s.PGSQL.5432')],
  ]
  for (const [when, program, isThere] of moments) {
    test(`of a test process ${when}, no process and no folder is left`, async () => {
      const temp = mkdtempSync(join(tmpdir(), 'kill-'))
      chmodSync(temp, 0o777)
      const child = start(program, { TMPDIR: temp, TEST_POSTGRES: '' })
      await once(child.stdout, 'data')
      while (!isThere(temp)) await pause(1)

      child.kill('SIGKILL')
      await once(child, 'exit')

      await gone(temp)
      rmSync(temp, { recursive: true })
    })
  }

  test('of the launcher, the server that it was given ends too', async () => {
    const temp = mkdtempSync(join(tmpdir(), 'kill-'))
    chmodSync(temp, 0o777)
    const launcher = start(
      `const { spawn } = await import('node:child_process')
       const child = spawn(process.execPath, [${JSON.stringify(kit)}, '--serve'], { stdio: ['pipe', 'inherit', 'inherit'] })
       setInterval(() => child.pid, 1000)`,
      { TMPDIR: temp, TEST_POSTGRES: '' },
    )
    await once(launcher.stdout, 'data')

    launcher.kill('SIGKILL')

    await gone(temp)
    rmSync(temp, { recursive: true })
  })
})

/** Folders of servers there; a user's own cache may stand beside them. */
const foldersIn = (temp: string) => readdirSync(temp).filter((name) => name.startsWith('connectly-pg-'))

const has = (temp: string, name: string) => foldersIn(temp).some((each) => existsSync(join(temp, each, name)))

function start(program: string, env: Record<string, string>) {
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Waits until no process names this folder and no server's is in it; fails after ten seconds. */
async function gone(temp: string): Promise<void> {
  for (const until = Date.now() + 10_000; ; await pause(5)) {
    const lines = execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n')
    const left = [...lines.filter((line) => line.includes(temp)), ...foldersIn(temp)]
    if (left.length === 0) return
    assert.ok(Date.now() < until, `still there: ${left.join(', ')}`)
  }
}

test('this process has a server of its own, or that of the run', async () => {
  assert.deepEqual(await ask(await testServer(), 'select 1 as one'), [{ one: 1 }])
})
