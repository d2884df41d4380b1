import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { backup } from './backup.ts'
import { dataDirOf, fromHere, Misused, readFlags, type Command } from './command.ts'
import { migrateStore } from './migrate-store.ts'
import { restore } from './restore.ts'
import { seed } from './seed.ts'
import { verify } from './verify.ts'

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...args], { encoding: 'utf8' })

for (const command of [backup, restore, verify, migrateStore, seed]) {
  test(`${command.name} --help says what it does and which flags there are`, () => {
    const { status, stdout, stderr } = run(command.name, '--help')

    assert.equal(status, 0)
    assert.equal(stderr, '')
    assert.ok(stdout.includes(command.says))
    for (const flag of [...Object.keys(command.flags), 'help']) assert.ok(stdout.includes(`--${flag}`), flag)
  })

  test(`${command.name} refuses a flag it does not know with one line`, () => {
    const { status, stdout, stderr } = run(command.name, '--fast')

    assert.equal(status, 64)
    assert.equal(stdout, '')
    assert.match(stderr, /^There is no flag --fast: .*--help.*\n$/)
  })
}

test('an unknown command is refused with the list of known ones', () => {
  const { status, stderr } = run('rollback')

  assert.equal(status, 64)
  assert.equal(stderr, 'There is no command rollback: backup, restore, verify, migrate-store, seed, invite.\n')
})

test('flags take their value behind a space or an equals sign, and nothing else stands alone', () => {
  const wrong: [Command, string[], RegExp][] = [
    [backup, ['--to'], /--to needs a FILE/],
    [backup, ['--to='], /--to needs a FILE/],
    [restore, ['--from', '--force'], /--from needs a FILE/],
    [restore, ['--force=yes'], /--force takes nothing/],
    [restore, ['copy.db'], /"copy.db" stands alone/],
    [verify, ['-x'], /There is no flag -x/],
    [verify, ['--toString'], /There is no flag --toString/],
  ]

  assert.deepEqual(readFlags(restore, ['--from', 'a', '--force', '--data=b']), { from: 'a', force: '', data: 'b' })
  assert.equal(readFlags(seed, ['--data', 'x', '--help']), 'help')
  for (const [command, args, says] of wrong)
    assert.throws(
      () => readFlags(command, args),
      (error) => error instanceof Misused && says.test(error.message),
    )
})

test('the data folder is the flag’s, else DATA_DIR, else ./data; paths are meant from where they were typed', () => {
  const env = { DATA_DIR: '/srv/chat', INIT_CWD: '/srv/ada' }

  assert.equal(dataDirOf({ data: 'mine' }, env), '/srv/ada/mine')
  assert.equal(dataDirOf({}, env), '/srv/chat')
  assert.equal(dataDirOf({}, {}), join(process.cwd(), 'data'))
  assert.equal(fromHere('/copy.db', env), '/copy.db')
})
