import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createGroup, pageMessages, sendMessage, type Answer, type LocalId, type RoomId } from '@connectly/protocol'
import { openSqlite } from './store/sqlite/sqlite.ts'
import { addPerson, newId, personAt } from './test-kit.ts'

/* The program as it starts and ends, with faults planted into it: a feature that throws when a message says so. */

const running = new Set<ChildProcess>()
const sockets: Parameters<typeof personAt>[3] = []
const root = mkdtempSync(join(tmpdir(), 'connectly-serve-'))
after(() => {
  for (const socket of sockets) socket.disconnect()
  for (const child of running) child.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

const own = (path: string) => JSON.stringify(join(import.meta.dirname, path))
const program = `
  const { serve } = await import(${own('serve.ts')})
  const { features } = await import(${own('features/features.ts')})
  const { before } = await import(${own('kernel/feature.ts')})
  const { sendMessage } = await import('@connectly/protocol')
  let isHanging = false
  const faulty = {
    name: 'faulty',
    before: [before(sendMessage, async (ctx, { body }) => {
      if (body.text === 'throw') throw new TypeError('planted in a handler')
      if (body.text === 'reject') void Promise.reject(new Error('planted in a promise'))
      if (body.text === 'hang') { isHanging = true; process.stdout.write('hanging') }
      if (body.text === 'later') setTimeout(() => { throw new Error('planted in a timer') }, 50)
    })],
  }
  const store = (store) => ({ ...store, commit: (...args) => isHanging ? new Promise(() => {}) : store.commit(...args) })
  await serve({ features: [...features, faulty], clientDir: 7, store }, 4000)
`

async function start(name: string) {
  const [dataDir, logs] = [join(root, name), join(root, `${name}-logs`)]
  if (!existsSync(dataDir)) mkdirSync(dataDir)
  const store = existsSync(join(dataDir, 'connectly.db')) ? null : openSqlite(join(dataDir, 'connectly.db'))
  const { userId, token } = store ? await addPerson(store, 'ada') : { userId: null, token: '' }
  await store?.close()
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    env: { PORT: '0', DATA_DIR: dataDir, LOG_DIR: logs },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()))
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  const url = await new Promise<string>((done, fail) => {
    child.stdout.on('data', (text: Buffer) => {
      said.out += text.toString()
      const address = /Connectly is at (\S+)/.exec(said.out)?.[1]
      if (address) done(address)
    })
    void ended.then((code) => fail(new Error(`it ended with ${code}: ${said.err}`)))
  })
  const lines = () => linesOf(readFileSync(join(logs, 'error.log'), 'utf8'))
  return { child, dataDir, ended, said, url, lines, userId, token }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown> & { error: { message: string } })

const words = (roomId: RoomId, text: string) => ({
  roomId,
  localId: newId<LocalId>(),
  body: { kind: 'text' as const, text },
})
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.refusal.code)

test('a throw in a handler, a route and a promise is logged with a code, answered where somebody waits, and survived', async () => {
  const { child, ended, said, url, lines, userId, token } = await start('survives')
  const ada = personAt(url, userId ?? assert.fail(), token, sockets)
  const { roomId } = await ada.ask(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })
  const seat = await ada.connect()

  const [overHttp, overSocket] = [
    await ada.tries(sendMessage, words(roomId, 'throw')),
    await seat.tries(sendMessage, words(roomId, 'throw')),
  ]
  const route = await fetch(`${url}/some.file`)
  const inRoute = (await route.json()) as Answer<unknown>
  const rejecting = await seat.tries(sendMessage, words(roomId, 'reject'))
  const after = await seat.tries(sendMessage, words(roomId, 'and on it goes'))
  const metrics = await (await fetch(`${url}/metrics`)).text()
  child.kill('SIGTERM')
  const code = await ended

  assert.deepEqual([overHttp, overSocket, inRoute].map(codeOf), ['Internal', 'Internal', 'Internal'])
  assert.deepEqual([route.status, codeOf(rejecting), codeOf(after), code], [500, 'ok', 'ok', 0])
  const said500 = [overHttp, overSocket, inRoute].map((answer) => (answer.ok ? '' : answer.refusal.requestId))
  assert.deepEqual(
    lines().map(({ level, code: kind, requestId, error }) => [level, kind, requestId, error.message]),
    [
      ['ERROR', 'Internal', said500[0], 'planted in a handler'],
      ['ERROR', 'Internal', said500[1], 'planted in a handler'],
      ['ERROR', 'Internal', said500[2], lines()[2]?.error.message],
      ['CRITICAL', 'UnhandledRejection', undefined, 'planted in a promise'],
    ],
  )
  assert.doesNotMatch(JSON.stringify([overHttp, overSocket, inRoute]), /planted|stack|\.ts/)
  assert.match(metrics, /^connectly_faults_total\{where="ask"\} 3$/m)
  assert.match(metrics, /^connectly_faults_total\{where="rejection"\} 1$/m)
  assert.deepEqual(
    linesOf(said.err).map(({ code: kind }) => kind),
    ['UnhandledRejection'],
  )
})

