import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  createGroup,
  openSync,
  registry,
  sendMessage,
  type Answer,
  type LocalId,
  type Method,
} from '@connectly/protocol'
import { addPerson, befriend, newId, personAt, type TestPerson } from '@connectly/server/test-kit'
import { io, type Socket } from 'socket.io-client'
import { sha256 } from '../../server/src/kernel/ids.ts'
import { createSeals } from '../../server/src/kernel/seals.ts'
import { openSqlite } from '../../server/src/store/sqlite/sqlite.ts'
import { freePort } from '../crash/supervisor.ts'
import { CANARY, CODE, fittingInputs, oddInputs, SECRET } from './canary-inputs.ts'

/*
 * The program itself, at its most talkative, asked everything over both doors with secrets wherever one may be put, while
 * somebody else listens. What was a secret is then looked for in all that it left behind.
 */

const server = join(import.meta.dirname, '../../server/src')
const root = mkdtempSync(join(tmpdir(), 'connectly-canary-'))
const [dataDir, logDir] = [join(root, 'data'), join(root, 'logs')]
const SECRET_KEY = 'a key for canaries, long enough to be one'
const port = await freePort(20_800)
const url = `http://127.0.0.1:${port}`
/** As it is run for others: whoever develops it is told links in plain words. */
const told = { NODE_ENV: 'production', PORT: String(port), PUBLIC_URL: url, SECRET_KEY }
const env = { ...told, DATA_DIR: dataDir, LOG_DIR: logDir, LOG_LEVEL: 'debug' }
const program = `
  const { serve } = await import('../../server/src/serve.ts')
  const { roomyLimits, roomyTallies } = await import('@connectly/server/test-kit')
  await serve({ limits: roomyLimits, tallies: roomyTallies })
`

let child: ChildProcess
let output = ''
const sockets: Socket[] = []
const people = new Map<string, { userId: TestPerson['userId']; token: string; stepUp: string }>()
/** What came to somebody who asked for none of it. */
const overheard: unknown[] = []
/** What was refused: such an answer repeats nothing. */
const refusals: unknown[] = []
/** What the server gave out, for one person's eyes only. */
const given = new Set<string>()
const requestIds: string[] = []
let answered = 0
const asked = new Map<string, { fitting: number; ok: number }>()

