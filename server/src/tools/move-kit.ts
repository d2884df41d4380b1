import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  blockPerson,
  createGroup,
  deleteMessage,
  editMessage,
  hideMessages,
  markRead,
  sendMessage,
  type LocalId,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { metaTable } from '../kernel/tables.ts'
import { migratedTables } from '../store/migrations/schema.ts'
import { insert, type Reader, type Store } from '../store/store.ts'
import { rowsOf } from '../store/walk.ts'
import { befriend, newId, type TestPerson, type TestServer } from '../test-kit.ts'
import { newDir, start, stop } from './tools-kit.ts'

/* What tests of moving stand on: a store that people have lived in, and every row of one. */

export type Lived = { dataDir: string; ada: TestPerson; roomId: RoomId }

/** A stopped server's folder with something in almost every table, and rows of every kind. */
export async function livedIn(words = 60): Promise<Lived> {
  const server = await start(newDir())
  const [ada, bob, eve] = await people(server)
  const direct = await befriend(ada, bob)
  await befriend(ada, eve, 'Hi 👋🏽 “quoted” \\ and\nanother line')
  const { roomId } = await ada.ask(createGroup, {
    localId: newId<LocalId>(),
    name: 'Überraschung 漢字',
    userIds: [bob.userId, eve.userId],
  })
  const say = async (who: TestPerson, to: RoomId, text: string) =>
    who.ask(sendMessage, { roomId: to, localId: newId<LocalId>(), body: { kind: 'text', text } })
  for (let nth = 0; nth < words; nth++) await say(nth % 2 ? ada : bob, nth % 3 ? roomId : direct, `word ${nth} é 漢 🎈`)
  const [edited, deleted, hidden] = [
    await say(ada, roomId, 'teh'),
    await say(ada, roomId, 'forget this secret'),
    await say(bob, roomId, 'not for eve'),
  ]
  await ada.ask(editMessage, { roomId, messageId: edited.messageId, body: { kind: 'text', text: 'the' } })
  await ada.ask(deleteMessage, { roomId, messageId: deleted.messageId })
  await eve.ask(hideMessages, { roomId, messageIds: [hidden.messageId] })
  await eve.ask(markRead, { roomId, seq: hidden.seq })
  await bob.ask(blockPerson, { userId: eve.userId })
  await say(eve, roomId, 'unheard by bob')
  await fillTheRest(server.app.store, ada.userId)
  await stop(server)
  return { dataDir: server.dataDir, ada, roomId }
}

/** A row in each table that nobody has had a use for yet: what counts is that it arrives, not what it says. */
async function fillTheRest(store: Store, userId: UserId): Promise<void> {
  const some: Record<string, unknown> = { text: 'é 漢 🎈', int: 4_000_000_000_000, bool: true, json: { a: ['é', 1] } }
  for (const table of migratedTables().values()) {
    if (['meta', 'reactionsDone'].includes(table.name) || (await store.count(table, {}, 1)) > 0) continue
    const row = Object.fromEntries(
      table.columns.map(({ name, type }) => [name, name === 'userId' && type === 'text' ? userId : some[type]]),
    )
    const make = () => ({ writes: [insert(table, row)], events: [], result: null })
    const [outcome] = await store.commit([{ places: [], given: [], make }], Date.now())
    assert.equal(outcome?.kind, 'done', table.name)
  }
}

/** Every row of every table, to the letter, by table: without the epoch, and places in which nothing was said. */
export async function lettersOf(store: Reader): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const table of migratedTables().values()) {
    const rows: string[] = []
    for await (const row of rowsOf(store, table)) {
      const isOwn = table.name === 'meta' && valueOf(row, 'name') === 'epoch'
      const isSilent = table.name === 'places' && valueOf(row, 'seq') === 0
      if (!isOwn && !isSilent) rows.push(JSON.stringify(table.columns.map(({ name }) => valueOf(row, name))))
    }
    all[table.name] = rows
  }
  return all
}

export const epochOf = async (store: Reader): Promise<string> =>
  (await store.get(metaTable, { name: 'epoch' }))?.value ?? assert.fail('it has no epoch')

/** A store that fails at its n-th commit: before it, or after it was kept and nobody was told. */
export function failingAt(store: Store, nth: number, when: 'before' | 'after'): Store {
  let commits = 0
  return {
    ...store,
    commit: async (changes, now) => {
      const isNow = ++commits === nth
      if (isNow && when === 'before') throw new Error('the line is dead')
      const outcomes = await store.commit(changes, now)
      if (isNow) throw new Error('the line is dead')
      return outcomes
    },
  }
}

/**
 * Moves, a few rows a commit, in a process that is killed at its n-th commit, or at the one that lets servers in.
 * @returns whether it was; else it came to its end
 */
export async function moveKilledAt(
  from: string,
  to: string,
  nth: number,
  when: 'before' | 'after' | 'release',
): Promise<boolean> {
  const at = (path: string) => JSON.stringify(import.meta.resolve(path))
  const program = `
    const { openNamed, openNamedReader, storeNamed } = await import(${at('./stores.ts')})
    const { moveStore } = await import(${at('./move.ts')})
    const store = await openNamed(storeNamed(${JSON.stringify(to)}, {}))
    const die = () => process.kill(process.pid, 'SIGKILL')
    let commits = 0
    const commit = async (changes, now) => {
      const isNow = ++commits === ${nth}
      const isRelease = changes[0].make().writes.some(({ row }) => row?.name === 'epoch')
      if ((isNow && '${when}' === 'before') || (isRelease && '${when}' === 'release')) die()
      const outcomes = await store.commit(changes, now)
      if (isNow) die()
      return outcomes
    }
    const openSource = () => openNamedReader(storeNamed(${JSON.stringify(from)}, {}))
    await moveStore({ openSource, target: { ...store, commit }, say: () => undefined, rows: 25 })
    await store.close()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'pipe'] })
  let wrong = ''
  child.stderr.on('data', (chunk: Buffer) => (wrong += chunk.toString()))
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  assert.ok(code === 0 || signal === 'SIGKILL', wrong)
  return signal === 'SIGKILL'
}

async function people(server: TestServer): Promise<[TestPerson, TestPerson, TestPerson]> {
  return [await server.person('ada'), await server.person('bob'), await server.person('eve')]
}

const valueOf = (row: object, name: string): unknown => (row as Record<string, unknown>)[name]