test('a throw that nobody can catch is logged, the store is closed, and the process ends with 70; nothing acknowledged is lost', async () => {
  const { dataDir, ended, said, url, lines, userId, token } = await start('falls')
  const ada = personAt(url, userId ?? assert.fail(), token, sockets)
  const { roomId } = await ada.ask(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })
  const seat = await ada.connect()

  const acknowledged: string[] = []
  let isOver = false
  const writer = (async () => {
    for (let nth = 0; !isOver; nth++) {
      const sent = await ada.tries(sendMessage, words(roomId, `line ${nth}`)).catch(() => null)
      if (sent?.ok) acknowledged.push(`line ${nth}`)
    }
  })()
  const planted = await seat.tries(sendMessage, words(roomId, 'later'))
  const code = await ended
  isOver = true
  await writer
  await seat.until(() => !seat.isOpen())
  const wasClosed = !existsSync(join(dataDir, 'connectly.db-wal'))

  const again = await start('falls')
  const { messages } = await personAt(again.url, ada.userId, token, sockets).ask(pageMessages, { roomId, limit: 200 })
  again.child.kill('SIGTERM')

  assert.deepEqual([codeOf(planted), code, wasClosed, await again.ended], ['ok', 70, true, 0])
  assert.ok(acknowledged.length > 0)
  const kept = messages.map(({ body }) => (body as { text?: string } | null)?.text)
  for (const text of acknowledged.slice(-150)) assert.ok(kept.includes(text), text)
  for (const each of [lines(), linesOf(said.err)])
    assert.deepEqual(
      each.map(({ level, code: kind, error }) => [level, kind, error.message]),
      [['CRITICAL', 'UncaughtException', 'planted in a timer']],
    )
})

test('a stop that hangs on its store ends in time all the same, says so, and what was acknowledged is kept', async () => {
  const { child, ended, lines, said, url, userId, token } = await start('hangs')
  const ada = personAt(url, userId ?? assert.fail(), token, sockets)
  const { roomId } = await ada.ask(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })
  await ada.ask(sendMessage, words(roomId, 'kept'))

  const hanging = ada.tries(sendMessage, words(roomId, 'hang')).catch(() => null)
  while (!said.out.includes('hanging')) await new Promise((done) => setTimeout(done, 10))
  const began = Date.now()
  child.kill('SIGTERM')
  const code = await ended
  const took = Date.now() - began
  await hanging

  const again = await start('hangs')
  const { messages } = await personAt(again.url, ada.userId, token, sockets).ask(pageMessages, { roomId, limit: 10 })
  again.child.kill('SIGTERM')
  await again.ended

  assert.equal(code, 1)
  assert.ok(took < 10_000, `it took ${took} ms`)
  assert.equal(lines().at(-1)?.['code'], 'StopFailed')
  assert.ok(messages.some(({ body }) => (body as { text?: string } | null)?.text === 'kept'))
})
