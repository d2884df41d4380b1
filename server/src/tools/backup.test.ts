import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { backup } from './backup.ts'
import { failureOf, hashOf, newDir, read, run, start, stop, talk } from './tools-kit.ts'

test('[ST16] a backup under load from real sockets is whole, gapless, and has all that was acknowledged before', async () => {
  const server = await start()
  const { say } = await talk(server)
  const acknowledged = new Set(await say(500))
  for (let nth = 0; nth < 5; nth++) {
    const to = join(server.dataDir, `copy-${nth}.db`)
    const before = [...acknowledged]
    let isDone = false
    const copying = run(backup, { data: server.dataDir, to }).finally(() => (isDone = true))
    while (!isDone) for (const id of await say(40)) acknowledged.add(id)
    const { said } = await copying

    const { violations, messages } = await read(to)
    const kept = new Set<string>(messages.map(({ messageId }) => messageId))
    assert.deepEqual(violations, [])
    assert.deepEqual(
      before.filter((id) => !kept.has(id)),
      [],
    )
    assert.match(said, /messages, \d+\.\d MB, whole, in \d+ ms \(through the running server\)$/)
    assert.ok(said.startsWith(`${to}: ${messages.length.toLocaleString('en')} messages`), said)
    assert.equal(statSync(to).mode & 0o077, 0)
  }
  const left = readdirSync(server.dataDir).filter((name) => /part|copy.*-/.test(name) && !/^copy-\d\.db$/.test(name))
  assert.deepEqual(left, [])
  await stop(server)
})

test('a backup of a stopped server has a name of its own by default, and leaves the database as it was', async () => {
  const server = await start()
  const { say } = await talk(server)
  await say(10)
  await stop(server)
  const file = join(server.dataDir, 'connectly.db')
  const before = hashOf(file)

  const { said } = await run(backup, { data: server.dataDir })

  const copy = /^(.*connectly-\d{8}-\d{6}\.db): 11 messages/.exec(said)?.[1] ?? assert.fail(said)
  assert.ok(copy.startsWith(join(server.dataDir, 'backups')))
  assert.deepEqual((await read(copy)).violations, [])
  assert.equal(hashOf(file), before)
  assert.equal(existsSync(`${file}-wal`), false)
})

test('a backup of what a crash has left has what is only in the -wal, and leaves that where it is', async () => {
  const server = await start()
  const { say } = await talk(server)
  const sent = await say(50)
  const crashed = newDir()
  for (const end of ['', '-wal'])
    cpSync(join(server.dataDir, `connectly.db${end}`), join(crashed, `connectly.db${end}`))
  await stop(server)
  const before = hashOf(join(crashed, 'connectly.db-wal'))

  await run(backup, { data: crashed, to: join(crashed, 'copy.db') })

  const { messages } = await read(join(crashed, 'copy.db'))
  assert.equal(messages.length, sent.length + 1)
  assert.equal(hashOf(join(crashed, 'connectly.db-wal')), before)
})

test('a backup that cannot be made says so in one line and leaves nothing behind, running or stopped', async () => {
  const server = await start()
  const dir = newDir()
  writeFileSync(join(dir, 'file'), 'mine')
  const targets: [to: string, says: RegExp][] = [
    [join(dir, 'no/such/copy.db'), /the folder .*no is not there/],
    [join(dir, 'file'), /is there already/],
    [join(dir, 'file', 'copy.db'), /No backup to .*the folder .*file is not there/],
    ['/proc/copy.db', /No backup to \/proc\/copy\.db/],
  ]

  for (const state of ['running', 'stopped']) {
    if (state === 'stopped') await stop(server)
    for (const [to, says] of targets) {
      assert.match(await failureOf(backup, { data: server.dataDir, to }), says)
    }
    assert.deepEqual(readdirSync(dir), ['file'])
    assert.equal(readFileSync(join(dir, 'file'), 'utf8'), 'mine')
  }
  assert.match(await failureOf(backup, { data: newDir() }), /There is no database/)
})

const small = 'mount -t tmpfs -o size=200k none "$1" && shift && exec "$@"'
const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', small, 'sh', tmpdir(), 'true']).status === 0

test(
  'a disk that fills up while the copy is written ends it with one line; the database goes on',
  { skip: !canMount && 'no file system of one’s own may be mounted here' },
  () => {
    const [data, disk] = [newDir(), newDir()]
    const file = (name: string) => JSON.stringify(import.meta.resolve(name))
    const program = `
      const { startServer, newId } = await import(${file('../test-kit.ts')})
      const { askControl } = await import(${file('../control.ts')})
      const { readdirSync } = await import('node:fs')
      const { createGroup, sendMessage } = await import('@connectly/protocol')
      const server = await startServer({ dataDir: ${JSON.stringify(data)} })
      const ada = await server.person('ada')
      const { roomId } = await ada.ask(createGroup, { localId: newId(), name: 'Notes', userIds: [] })
      const say = () => ada.ask(sendMessage, { roomId, localId: newId(), body: { kind: 'text', text: 'x'.repeat(8000) } })
      for (let nth = 0; nth < 40; nth++) await say()
      const answer = await askControl(server.dataDir, 'backup', { to: ${JSON.stringify(join(disk, 'copy.db'))} })
      console.log(JSON.stringify({ answer, left: readdirSync(${JSON.stringify(disk)}), seq: (await say()).seq }))
      await server.stop()`
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['-rm', 'sh', '-c', small, 'sh', disk, process.execPath, '--input-type=module', '-e', program],
      { encoding: 'utf8', cwd: import.meta.dirname, timeout: 60_000 },
    )
    const { answer, left, seq } = JSON.parse(stdout || assert.fail(stderr)) as Record<string, unknown>

    assert.deepEqual(answer, { ok: false, error: 'database or disk is full' })
    assert.deepEqual(left, [])
    assert.ok(Number(seq) > 40)
  },
)

test('a disk that has not room enough is not begun to be filled', { skip: !canMount && 'as above' }, async () => {
  const disk = newDir()
  const server = await start()
  const { say } = await talk(server)
  await say(1500)
  await stop(server)
  mkdirSync(join(disk, 'small'))

  const mount = ['-rm', 'sh', '-c', small, 'sh', join(disk, 'small')]
  const command = [join(import.meta.dirname, 'run.ts'), 'backup', '--data', server.dataDir, '--to', join(disk, 'small')]
  const { status, stderr } = spawnSync('unshare', mount.concat(process.execPath, command), { encoding: 'utf8' })

  assert.equal(status, 1)
  assert.match(stderr, /^No backup to .*: it takes \d+\.\d MB, and 0\.2 MB are free\. Nothing was left behind\.\n$/)
})
