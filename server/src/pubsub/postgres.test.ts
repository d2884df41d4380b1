import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ask, run } from '../store/postgres/kit.ts'
import { startPostgres, type TestPostgres } from '../store/postgres/server.ts'
import { heardBy, until } from './contract.ts'
import { openNotify } from './postgres.ts'
import { PubSubUnusable } from './pubsub.ts'

/* What PostgreSQL alone can do to the processes that speak through its NOTIFY. */

suite('NOTIFY of a PostgreSQL that is cut and stopped', () => {
  let server: TestPostgres
  before(async () => void (server = await startPostgres({ port: true })))
  after(() => server.stop())
  const two = async (report?: (line: string) => void) =>
    [await openNotify(server.url, report), await openNotify(server.url)] as const

  test('connections that an administrator ends are made again, and everyone is told', async () => {
    const lines: string[] = []
    const [alice, bob] = await two((line) => lines.push(line))
    let healed = 0
    for (const each of [alice, bob]) each.onHealed(() => healed++)

    await run(
      server.url,
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and client_port is not null',
    )
    await until('both notice and are back', () => healed === 2 && alice.isOpen() && bob.isOpen(), 5000)

    const heard = heardBy(bob, 'news')
    alice.say('news', 'still here')
    await until('the news', () => heard.length === 1)
    assert.match(lines.join('\n'), /ended the connection\..*\nOther processes are heard again through DATABASE_URL\.$/)
    await Promise.all([alice.close(), bob.close()])
  })

  test('a server that hangs is noticed in two seconds and found again', async () => {
    const [alice, bob] = await two()
    const speaking = await ask(
      server.url,
      `select pid from pg_stat_activity where application_name = 'connectly' and pid <> pg_backend_pid()`,
    )
    const pids = [server.pid(), ...speaking.map(({ pid }) => Number(pid))]
    const heard = heardBy(bob, 'news')

    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    try {
      await until('both notice', () => !alice.isOpen() && !bob.isOpen(), 2500)
      alice.say('news', 'in vain')
      assert.equal(alice.lost(), 1)
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }

    await until('both are open', () => alice.isOpen() && bob.isOpen(), 5000)
    alice.say('news', 'now')
    await until('the news', () => heard.length > 0)
    assert.deepEqual(
      heard.map(({ text }) => text),
      ['now'],
    )
    await Promise.all([alice.close(), bob.close()])
  })

  test('what is said in one turn leaves in a few transactions of its own', async () => {
    const [alice, bob] = await two()
    const heard = heardBy(bob, 'news')
    const said = async () => {
      const rows = await ask(
        server.url,
        `select sum(xact_commit)::int as n from pg_stat_database where datname = 'postgres'`,
      )
      return Number(rows[0]?.['n'])
    }
    const before = await said()

    for (let n = 0; n < 5000; n++) alice.say('news', `${n}`)
    await until('all', () => heard.length === 5000)
    await Promise.all([alice.close(), bob.close()])

    assert.ok((await said()) - before < 60, 'five thousand messages of one turn took a few transactions')
  })

  test('two databases of one server are two worlds', async () => {
    await run(server.url, 'create database elsewhere')
    const [alice, bob] = await two()
    const there = await openNotify(server.url.replace(/postgres$/, 'elsewhere'))
    const heard = [heardBy(bob, 'news'), heardBy(there, 'news')]

    alice.say('news', 'hello')
    there.say('news', 'hello?')
    await until('the news', () => heard[0]?.length === 1)

    assert.deepEqual([heard[0]?.[0]?.text, heard[1]], ['hello', []])
    await Promise.all([alice, bob, there].map((each) => each.close()))
  })

  test('an address that cannot be used is refused in one line without its password', async () => {
    const wrong = ['postgres://nobody:hunter2@', 'postgres://postgres:hunter2@']
    const [nobody, nowhere] = wrong.map((start) => server.url.replace(/^postgres:\/\/[^@]*@/, start))
    for (const url of [nobody ?? '', (nowhere ?? '').replace(/postgres$/, 'missing'), 'postgres://x:hunter2@/'])
      await assert.rejects(openNotify(url), (error: Error) => {
        assert.ok(error instanceof PubSubUnusable)
        assert.match(error.message, /^[^\n]*DATABASE_URL[^\n]*$/)
        assert.doesNotMatch(error.message, /hunter2/)
        return true
      })
  })
})
