import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { sendMessage, userPlace, roomPlace, type LocalId, type MessageId } from '@connectly/protocol'
import { erasureTable } from '../features/messages/index.ts'
import { roomTable } from '../features/rooms/index.ts'
import { openReader } from '../store/sqlite/read.ts'
import { openSqlite } from '../store/sqlite/sqlite.ts'
import { insert, patch, remove, type Store, type Write } from '../store/store.ts'
import { isUnfinished } from '../store/unfinished.ts'
import { newId } from '../test-kit.ts'
import { migrateStore } from './migrate-store.ts'
import { epochOf, lettersOf, livedIn, moveKilledAt, type Lived } from './move-kit.ts'
import { failureOf, hashOf, newDir, read, run, start, stop } from './tools-kit.ts'

/* The command, from one data folder to another. */

let lived: Lived
before(async () => {
  lived = await livedIn()
})

test('everything arrives to the letter under a new epoch, and the source is left as it was', async () => {
  const [from, to] = [lived.dataDir, newDir()]
  const before = [readdirSync(from), hashOf(fileIn(from))]

  const { code, said } = await run(migrateStore, { from, to })

  assert.equal(code, 0)
  assert.match(said, /^messages: \d+ of \d+ rows, 100 %, [\d,]+ rows\/s$/m)
  assert.match(said, /^messages: \d+ rows on both sides, SHA-256 sum [0-9a-f]{16}$/m)
  assert.match(
    said,
    /connectly\.db: \d+ rows, all there and the same, in .* Start Connectly with DATA_DIR set to its folder/,
  )
  assert.deepEqual([readdirSync(from), hashOf(fileIn(from))], before)
  const [left, arrived] = [await all(from), await all(to)]
  for (const [table, rows] of Object.entries(left.rows))
    assert.ok(rows.length > 0 || ['meta', 'reactionsDone'].includes(table), `nothing in ${table}`)
  assert.deepEqual(arrived.rows, left.rows)
  assert.notEqual(arrived.epoch, left.epoch)
  assert.deepEqual((await read(fileIn(to))).violations, [])
})

test('who held something of the old store starts from a fresh head in the new one, and goes on where all were', async () => {
  const { dataDir, ada, roomId } = await livedIn(10)
  const places = [userPlace(ada.userId), roomPlace(roomId)]
  const old = await start(dataDir)
  const held = (await old.again(ada.userId, ada.token).connect()).opened
  await stop(old)
  const { rows } = await all(dataDir)
  const cursors = Object.fromEntries(places.map((place) => [place, seqOf(rows, place)]))
  const to = newDir()
  await run(migrateStore, { from: dataDir, to })
  const server = await start(to)
  const again = server.again(ada.userId, ada.token)

  const { opened } = await again.connect(cursors, held.epoch)
  const kept = await again.connect(cursors, opened.epoch)
  const sent = await kept.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text: 'hello' } })

  assert.notEqual(opened.epoch, held.epoch)
  assert.deepEqual(
    opened.places.map((place) => [place.kind, place.kind === 'reset' && place.head.place]),
    places.map((place) => ['reset', place]),
  )
  assert.ok(kept.opened.places.every(({ kind }) => kind === 'events'))
  assert.equal(sent.seq, seqOf(rows, roomPlace(roomId)) + 1)
  await stop(server)
})

test('killed at any commit, before it or after it, a move goes on when it is run again; no server starts until it is done', async () => {
  const [from, to] = [lived.dataDir, newDir()]
  const kills = [1, 1, 2, 2, 4, 5, 1, 3, 6].map((nth, at) => [nth, at % 2 ? 'after' : 'before'] as const)
  let refused = 0
  let killed = 0

  for (let at = 0; ; at++) {
    const isKilled = await moveKilledAt(from, to, ...(kills[at] ?? ([3, 'after'] as const)))
    if (!isKilled || !(await isBeingMoved(to, at > 0))) break
    killed++
    if (at === 0) continue
    await assert.rejects(start(to), /another store is being moved into this one.*migrate-store/i)
    refused++
  }
  if (await isBeingMoved(to, true)) await run(migrateStore, { from, to })

  assert.ok(killed > 10, `killed ${killed} times`)
  assert.equal(refused, killed - 1)
  assert.deepEqual((await all(to)).rows, (await all(from)).rows)
  assert.deepEqual((await read(fileIn(to))).violations, [])
  await stop(await start(to))
})

