import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { after, test } from 'node:test'
import { acceptRequest, askToTalk, createGroup, pageMessages, type Answer, type LocalId } from '@connectly/protocol'
import { addPerson, newId, personAt } from '@connectly/server/test-kit'
import { io, type Socket } from 'socket.io-client'
import { openSqlite } from '../../server/src/store/sqlite/sqlite.ts'
import { until } from './ends.ts'
import { freePort } from './supervisor.ts'

/* The program itself, told to stop in the middle of everything: by one signal, and by impatient ones after it. */

const PEOPLE = 5
/** Sends of one person that wait for their answers at any time. */
const AT_ONCE = 4

const root = mkdtempSync(join(tmpdir(), 'connectly-drain-'))
const sockets: Socket[] = []
let running: ChildProcess | undefined
after(() => {
  for (const socket of sockets) socket.disconnect()
  running?.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

/** Somebody who sends without pause, asks again by the same key what was not answered, and reconnects by themselves. */
function writerAt(url: string, token: string, roomId: string) {
  const socket = io(url, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
  })
  sockets.push(socket)
  const heard = { opened: 0, ends: [] as string[], codes: [] as string[] }
  const acknowledged: string[] = []
  /** What was asked and has no answer, and when it was asked. */
  const waiting = new Map<string, number>()
  let isOver = false
  socket.on('hello', () => heard.opened++)
  socket.on('disconnect', (reason) => heard.ends.push(reason))

  const send = async (text: string, localId: string): Promise<boolean> => {
    if (!socket.connected) return pause(10, false)
    const input = { roomId, localId, body: { kind: 'text', text } }
    waiting.set(localId, Date.now())
    const ended = new Promise<null>((done) => socket.once('disconnect', () => done(null)))
    const answer = await Promise.race([
      socket.emitWithAck('ask', 'messages.send', input) as Promise<Answer<unknown>>,
      ended,
    ])
    if (!answer) return false
    waiting.delete(localId)
    if (!answer.ok) heard.codes.push(answer.refusal.code)
    return answer.ok || pause(10, false)
  }
  const lane = async (name: string) => {
    for (let nth = 0; !isOver; nth++) {
      const [text, localId] = [`${name}-${nth}`, newId<LocalId>()]
      while (!(await send(text, localId))) if (isOver) return
      acknowledged.push(text)
    }
  }
  const lanes = Array.from({ length: AT_ONCE }, (_, at) => lane(`${token.slice(0, 6)}-${at}`))
  return {
    heard,
    acknowledged,
    waiting,
    stop: async () => {
      isOver = true
      await Promise.all(lanes)
    },
  }
}

/** As it is started, with limits that nobody reaches. */
const program = `
  const { serve } = await import('../../server/src/serve.ts')
  const { roomyLimits } = await import('@connectly/server/test-kit')
  await serve({ limits: roomyLimits })
`

async function start(dataDir: string, port: number) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    env: { PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running = child
  let log = ''
  child.stderr.on('data', (text: Buffer) => (log += text.toString()))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  await Promise.race([once(child.stdout, 'data'), ended.then((code) => assert.fail(`it ended with ${code}: ${log}`))])
  return { child, ended, log: () => log }
}

test('told to stop under load, it refuses newcomers, answers what was begun, tells everybody, and ends with 0; nothing is lost', async () => {
  const dataDir = join(root, 'data')
  const url = `http://127.0.0.1:${await freePort(20_700)}`
  const store = await seeded(dataDir)
  const first = await start(dataDir, Number(new URL(url).port))
  const people = store.map(({ userId, token }) => personAt(url, userId, token, sockets))
  const [owner = assert.fail(), ...others] = people
  for (const other of others) {
    const { requestId } = await owner.ask(askToTalk, { toId: other.userId, text: 'Hello', localId: newId<LocalId>() })
    await other.ask(acceptRequest, { requestId })
  }
  const group = { localId: newId<LocalId>(), name: 'Notes', userIds: others.map(({ userId }) => userId) }
  const { roomId } = await owner.ask(createGroup, group)
  const writers = people.map(({ token }) => writerAt(url, token, roomId))
  const acked = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)

  await until(() => acked() > 200, 'people write')
  const signIn = async () => {
    const body = JSON.stringify({ username: 'nobody', password: 'a password that takes its time' })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${url}/api/accounts.signIn`, { method: 'POST', headers, body })).status
  }
  const slow = Promise.all([signIn(), signIn(), signIn()])
  await until(() => acked() > 300, 'people write on')
  const began = Date.now()
  first.child.kill('SIGTERM')
  await until(() => first.log().includes('"msg":"stopping"'), 'it hears')
  const newcomer = io(url, {
    auth: { token: owner.token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  })
  sockets.push(newcomer)
  const isRefused = new Promise<boolean>((done) =>
    newcomer.once('connect_error', () => done(true)).once('hello', () => done(false)),
  )
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) first.child.kill(signal)
  const code = await first.ended
  const took = Date.now() - began
  const isWhole = !existsSync(join(dataDir, 'connectly.db-wal'))
  const ackedThen = acked()
  const unanswered = writers.flatMap(({ waiting }) => [...waiting.values()].filter((askedAt) => askedAt < began))

  const second = await start(dataDir, Number(new URL(url).port))
  await until(() => writers.every(({ heard }) => heard.opened === 2), 'everybody is back by themselves')
  await until(() => acked() > ackedThen + 100, 'people write again')
  for (const writer of writers) await writer.stop()
  const texts: string[] = []
  const seqs: number[] = []
  for (let beforeSeq: number | undefined; ;) {
    const { messages } = await owner.ask(pageMessages, { roomId, limit: 200, ...(beforeSeq && { before: beforeSeq }) })
    if (messages.length === 0) break
    texts.push(...messages.map(({ body }) => String((body as { text?: string } | null)?.text)))
    seqs.push(...messages.map(({ seq }) => seq))
    beforeSeq = Math.min(...messages.map(({ seq }) => seq))
  }
  second.child.kill('SIGTERM')

  assert.deepEqual([code, await second.ended], [0, 0])
  assert.ok(took < 10_000, `it took ${took} ms`)
  assert.ok(isWhole, 'the database is one file')
  assert.ok(await isRefused, 'nobody is let in any more')
  assert.deepEqual(await slow, [401, 401, 401], 'what takes its time is seen through')
  assert.match(first.log(), /"stopping already"/)
  assert.deepEqual(unanswered, [], 'what was asked before the signal is answered')
  for (const { heard } of writers) {
    assert.deepEqual(heard.ends.slice(0, 1), ['transport close'], 'an end that clients reconnect after by themselves')
    assert.deepEqual([...new Set(heard.codes)], ['Unavailable'], 'the only no there was')
  }
  const acknowledged = writers.flatMap((writer) => writer.acknowledged)
  assert.ok(acknowledged.length > 400)
  const times = new Map<string, number>()
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1)
  assert.deepEqual(
    acknowledged.filter((text) => times.get(text) !== 1),
    [],
    'acknowledged is kept, once',
  )
  assert.equal(new Set(seqs).size, seqs.length)
  assert.equal(Math.max(...seqs) - Math.min(...seqs) + 1, seqs.length, 'no number is left out')
})

/** Accounts that are there before the first start. */
async function seeded(dataDir: string) {
  mkdirSync(dataDir)
  const store = openSqlite(join(dataDir, 'connectly.db'))
  const people = []
  for (let nth = 0; nth < PEOPLE; nth++) people.push(await addPerson(store, `person-${nth}`))
  await store.close()
  return people
}
