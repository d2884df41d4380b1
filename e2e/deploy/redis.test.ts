import assert from 'node:assert/strict'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { rights } from '../../server/src/pubsub/redis-faults.ts'
import { ensureProgram, nobody, redis, spawnLeashed } from './program.ts'
import { freePort } from './proxies.ts'
import { composeOf, filledIn } from './read.ts'

/* The command by which compose.scale.yaml starts Redis, run as it stands but for its folder and port. */

test('the rights that compose gives are those that Connectly says it needs', () => {
  const command = composeOf('compose.scale.yaml').services['redis']?.command ?? []

  assert.equal(/ on #\$\$hash (.*)" > /.exec(command.at(-1) ?? '')?.[1], rights)
})

test('Redis lets in one user, who may do what Connectly does and no more; its password is in no file', async () => {
  const password = 'c0ffee'.repeat(8)
  const dir = mkdtempSync(path.join(tmpdir(), 'connectly-redis-'))
  if (nobody.uid !== undefined) chownSync(dir, nobody.uid, nobody.gid)
  const port = await freePort()
  const command = composeOf('compose.scale.yaml').services['redis']?.command ?? []
  const script = filledIn(command.at(-1) ?? '', {})
    .replaceAll('/tmp', dir)
    .replace('exec redis-server', `exec ${ensureProgram(redis)} --bind 127.0.0.1 --port ${port}`)
  const child = spawnLeashed('/bin/sh', ['-c', script], { cwd: dir, env: { REDIS_PASSWORD: password } })
  const ended = new Promise((done) => child.once('exit', done))
  let said = ''
  child.stdout?.on('data', (part: Buffer) => (said += part.toString()))
  try {
    const socket = await opened(port, () => said)

    const answers: Record<string, string> = {}
    for (const line of ['PING', 'AUTH wrong', `AUTH connectly wrong`, `AUTH connectly ${password}`])
      answers[line] = await answerTo(socket, line)
    for (const line of ['PING', 'PUBLISH connectly:said x', 'ZADD connectly:queue 1 a', 'SET connectly:x 1'])
      answers[`then ${line}`] = await answerTo(socket, line)
    for (const line of [
      'PUBLISH other x',
      'ZADD other 1 a',
      'FLUSHALL',
      'CONFIG GET requirepass',
      'KEYS *',
      'ACL LIST',
    ])
      answers[`then ${line}`] = await answerTo(socket, line)
    socket.destroy()

    const codes = Object.values(answers).map((answer) => answer.split(' ')[0])
    assert.deepEqual(codes.slice(0, 4), ['-NOAUTH', '-WRONGPASS', '-WRONGPASS', '+OK'])
    assert.deepEqual(codes.slice(4, 7), ['+PONG', ':0', ':1'])
    assert.deepEqual(codes.slice(7), Array<string>(7).fill('-NOPERM'))
    assert.doesNotMatch(readFileSync(path.join(dir, 'users.acl'), 'utf8'), new RegExp(password))
  } finally {
    child.stdin?.end()
    await ended
    rmSync(dir, { recursive: true, force: true })
  }
})

async function opened(port: number, said: () => string): Promise<Socket> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise((done) =>
      socket.once('connect', () => done(true)).once('error', () => done(false)),
    )
    if (isOpen) return socket
    await pause(25)
  }
  throw new Error(`Redis does not listen:\n${said()}`)
}

function answerTo(socket: Socket, line: string): Promise<string> {
  return new Promise((done) => {
    socket.once('data', (part: Buffer) => done(part.toString().trim()))
    socket.write(`${line}\r\n`)
  })
}
