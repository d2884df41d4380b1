import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { TERMS_VERSION, registry, type Answer, type Method } from '@connectly/protocol'
import { io } from 'socket.io-client'
import { newId } from '@connectly/server/test-kit'

/* The program itself, at its most talkative, asked everything with secrets in every field: none may reach its log. */

const CANARY = 'canary7f3a'
const PASSWORD = `${CANARY} seven grey herons`
let server: ChildProcess
let dataDir: string
let url: string
let stderr = ''

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectly-logs-'))
  server = spawn(process.execPath, [join(import.meta.dirname, '../../server/src/main.ts')], {
    env: {
      ...process.env,
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'debug',
      NODE_ENV: 'development',
      PUBLIC_URL: '',
      CAPTCHA: 'none',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  server.stderr?.on('data', (chunk: Buffer) => (stderr += chunk))
  url = await new Promise((done, fail) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      const address = /http:\/\/\S+/.exec(String(chunk))?.[0]
      if (address) done(address)
    })
    server.once('exit', () => fail(new Error(`it ended: ${stderr}`)))
  })
})
after(() => {
  server.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

test('no password, token, cookie, message or other content reaches the log, over either door, asked well or ill', async () => {
  const { token, userId } = await signUp()
  const room = await ask(token, 'rooms.create', { localId: newId(), name: CANARY, userIds: [] })
  const roomId = (room.ok && (room.value as { roomId: string }).roomId) || ''
  const requestIds: string[] = []
  const socket = io(url, { auth: { token }, transports: ['websocket'], reconnection: false })
  await new Promise<void>((done) => socket.once('hello', () => done()))

  const methods = [...registry.methods.values()].filter((method) => method.name !== 'accounts.signOut')
  for (const method of methods)
    for (const input of inputsOf(method, { roomId, userId })) {
      const answers = [
        await ask(token, method.name, input),
        await ask(`${CANARY}${'x'.repeat(40)}`, method.name, input),
      ]
      answers.push((await socket.timeout(5000).emitWithAck('ask', method.name, input)) as Answer<unknown>)
      requestIds.push(...answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.requestId])))
    }
  socket.disconnect()
  await rawRequests(token)
  await ask(token, 'accounts.signOut', { [CANARY]: CANARY })
  server.kill('SIGTERM')
  await once(server, 'exit')

  assert.ok(requestIds.length > 50)
  for (const requestId of requestIds) assert.ok(stderr.includes(requestId), 'every refusal is in the log, by its id')
  assert.equal(linesWith(CANARY).join('\n'), '')
  assert.equal(linesWith(token).join('\n'), '')
})

async function signUp(): Promise<{ token: string; userId: string }> {
  const username = `u${newId().slice(-8)}`
  const response = await fetch(`${url}/api/accounts.signUp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD, name: CANARY, terms: TERMS_VERSION }),
  })
  const answer = (await response.json()) as Answer<{ userId: string }>
  const token = /connectly=([\w-]{43})/.exec(response.headers.getSetCookie().join('\n'))?.[1] ?? ''
  assert.ok(answer.ok && token !== '')
  return { token, userId: answer.value.userId }
}

/** Inputs that fit, and such as do not, with the canary wherever a word may stand, and as the name of a field. */
function inputsOf(method: Method, known: Record<string, string>): object[] {
  const fields = Object.keys((method.input as unknown as { _zod: { def: { shape: object } } })._zod.def.shape)
  const words = Object.fromEntries(fields.map((field) => [field, known[field] ?? CANARY]))
  const nested = Object.fromEntries(fields.map((field) => [field, { [CANARY]: CANARY, text: CANARY, kind: CANARY }]))
  const lists = Object.fromEntries(fields.map((field) => [field, [CANARY]]))
  const fitting = {
    ...known,
    localId: newId(),
    toId: newId(),
    requestId: newId(),
    text: CANARY,
    body: { kind: 'text', text: CANARY },
    name: CANARY,
    username: `u${CANARY}`,
    password: `${PASSWORD} wrong`,
    role: CANARY,
    userIds: [newId()],
    place: `room:${newId()}`,
    after: 0,
    epoch: CANARY,
    cursors: {},
    lines: {},
  }
  const oddOnes = fields.map((field) => ({ ...fitting, [field]: { [CANARY]: CANARY } }))
  return [words, nested, lists, fitting, { [CANARY]: CANARY }, ...oddOnes]
}

/** What never becomes an ask: broken bodies, odd headers, query strings, cookies from elsewhere. */
async function rawRequests(token: string): Promise<void> {
  const json = { 'content-type': 'application/json' }
  const send = (path: string, headers: Record<string, string>, body: string) =>
    fetch(`${url}${path}`, { method: 'POST', headers, body }).then((response) => response.arrayBuffer())
  await send(`/api/accounts.me?token=${CANARY}`, { ...json, authorization: `Bearer ${token}` }, '{}')
  await send('/api/accounts.me', { ...json, authorization: `Basic ${CANARY}` }, '{}')
  await send('/api/accounts.me', { ...json, cookie: `connectly=${CANARY}`, origin: url }, '{}')
  await send('/api/accounts.me', { ...json, cookie: `connectly=${token}`, origin: 'https://elsewhere.example' }, '{}')
  await send('/api/messages.send', { ...json, authorization: `Bearer ${token}` }, `{"body":"${CANARY}`)
  await send('/api/messages.send', { 'content-type': 'text/plain' }, CANARY)
  await send('/api/messages.send', { ...json, 'x-csrf-token': CANARY }, `{"body":"${CANARY.repeat(20_000)}"}`)
}

async function ask(token: string, name: string, input: object): Promise<Answer<unknown>> {
  const response = await fetch(`${url}/api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  })
  return (await response.json()) as Answer<unknown>
}

const linesWith = (secret: string) => stderr.split('\n').filter((line) => line.includes(secret))