test('a move that is run again does not copy what is there', async () => {
  const [from, to] = [lived.dataDir, newDir()]
  assert.ok(await moveKilledAt(from, to, 9, 'after'))

  const { said } = await run(migrateStore, { from, to })

  assert.match(said, /^Going on with a move that was cut off\.$/m)
  assert.match(said, /^meta: copied before \(\d rows?\)$|^places: copied before \(\d+ rows\)$/m)
})

test('a target that is not empty, or was used once, is refused, and so is a source that is none', async () => {
  const [from, used, empty] = [lived.dataDir, newDir(), newDir()]
  await stop(await start(used))
  const full = newDir()
  await run(migrateStore, { from, to: full })
  const before = hashOf(fileIn(full))
  const begun = newDir()
  await moveKilledAt(from, begun, 4, 'after')
  const running = await start(newDir())
  const other = await livedIn(3)
  const why = (from: string, to: string) => failureOf(migrateStore, { from, to })

  assert.match(await why(from, full), /not empty \(.*places.*messages/)
  assert.match(await why(from, used), /not empty \(meta\)/)
  assert.match(await why(other.dataDir, begun), /unfinished move of another store.*--anew/)
  assert.match(await why(empty, newDir()), /There is no file/)
  assert.match(await why(begun, newDir()), /source is itself the target of a move/)
  assert.match(await why(running.dataDir, newDir()), /Another Connectly already uses .*Stop it first/)
  assert.match(await why(from, running.dataDir), /Another Connectly already uses/)
  assert.match(await why(from, from), /the same store/)
  assert.match(await why(from, fileIn(from)), /the same store/)
  assert.match(await why(from, 'mysql://ada:hunter2@db/x'), /^A store is a data folder/)
  assert.match(await why('DATABASE_URL', newDir()), /DATABASE_URL is not set/)
  assert.match(await failureOf(migrateStore, { from }), /needs --from STORE and --to STORE/)
  assert.equal(hashOf(fileIn(full)), before)
  assert.equal(existsSync(fileIn(empty)), false)
})

test('what an unfinished move of another store has left is emptied by --anew, and nothing else is', async () => {
  const [begun, full] = [newDir(), newDir()]
  const other = await livedIn(5)
  await moveKilledAt(lived.dataDir, begun, 20, 'after')
  await run(migrateStore, { from: lived.dataDir, to: full })

  const { code } = await run(migrateStore, { from: other.dataDir, to: begun, anew: '' })

  assert.equal(code, 0)
  assert.deepEqual((await all(begun)).rows, (await all(other.dataDir)).rows)
  assert.match(await failureOf(migrateStore, { from: other.dataDir, to: full, anew: '' }), /not empty/)
})

test('what was said in the source after a move was cut off is noticed, and the move begun anew has it', async () => {
  const [{ dataDir, ada, roomId }, to] = [await livedIn(5), newDir()]
  await moveKilledAt(dataDir, to, 30, 'before')
  const server = await start(dataDir)
  await server
    .again(ada.userId, ada.token)
    .ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text: 'one more' } })
  await stop(server)

  const why = await failureOf(migrateStore, { from: dataDir, to })
  const { code } = await run(migrateStore, { from: dataDir, to, anew: '' })

  assert.match(why, /^The source was written to since the move was begun\. Stop every server .*--anew\.$/)
  assert.equal(code, 0)
  assert.match(JSON.stringify((await all(to)).rows['messages']), /one more/)
})

