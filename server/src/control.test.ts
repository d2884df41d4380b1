import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { askControl, controlPath, openControl, type ControlWork } from './control.ts'
import { createLogger } from './kernel/logger.ts'
import { startServer } from './test-kit.ts'

const onUnix = { skip: process.platform === 'win32' ? 'a pipe on Windows has no file' : false }
const dirs: string[] = []
after(() => dirs.forEach((dir) => rmSync(dir, { recursive: true, force: true })))

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'connectly-control-'))
  dirs.push(dir)
  return dir
}

const echo: ControlWork = { echo: async (input) => input }
const open = (dir: string, work: ControlWork = echo) => openControl(dir, work, createLogger('fatal'))

test('a server has a control socket for its owner only, from listening to stopping', onUnix, async () => {
  const server = await startServer({ dataDir: newDir() })
  const socket = join(server.dataDir, 'control.sock')
  const mode = statSync(socket).mode & 0o777
  await server.app.stop()

  assert.equal(mode, 0o600)
  assert.equal(existsSync(socket), false)
})

test('what is asked is answered, and a folder without a server answers nothing', async () => {
  const [dir, empty] = [newDir(), newDir()]
  const control = await open(dir)

  assert.deepEqual(await askControl(dir, 'echo', { to: 'ü' }), { ok: true, value: { to: 'ü' } })
  assert.equal(await askControl(empty, 'echo', {}), undefined)

  await control.close()
  assert.equal(await askControl(dir, 'echo', {}), undefined)
})

test('a socket that a killed server has left is replaced', onUnix, async () => {
  const dir = newDir()
  const listening = `require('node:net').createServer().listen(${JSON.stringify(join(dir, 'control.sock'))}, () => console.log())`
  const child = spawn(process.execPath, ['-e', listening], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
  assert.ok(existsSync(join(dir, 'control.sock')))
  assert.equal(await askControl(dir, 'echo', {}), undefined)

  const control = await open(dir)

  assert.deepEqual(await askControl(dir, 'echo', {}), { ok: true, value: {} })
  await control.close()
})

test('what is unknown, unreadable, endless or fails is refused, and the next one is answered', async () => {
  const dir = newDir()
  const control = await open(dir, { ...echo, fail: () => Promise.reject(new Error('the disk is full')) })

  const unknown = await askControl(dir, 'toString', {})
  const failed = await askControl(dir, 'fail', {})
  const unreadable = await sayRaw(dir, 'what?\n')
  const endless = await sayRaw(dir, 'x'.repeat(200_000))

  assert.match(unknown?.ok === false ? unknown.error : '', /does not know "toString"/)
  assert.deepEqual(failed, { ok: false, error: 'the disk is full' })
  assert.match(unreadable, /"ok":false/)
  assert.equal(endless, '')
  assert.deepEqual(await askControl(dir, 'echo', {}), { ok: true, value: {} })
  await control.close()
})

test('whoever asks and goes away, and a server that stops, end what was begun', async () => {
  const dir = newDir()
  const reasons: string[] = []
  const forever: ControlWork = {
    forever: (_input, stop) =>
      new Promise((_done, fail) =>
        stop.addEventListener('abort', () => {
          reasons.push(String(stop.reason))
          fail(stop.reason as Error)
        }),
      ),
  }
  const control = await open(dir, forever)
  const idle = connect(controlPath(dir)).on('error', () => undefined)
  const leaving = connect(controlPath(dir))
  leaving.write('{"do":"forever"}\n')
  await wait(50)
  leaving.destroy()
  const waiting = askControl(dir, 'forever', {})
  await wait(50)

  await control.close()

  assert.deepEqual(reasons, ['Error: whoever asked went away', 'Error: the server is stopping'])
  assert.deepEqual(await waiting, { ok: false, error: 'the server is stopping' })
  idle.destroy()
})

test('a server whose folder has no place for a socket starts all the same', onUnix, async () => {
  const deep = join(newDir(), 'd'.repeat(120))
  const taken = newDir()
  mkdirSync(join(taken, 'control.sock', 'full'), { recursive: true })

  for (const dataDir of [deep, taken]) {
    const server = await startServer({ dataDir })

    assert.equal((await fetch(`${server.url}/health`)).status, 200)
    assert.equal(await askControl(dataDir, 'backup', {}), undefined)
    await server.stop()
  }
})

/** Says this and gives what comes back until the other side ends. */
function sayRaw(dir: string, text: string): Promise<string> {
  return new Promise((done) => {
    let heard = ''
    const socket = connect(controlPath(dir), () => socket.write(text))
    socket.on('data', (bytes: Buffer) => (heard += bytes.toString())).on('error', () => undefined)
    socket.on('close', () => done(heard))
  })
}
