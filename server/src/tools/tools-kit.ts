import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { sendMessage, type LocalId, type Message, type RoomId } from '@connectly/protocol'
import { messageTable } from '../features/messages/index.ts'
import { migratedTables } from '../store/migrations/schema.ts'
import { openReader } from '../store/sqlite/read.ts'
import { befriend, newId, startServer, type TestPerson, type TestServer } from '../test-kit.ts'
import { checkStore } from './check-store.ts'
import type { Command, Env, Values } from './command.ts'

/* What tests of the commands stand on: servers in folders of their own, and people who talk. */

const dirs: string[] = []
const servers = new Set<TestServer>()
after(async () => {
  for (const server of servers) await server.stop()
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
})

/** A folder that is gone after the tests. */
export function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'connectly-tools-'))
  dirs.push(dir)
  return dir
}

/** A server in this folder, stopped after the tests if not before. */
export async function start(dataDir = newDir()): Promise<TestServer> {
  const server = await startServer({ dataDir })
  servers.add(server)
  return server
}

export async function stop(server: TestServer): Promise<void> {
  servers.delete(server)
  await server.stop()
}

/** Two people with a room, who say this many words over their sockets, all at once. Answers with the messages' ids. */
export async function talk(server: TestServer): Promise<{
  ada: TestPerson
  roomId: RoomId
  say: (words: number) => Promise<string[]>
}> {
  const [ada, bob] = [await server.person('ada'), await server.person('bob')]
  const roomId = await befriend(ada, bob)
  const sockets = [await ada.connect(), await bob.connect()]
  const sayOne = async (nth: number) => {
    const body = { kind: 'text' as const, text: `word ${nth}` }
    const sent = await sockets[nth % 2]?.ask(sendMessage, { roomId, localId: newId<LocalId>(), body })
    return sent?.messageId ?? assert.fail('not sent')
  }
  return { ada, roomId, say: (words) => Promise.all(Array.from({ length: words }, (_, nth) => sayOne(nth))) }
}

/** Runs a command in this process; gives its exit code and what it said. */
export async function run(command: Command, values: Values, env: Env = {}): Promise<{ code: number; said: string }> {
  const said: string[] = []
  const code = await command.run(values, env, (line) => said.push(line))
  return { code, said: said.join('\n') }
}

/** Why a command could not be done: always one line. */
export async function failureOf(command: Command, values: Values, env: Env = {}): Promise<string> {
  const { message } = await run(command, values, env).then(
    ({ said }): Error => assert.fail(`it was done: ${said}`),
    (error: Error) => error,
  )
  assert.equal(message.split('\n').length, 1, message)
  return message
}

/** The messages of a database that nobody need have open, and what does not hold in it. */
export async function read(file: string): Promise<{ violations: string[]; messages: Message[] }> {
  const reader = openReader(file)
  try {
    const violations = reader.faults()
    await checkStore(reader, (violation) => violations.push(violation))
    return {
      violations,
      messages: await reader.find(messageTable, { order: [['messageId', 'asc']], limit: 1_000_000 }),
    }
  } finally {
    reader.close()
  }
}

/** Everything that stands in any row of any table of a database. */
export async function rowsIn(file: string): Promise<string> {
  const reader = openReader(file)
  try {
    const tables = [...migratedTables().values()]
    return JSON.stringify(await Promise.all(tables.map((table) => reader.find(table, { limit: 1_000_000 }))))
  } finally {
    reader.close()
  }
}

export const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