before(async () => {
  mkdirSync(dataDir)
  await seed()
  child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()))
  for (const by = Date.now() + 20_000; !output.includes(url); await new Promise((done) => setTimeout(done, 20)))
    assert.ok(Date.now() < by && child.exitCode === null, output)
})
after(() => {
  for (const socket of sockets) socket.disconnect()
  child.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

test('no secret is in a log, a metric, an answer to others, the database or a copy of it, whatever was asked and how', async (t) => {
  const watcher = await listen()
  for (const method of registry.methods.values()) await drive(method, watcher)
  await rawRequests()
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const copy = join(root, 'copy.db')
  execFileSync(process.execPath, [join(server, 'tools/run.ts'), 'backup', '--data', dataDir, '--to', copy], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  })
  const files = ['connectly.db', 'connectly.db-wal']
    .map((name) => join(dataDir, name))
    .filter((file) => existsSync(file))
  const kept = [...files, copy].map((file) => ({ file, text: readFileSync(file, 'latin1') }))
  child.kill('SIGTERM')
  await once(child, 'close')
  const logs = [
    { file: 'standard error and output', text: output },
    ...readdirSync(logDir).map((file) => ({ file, text: readFileSync(join(logDir, file), 'utf8') })),
  ]
  const mails = existsSync(join(dataDir, 'outbox')) ? readdirSync(join(dataDir, 'outbox')) : []
  for (const mail of mails) harvestMail(readFileSync(join(dataDir, 'outbox', mail), 'utf8'))
  for (const { token, stepUp } of people.values()) for (const each of [token, stepUp]) given.add(each)

  const size = logs.reduce((sum, { text }) => sum + text.length, 0)
  t.diagnostic(
    `${registry.methods.size} methods, ${answered} answers, ${given.size} secrets given out, ${size} bytes of log`,
  )
  const said = [{ file: 'metrics', text: metrics }, ...logs]
  const toOthers = [
    { file: 'what others heard', text: JSON.stringify(overheard) },
    { file: 'refusals', text: JSON.stringify(refusals) },
  ]
  assert.deepEqual(hits(said, [CANARY, CODE]), [], 'what was typed')
  assert.deepEqual(hits([...said, ...toOthers, ...kept], [SECRET, CODE]), [], 'what was typed as a secret')
  assert.deepEqual(hits([...said, ...toOthers, ...kept], [...given]), [], 'what was given out')
  const log = logs.map(({ text }) => text).join('')
  assert.deepEqual(
    requestIds.filter((id) => !log.includes(id)),
    [],
    'every refusal is in the log, by its id',
  )
  assert.ok(size > 100_000 && overheard.length > 20 && kept.length >= 2)
  assert.ok(hits(kept, [CANARY]).length > 0, 'words that are kept are found where they belong')
})

test('every method was asked in a way that fits it, most went through, and what they gave out was looked for', () => {
  const without = [...asked].filter(([, { fitting }]) => fitting === 0).map(([name]) => name)
  const through = [...asked].filter(([, { ok }]) => ok > 0).length

  assert.deepEqual(without, [])
  assert.equal(asked.size, registry.methods.size)
  assert.ok(through > asked.size / 2, `${through} of ${asked.size} went through`)
  assert.ok(given.size > people.size * 2, `${given.size} secrets`)
})

/** Somebody for each method, so that none takes from another what it needs; all run the server, as far as that goes. */
async function seed(): Promise<void> {
  const store = openSqlite(join(dataDir, 'connectly.db'))
  const seals = createSeals(SECRET_KEY, Date.now)
  for (const name of ['watcher', ...[...registry.methods.keys()].flatMap((each) => [each, `beside ${each}`])]) {
    const isGuest = registry.methods.get(name)?.access.kinds?.[0] === 'guest'
    const username = `p${people.size}`
    const { userId, token } = await addPerson(store, username, isGuest ? 'guest' : 'person', !isGuest)
    const stepUp = await seals.signStepUp({ userId, tokenHash: sha256(token), by: 'totp' })
    people.set(name, { userId, token, stepUp })
  }
  await store.close()
}

const personOf = (name: string): TestPerson => {
  const { userId, token } = people.get(name) ?? assert.fail(name)
  return personAt(url, userId, token, sockets)
}

/** Hears everything that somebody hears who shares a room with everybody. */
async function listen(): Promise<TestPerson> {
  const watcher = personOf('watcher')
  const socket = io(url, { auth: { token: watcher.token }, transports: ['websocket'], reconnection: false })
  sockets.push(socket)
  socket.onAny((...args: unknown[]) => void overheard.push(args))
  await new Promise((done) => socket.once('hello', done))
  await socket.emitWithAck('ask', openSync.name, { epoch: null, cursors: {}, lines: {} })
  return watcher
}

/** Asks one method in every way, over both doors, as somebody who may. */
async function drive(method: Method, watcher: TestPerson): Promise<void> {
  const { userId, token, stepUp } = people.get(method.name) ?? assert.fail(method.name)
  const me = personAt(url, userId, token, sockets)
  const other = personOf(`beside ${method.name}`)
  const known: Record<string, unknown> = { userId: other.userId, toId: other.userId, stepUp }
  if (method.access.kinds?.[0] !== 'guest') {
    for (const each of [watcher, other]) await befriend(me, each)
    const group = { localId: newId<LocalId>(), name: 'Notes', userIds: [watcher.userId, other.userId] }
    const { roomId } = await me.ask(createGroup, group)
    const words = { kind: 'text' as const, text: 'hello' }
    const { messageId } = await me.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: words })
    Object.assign(known, { roomId, messageId, around: messageId, replyToId: messageId })
  }
  const fitting = fittingInputs(method, known)
  const withoutStepUp = method.access.stepUp ? fittingInputs(method, { ...known, stepUp: SECRET }) : []
  const count = { fitting: fitting.length, ok: 0 }
  asked.set(method.name, count)

  const socket = io(url, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true })
  sockets.push(socket)
  await new Promise((done) => socket.once('hello', done))
  refusals.push(await ask(method.name, fitting[0] ?? {}, `${SECRET}${'x'.repeat(20)}`))
  for (const input of [...oddInputs(method, fitting[0] ?? {}), ...withoutStepUp.slice(0, 1), ...fitting]) {
    const answers = [await ask(method.name, input, token)]
    if (socket.connected) {
      const ended = new Promise<undefined>((done) => socket.once('disconnect', () => done(undefined)))
      const answer = (await Promise.race([socket.emitWithAck('ask', method.name, input), ended])) as (typeof answers)[0]
      if (answer) answers.push(answer)
    }
    answered += answers.length
    for (const answer of answers) {
      if (answer.ok) harvest(answer.value)
      else refusals.push(answer)
      if (!answer.ok) requestIds.push(answer.refusal.requestId)
      if (answer.ok) count.ok++
    }
  }
  socket.disconnect()
}

