import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { missingFrom } from './lock.mjs'

const root = path.resolve(import.meta.dirname, '..')
const onUnix = { skip: process.platform === 'win32' ? 'signals and exec are a matter of Unix' : false }

test(
  'npm start serves within seconds, and a SIGTERM to npm stops the server and leaves nothing behind',
  onUnix,
  async (t) => {
    const port = await freePort()
    const data = mkdtempSync(path.join(tmpdir(), 'connectly-launch-'))
    const npm = spawn('npm', ['start'], {
      cwd: root,
      env: { ...process.env, PORT: String(port), DATA_DIR: data },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text) => (said += text))
    const gone = once(npm, 'close')
    t.after(() => rmSync(data, { recursive: true, force: true }))
    t.after(() => npm.exitCode === null && npm.kill('SIGKILL'))

    const listening = await within(30_000, () => npm.exitCode !== null || accepts(port))
    assert.ok(listening && npm.exitCode === null, `nothing listened on port ${port}:\n${said}`)
    npm.kill('SIGTERM')
    const outcome = await Promise.race([gone, wait(15_000, 'late', { ref: false })])

    assert.notEqual(outcome, 'late', `npm start was still there 15 s after SIGTERM:\n${said}`)
    assert.ok(await within(2000, async () => !(await accepts(port))), 'the server outlived npm start')
  },
)

test('an unknown command is refused with the list of known ones', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/launch.mjs', 'fly'], { cwd: root, encoding: 'utf8' })

  assert.equal(status, 64)
  assert.match(stderr, /start \| dev \| test/)
})

test('the lockfile holds every platform of every tool, so that npm ci takes it on all of them', () => {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))

  assert.deepEqual(Object.keys(missingFrom(lock)), [], 'run `npm run lock` after `npm install`')
})

test('an optional package that the lockfile lacks is added with the platform it is for', () => {
  const tool = {
    version: '1.2.0',
    dev: true,
    optionalDependencies: { '@tool/linux-arm-musleabihf': '1.2.0', here: '^2.0.0' },
  }
  const lock = {
    packages: { '': {}, 'node_modules/tool': tool, 'node_modules/tool/node_modules/here': { version: '2.1.0' } },
  }

  assert.deepEqual(missingFrom(lock), {
    'node_modules/@tool/linux-arm-musleabihf': {
      version: '1.2.0',
      cpu: ['arm'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
  })
})

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

async function accepts(port) {
  const socket = connect({ port, host: 'localhost' })
  const [answer] = await Promise.race([once(socket, 'connect').then(() => ['yes']), once(socket, 'error')]).catch(
    () => [],
  )
  socket.destroy()
  return answer === 'yes'
}

async function within(limit, condition) {
  const until = Date.now() + limit
  while (Date.now() < until) {
    if (await condition()) return true
    await wait(100)
  }
  return false
}
