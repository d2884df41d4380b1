import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createGroup, pageMessages, sendMessage, type LocalId } from '@connectly/protocol'
import type { Logger } from './logger.ts'
import { run, startPostgres, withDatabase, type TestPostgres } from '../store/postgres/kit.ts'
import { newId, startServer, type TestServer } from '../test-kit.ts'

/* A server whose PostgreSQL is killed, and started again. */

type Line = { level: string; fields: Record<string, unknown>; message: string }
const lines: Line[] = []
const write = (level: string) => (fields: object, message: string) =>
  void lines.push({ level, fields: { ...fields }, message })
const logger: Logger = {
  debug: () => undefined,
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
  fatal: write('fatal'),
}

let postgres: TestPostgres
let server: TestServer
before(async () => {
  postgres = await startPostgres({ port: true })
  await run(postgres.url, `create database away template template0 encoding 'UTF8'`)
  server = await startServer({ logger, config: { databaseUrl: withDatabase(postgres.url, 'away') } })
})
after(async () => {
  await server.stop()
  await postgres.stop()
})

test('while the store is away whatever is asked is Unavailable, by socket and by HTTP, and goes on when it is back', async () => {
  const ada = await server.person('ada')
  const { roomId } = await ada.ask(createGroup, { localId: newId<LocalId>(), name: 'Notes', userIds: [] })
  const seat = await ada.connect()
  const message = { roomId, localId: newId<LocalId>(), body: { kind: 'text' as const, text: 'hello' } }

  await postgres.kill()
  const refused = [
    await seat.tries(sendMessage, message),
    await seat.tries(pageMessages, { roomId, limit: 10 }),
    await ada.tries(pageMessages, { roomId, limit: 10 }),
    await server.again(ada.userId, 'a-token-that-nobody-knows').tries(pageMessages, { roomId, limit: 10 }),
  ]
  await postgres.restart()
  const sent = async () => (await seat.tries(sendMessage, message)).ok
  for (const until = Date.now() + 10_000; !(await sent()) && Date.now() < until;)
    await new Promise((done) => setTimeout(done, 20))

  assert.deepEqual(
    refused.map((answer) => !answer.ok && answer.refusal.code),
    ['Unavailable', 'Unavailable', 'Unavailable', 'Unavailable'],
  )
  const { messages } = await seat.ask(pageMessages, { roomId, limit: 10 })
  assert.equal(messages.filter(({ localId }) => localId === message.localId).length, 1)
  assert.ok(seat.isOpen())
})

test('a handshake while the store is away is one warning, in one line without a stack, and is told to come again', async () => {
  const ada = await server.person('bella')

  await postgres.kill()
  lines.splice(0)
  const refused = await server
    .again(ada.userId, 'another-token-that-nobody-knows')
    .connect()
    .catch((error: Error & { data?: unknown }) => error)
  await postgres.restart()

  assert.ok(refused instanceof Error)
  assert.deepEqual(refused.data, { code: 'Unavailable' })
  const own = lines.filter(({ fields }) => fields['method'] === 'connecting')
  assert.deepEqual(
    own.map(({ level, fields }) => [level, fields['code'], 'error' in fields]),
    [['warn', 'Unavailable', false]],
  )
  assert.equal(typeof own[0]?.fields['reason'], 'string')
  assert.ok(!JSON.stringify(own).includes('    at '))
})