async function ask(name: string, input: object, token: string): Promise<Answer<unknown>> {
  const response = await fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  for (const cookie of response.headers.getSetCookie()) {
    const value = /^[^=]+=([^;]{16,})/.exec(cookie)?.[1]
    if (value) given.add(value)
  }
  return (await response.json()) as Answer<unknown>
}

/** What never becomes an ask: broken bodies, odd headers, addresses, query strings, cookies, handshakes. */
async function rawRequests(): Promise<void> {
  const json = { 'content-type': 'application/json' }
  const long = `${SECRET}${'y'.repeat(30)}`
  const send = (path: string, headers: Record<string, string>, body?: string) =>
    fetch(`${url}${path}`, { headers, ...(body !== undefined && { method: 'POST', body }) }).then((response) =>
      response.text(),
    )
  const odd = [
    ['x-request-id', long],
    ['user-agent', long],
    ['referer', `${url}/#${long}`],
    ['x-forwarded-for', long],
    ['accept-language', long],
    ['authorization', `Basic ${long}`],
    ['authorization', `Bearer ${long}`],
    ['x-csrf-token', long],
    ['cookie', `connectly=${long}; connectly_csrf=${long}; connectly_device=${long}`],
  ] as const
  for (const [name, value] of odd) {
    refusals.push(await send('/api/accounts.me', { ...json, [name]: value }, '{}'))
    refusals.push(await send('/api/accounts.me', { ...json, origin: url, [name]: value }, '{}'))
    refusals.push(await send(`/reset/${long}?token=${long}`, { [name]: value }))
    refusals.push(await send(`/socket.io/?EIO=4&transport=polling&sid=${long}`, { [name]: value }))
  }
  for (const body of [`{"password":"${SECRET}`, `"${SECRET}"`, `[${SECRET}]`, SECRET, SECRET.repeat(5000)])
    for (const type of ['application/json', 'text/plain', long])
      refusals.push(await send('/api/accounts.signIn', { 'content-type': type }, body))
  refusals.push(await send(`/api/${long}`, json, '{}'), await send(`/${long}`, {}), await send(`/api/x?${long}`, {}))
  // What was given out is put where links have it: into an address.
  for (const each of given) await send(`/download/${encodeURIComponent(each)}`, {})
  for (const auth of [{ token: long }, { [SECRET]: SECRET }, { token: { [SECRET]: SECRET } }]) {
    const socket = io(url, {
      auth,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      query: { token: long },
    })
    sockets.push(socket)
    refusals.push(String(await new Promise((done) => socket.once('connect_error', done))))
  }
}

const secretNames = /^(?:ticket|stepUp|token|key|uri|url|path|recoveryCodes)$/

/** Remembers what an answer gave out that is for one person's eyes only. */
function harvest(value: unknown, name = ''): void {
  if (Array.isArray(value)) for (const each of value) harvest(each, name)
  else if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) harvest(each, key)
  else if (typeof value === 'string' && secretNames.test(name))
    for (const part of /^(?:url|uri|path)$/.test(name) ? tokensIn(value) : [value])
      if (part.length >= 6) given.add(part)
}

function harvestMail(text: string): void {
  for (const each of [...tokensIn(text), ...(text.match(/(?<![\w-])\d{6}(?![\w-])/g) ?? [])]) given.add(each)
}

const tokensIn = (text: string): string[] =>
  (text.match(/[\w.-]{30,}/g) ?? []).filter((part) => !/example|^\W+$/.test(part))

/** Where something is found that should not be. Digits count where they stand alone. */
function hits(places: readonly { file: string; text: string }[], secrets: readonly string[]): string[] {
  return places.flatMap(({ file, text }) =>
    secrets.flatMap((secret) => {
      const at = /^\d+$/.test(secret)
        ? text.search(new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`))
        : text.indexOf(secret)
      return at < 0 ? [] : [`${file}: ${secret} in ${JSON.stringify(text.slice(Math.max(0, at - 200), at + 80))}`]
    }),
  )
}