test('a byte that became another in the target is found by its sum, the row is named, and no server starts on it', async () => {
  const [from, to] = [lived.dataDir, newDir()]
  await moveKilledAt(from, to, Number.MAX_SAFE_INTEGER, 'release')
  await openSqlite(fileIn(to)).close()
  const bytes = readFileSync(fileIn(to))
  const word = Buffer.from('word 41 ')
  let flipped = 0
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1), flipped++) bytes[at + 5] = 0x39
  writeFileSync(fileIn(to), bytes)

  const said: string[] = []
  const failure = migrateStore.run({ from, to }, {}, (line) => said.push(line))

  await assert.rejects(failure, /The table messages did not arrive as it left \((\d+) rows left, \1 arrived.*--anew/)
  assert.ok(flipped > 0)
  assert.match(said.at(-1) ?? '', /^messages \{"roomId":"[0-9a-f-]{36}","seq":\d+\} is not the same\.$/)
  await assert.rejects(start(to), /being moved into this one/)
  assert.equal((await run(migrateStore, { from, to, anew: '' })).code, 0)
})

test('a row too few and a row too many are named', async () => {
  const [from, to] = [lived.dataDir, newDir()]
  await moveKilledAt(from, to, Number.MAX_SAFE_INTEGER, 'release')
  const store = openSqlite(fileIn(to))
  const [erasure] = await store.find(erasureTable, { limit: 1 })
  const messageId = erasure?.messageId ?? assert.fail('nothing was deleted')
  await write(
    store,
    remove(erasureTable, { messageId }),
    insert(erasureTable, { messageId: 'stray' as MessageId, at: 1 }),
  )
  await store.close()

  const said: string[] = []
  const failure = migrateStore.run({ from, to }, {}, (line) => said.push(line))

  await assert.rejects(failure, /The table erasures did not arrive as it left/)
  assert.match(said.at(-2) ?? '', /^erasures \{"messageId":"[0-9a-f-]{36}"\} is missing\.$/)
  assert.equal(said.at(-1), 'erasures {"messageId":"stray"} is only in the target.')
})

test('what does not hold in the source moves along only when it is forced to', async () => {
  const [{ dataDir, roomId }, to] = [await livedIn(5), newDir()]
  const store = openSqlite(fileIn(dataDir))
  await write(store, patch(roomTable, { roomId }, { set: { members: 7 } }))
  await store.close()

  const why = await failureOf(migrateStore, { from: dataDir, to })
  const forced = await run(migrateStore, { from: dataDir, to, force: '' })

  assert.match(why, /not released: 1 violation, in the source as well \(npm run verify/)
  assert.match(forced.said, new RegExp(`^Room ${roomId} counts 7 members and has 3 seats\\.$`, 'm'))
  assert.match(forced.said, /^Moved along: 1 violation/m)
  await stop(await start(to))
})

async function write(store: Store, ...writes: Write[]): Promise<void> {
  await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], 1)
}

const fileIn = (dataDir: string): string => join(dataDir, 'connectly.db')

/** Every row of a data folder, and its epoch. */
async function all(dataDir: string) {
  const reader = openReader(fileIn(dataDir))
  try {
    return { rows: await lettersOf(reader), epoch: await epochOf(reader) }
  } finally {
    reader.close()
  }
}

function seqOf(rows: Record<string, string[]>, place: string): number {
  const found = (rows['places'] ?? [])
    .map((row) => JSON.parse(row) as [string, number])
    .find(([name]) => name === place)
  return found?.[1] ?? assert.fail(`no ${place}`)
}

async function isBeingMoved(dataDir: string, isThere: boolean): Promise<boolean> {
  if (!isThere) return true
  const reader = openReader(fileIn(dataDir))
  try {
    return await isUnfinished(reader)
  } finally {
    reader.close()
  }
}
