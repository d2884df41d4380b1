import { TERMS_VERSION } from '@connectly/protocol'
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { features } from './features/features.ts'
import * as kernelTables from './kernel/tables.ts'
import { migratedTables } from './store/migrations/schema.ts'
import * as logTables from './store/log-tables.ts'
import type { Table } from './store/table.ts'

/* The program itself, as a process of its own. */

const running = new Set<ChildProcess>()
const dirs: string[] = []
after(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
})

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'connectly-main-'))
  dirs.push(dir)
  return dir
}

function launch(env: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PORT: '0', CAPTCHA: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (text: Buffer) => (said.out += text.toString()))
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()))
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  return { child, said, ended }
}

/** Starts it and waits until it says where it is. */
async function start(env: Record<string, string>) {
  const { child, said, ended } = launch(env)
  const heard = new Promise<string>((done) => {
    child.stdout.on('data', () => {
      const url = /Connectly is at (\S+)/.exec(said.out)?.[1]
      if (url) done(url)
    })
  })
  const url = await Promise.race([heard, ended.then((code) => assert.fail(`it ended with ${code}: ${said.err}`))])
  return { child, said, ended, url }
}

type Answer = { ok: boolean; value: Record<string, unknown>; refusal: { code: string; requestId: string } }

async function ask(url: string, token: string, name: string, input: unknown) {
  const response = await fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  })
  return { response, answer: (await response.json()) as Answer }
}

/** An account, its token, and a group with nobody else in it. */
async function settle(url: string): Promise<{ token: string; roomId: string }> {
  const account = { username: 'ada', password: 'a long walk by the sea', terms: TERMS_VERSION }
  const { response } = await ask(url, '', 'accounts.signUp', account)
  const token = /connectly=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? assert.fail('no session')
  const { answer } = await ask(url, token, 'rooms.create', { localId: crypto.randomUUID(), name: 'Notes', userIds: [] })
  assert.ok(answer.ok, JSON.stringify(answer))
  return { token, roomId: String(answer.value['roomId']) }
}

const send = (url: string, token: string, roomId: string, text: string) =>
  ask(url, token, 'messages.send', { roomId, localId: crypto.randomUUID(), body: { kind: 'text', text } })

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('bad settings end it with one list of all of them, and no stack', async () => {
  const { said, ended } = launch({ DATA_DIR: newDir(), PORT: 'http', LOG_LEVEL: 'loud', NODE_ENV: 'production' })

  const code = await ended

  assert.notEqual(code, 0)
  assert.equal(said.out, '')
  for (const name of ['PORT', 'LOG_LEVEL', 'PUBLIC_URL', 'SECRET_KEY'])
    assert.match(said.err, new RegExp(`^  - ${name} `, 'm'))
  assert.doesNotMatch(said.err, /^\s+at /m)
})

test('a port that is taken ends it with one line that says what to do', async () => {
  const first = await start({ DATA_DIR: newDir() })

  const second = launch({ DATA_DIR: newDir(), PORT: new URL(first.url).port })
  const code = await second.ended
  first.child.kill('SIGTERM')
  await first.ended

  assert.notEqual(code, 0)
  assert.equal(second.said.err.trimEnd().split('\n').length, 1)
  assert.match(second.said.err, /address is taken.*PORT/)
})

test('SIGTERM under load ends it with 0 within ten seconds, and every acknowledged message is there afterwards', async () => {
  const dir = newDir()
  const { child, ended, url, said } = await start({ DATA_DIR: dir })
  const { token, roomId } = await settle(url)
  const idle = connect({ port: Number(new URL(url).port), host: new URL(url).hostname })
  idle.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n')
  idle.on('error', () => undefined)
  await once(idle, 'data')
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const seated = new Promise((done) => {
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith('0')) socket.send(`40${JSON.stringify({ token })}`)
      if (String(data).includes('"hello"')) done(null)
    }
  })
  const isCut = new Promise((done) => (socket.onclose = done))
  await seated

  const acknowledged: string[] = []
  const unanswered: string[] = []
  let stoppedAt = 0
  let slow: ReturnType<typeof ask> | undefined
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let nth = 0; ; nth++) {
      const text = `${writer}-${nth}`
      const isBefore = stoppedAt === 0
      const sent = await send(url, token, roomId, text).catch(() => undefined)
      if (!sent && isBefore) unanswered.push(text)
      if (!sent) return
      if (sent.answer.ok) acknowledged.push(text)
      if (acknowledged.length >= 20)
        slow ??= ask(url, '', 'accounts.signUp', { username: 'bob', password: 'slow to hash', terms: TERMS_VERSION })
      if (acknowledged.length >= 24 && stoppedAt === 0) {
        stoppedAt = Date.now()
        child.kill('SIGTERM')
      }
    }
  })
  const code = await ended
  const took = Date.now() - stoppedAt
  await Promise.all([...writers, isCut])
  const bob = await slow?.catch(() => undefined)
  idle.destroy()

  const again = await start({ DATA_DIR: dir })
  const { answer } = await ask(again.url, token, 'messages.page', { roomId, limit: 200 })
  const kept = (answer.value['messages'] as { body: { text?: string } }[]).map((message) => message.body.text)
  again.child.kill('SIGTERM')
  await again.ended

  assert.equal(code, 0, said.err)
  assert.deepEqual(unanswered, [], 'what was asked before the signal is answered')
  assert.ok(bob?.answer.ok, 'a password that is being hashed is seen through')
  assert.ok(took < 10_000, `it took ${took} ms`)
  assert.ok(acknowledged.length >= 20)
  for (const text of acknowledged) assert.equal(kept.filter((each) => each === text).length, 1, text)
})

test('every line on stderr is JSON with time, level and msg, and the lines of a request bear its id', async () => {
  const { child, ended, url, said } = await start({ DATA_DIR: newDir(), LOG_LEVEL: 'debug' })

  const { response, answer } = await ask(url, 'x'.repeat(43), 'rooms.create', {})
  const spoilt = await ask(url, '', 'rooms.create', '{"password": "never shown"')
  child.kill('SIGTERM')
  await ended

  const lines = linesOf(said.err)
  const requestId = response.headers.get('x-request-id')
  assert.equal(answer.refusal.requestId, requestId)
  const own = lines.filter((line) => line['requestId'] === requestId).map((line) => [line['level'], line['msg']])
  assert.deepEqual(own, [
    ['INFO', 'refused'],
    ['DEBUG', 'http'],
  ])
  assert.notEqual(spoilt.answer.refusal.requestId, requestId)
  for (const line of lines) {
    assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.match(String(line['level']), /^(DEBUG|INFO|WARN|ERROR|CRITICAL)$/)
    assert.equal(typeof line['msg'], 'string')
  }
  assert.ok(!said.err.includes('never shown') && !said.err.includes('x'.repeat(43)))
})

test('LOG_LEVEL decides what is said: nothing of a refusal at warn, its refusal at info, every request at debug', async () => {
  const levels = async (level: string) => {
    const { child, ended, url, said } = await start({ DATA_DIR: newDir(), LOG_LEVEL: level })
    await ask(url, '', 'rooms.create', {})
    child.kill('SIGTERM')
    await ended
    return [...new Set(linesOf(said.err).map((line) => String(line['level'])))].toSorted()
  }

  const said = await Promise.all(['warn', 'info', 'debug'].map(levels))

  assert.deepEqual(said, [[], ['INFO'], ['DEBUG', 'INFO']])
})

test('the tables that features and kernel declare are those that the migrations make', () => {
  const kernel = Object.values({ ...kernelTables, ...logTables }).filter((each) => typeof each === 'object')
  const declared = new Set([...kernel, ...features.flatMap((feature) => feature.tables ?? [])])

  const plain = (list: Iterable<Table>) =>
    [...list]
      .map(({ name, columns, key, unique, indexes, refs }) => ({
        name,
        columns: columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        key,
        unique: unique.map(String).toSorted(),
        indexes: indexes.map(String).toSorted(),
        refs,
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))

  assert.deepEqual(plain(declared), plain(migratedTables().values()))
})
