import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { roomPlace } from '@connectly/protocol'
import { doing, insertInto, messages, metas, rooms } from '../contract.ts'
import { eventTable, placeTable } from '../log-tables.ts'
import { openDatabase } from './file.ts'
import { openSqlite } from './sqlite.ts'
import { StoreUnusable, type Change } from '../store.ts'

const main = join(import.meta.dirname, '../../main.ts')
const made: string[] = []
after(() => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })))

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'connectly-file-'))
  made.push(dir)
  return dir
}

/** A message with its event, whose number it bears. */
const messageIn = (roomId: string): Change => ({
  places: [roomPlace(roomId)],
  given: [],
  make: (next) => {
    const n = next(roomPlace(roomId))
    const row = { roomId, seq: n.seq, messageId: `${roomId}-${n.seq}`, body: { text: 'x'.repeat(500) } }
    const event = { ...n, name: 'test.said', data: {}, reacts: false }
    return { writes: [insertInto(messages, row)], events: [event], result: n.seq }
  },
})

/** A program that commits one after another in this folder and says each number it was told, until it is killed. */
function writer(dir: string) {
  const program = `
    const { openSqlite } = await import(${JSON.stringify(import.meta.resolve('./sqlite.ts'))})
    const { eventTable } = await import(${JSON.stringify(import.meta.resolve('../log-tables.ts'))})
    const { writeSync } = await import('node:fs')
    const store = openSqlite(${JSON.stringify(join(dir, 'connectly.db'))})
    const place = 'room:00000000-0000-7000-8000-000000000000'
    for (;;) {
      const make = (next) => {
        const n = next(place)
        return { writes: [], events: [{ ...n, name: 'test.said', data: { pad: 'x'.repeat(200) }, reacts: false }], result: n.seq }
      }
      const outcomes = await store.commit([{ places: [place], given: [], make }, { places: [place], given: [], make }], 1)
      writeSync(1, outcomes.at(-1).made.result + '\\n')
    }`
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Lets a writer run until it has told this number, then kills it; gives the last number it was heard to tell. */
async function writeUntil(dir: string, enough: number): Promise<number> {
  const child = writer(dir)
  const ended = once(child, 'close')
  let said = ''
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString()
    if (Number(said.trimEnd().split('\n').at(-1)) >= enough) child.kill('SIGKILL')
  })
  await ended
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1))
}

test('[ST2] what commit resolved for is there after a SIGKILL, and the numbers go on without a gap', async () => {
  const dir = newDir()

  for (const enough of [3, 60, 400]) {
    const told = await writeUntil(dir, enough)
    const store = openSqlite(join(dir, 'connectly.db'))
    const seqs = (await store.find(eventTable, { order: [['seq', 'asc']], limit: 100_000 })).map((event) => event.seq)
    await store.close()

    assert.ok(told >= enough)
    assert.ok(seqs.length >= told, `${told} were acknowledged, ${seqs.length} are there`)
    assert.equal(seqs.length % 2, 0)
    assert.deepEqual(
      seqs,
      Array.from(seqs, (_, nth) => nth + 1),
    )
  }
})

test('the file is opened in WAL, with a flush at every commit and with references enforced', async () => {
  const { db, release } = openDatabase(join(newDir(), 'connectly.db'))

  const found = ['journal_mode', 'synchronous', 'foreign_keys'].map(
    (name) => db.prepare(`pragma ${name}`).get()?.[name],
  )
  const columns = ['roomId', 'userId', 'role', 'fromSeq', 'clearedSeq', 'joinedAt', 'rev'].map((name) => `"${name}"`)
  const orphan = () => db.exec(`insert into seats (${columns.join()}) values ('r', 'u', 'member', 0, 0, 0, 0)`)

  assert.deepEqual(found, ['wal', 2, 1])
  assert.throws(orphan, /FOREIGN KEY/)
  db.close()
  release()
})

test('[ST1] a group is one transaction in the file, however many changes it has', async () => {
  const file = join(newDir(), 'connectly.db')
  const store = openSqlite(file)
  const roomId = crypto.randomUUID()
  await store.commit([doing([insertInto(rooms, { roomId })])], 1)
  const before = transactionsIn(`${file}-wal`)

  await store.commit(
    Array.from({ length: 50 }, () => messageIn(roomId)),
    1,
  )

  assert.equal(transactionsIn(`${file}-wal`) - before, 1)
  await store.close()
})

/** Frames of a write-ahead log that end a transaction: their header gives the file's size after it. */
function transactionsIn(wal: string): number {
  const bytes = readFileSync(wal)
  const frame = 24 + bytes.readUInt32BE(8)
  let found = 0
  for (let at = 32; at < bytes.length; at += frame) if (bytes.readUInt32BE(at + 4) > 0) found++
  return found
}

test('[ST16] a backup taken while it is written to is whole and gapless, and opens by itself', async () => {
  const [dir, roomId] = [newDir(), crypto.randomUUID()]
  const store = openSqlite(join(dir, 'connectly.db'))
  await store.commit([doing([insertInto(rooms, { roomId })])], 1)
  const group = (size: number) => Array.from({ length: size }, () => messageIn(roomId))
  for (let nth = 0; nth < 5; nth++) await store.commit(group(200), 1)

  const copies = Array.from({ length: 20 }, () => join(newDir(), 'connectly.db'))
  let written = 0
  for (const copy of copies) {
    let isDone = false
    const backup = store.backup(copy).finally(() => (isDone = true))
    while (!isDone) {
      written += (await store.commit(group(5), 1)).length
      await new Promise((go) => setImmediate(go))
    }
    await backup
  }
  await store.close()
  const restored = openSqlite(copies.at(-1) ?? '')
  const seqs = (await restored.find(messages, { where: { roomId }, order: [['seq', 'asc']], limit: 1_000_000 })).map(
    (row) => row.seq,
  )
  const place = await restored.get(placeTable, { place: roomPlace(roomId) })
  await restored.close()

  assert.ok(written > 0)
  assert.ok(seqs.length >= 1000)
  assert.deepEqual(
    seqs,
    Array.from(seqs, (_, nth) => nth + 1),
  )
  assert.equal(place?.seq, seqs.length)
})

/* ST15: what may lie in the data folder instead of a good file, and what the line says about it. */
const spoilt: [what: string, says: RegExp, spoil: (file: string) => void][] = [
  ['an empty file', /it is empty/, (file) => writeFileSync(file, '')],
  ['a file cut off in the middle', /it is damaged|malformed/, (file) => truncateSync(file, 40_960)],
  ['a file cut off in its header', /too short/, (file) => truncateSync(file, 60)],
  ['a damaged header', /not a database/, (file) => overwrite(file, 0, 64)],
  ['a damaged page in the middle', /it is damaged|malformed/, (file) => overwrite(file, 4096 * 40, 4096)],
  ['a text file', /not a database/, (file) => writeFileSync(file, 'Dear diary,\n'.repeat(500))],
  ['a SQLite file of another program', /belongs to another program/, (file) => foreign(file)],
  ['a file of a newer schema', /newer Connectly \(schema 9999/, (file) => sql(file, 'pragma user_version = 9999')],
  ['no file, but the -wal of one', /it is missing, but connectly.db-wal is there/, (file) => rmSync(file)],
]

for (const [what, says, spoil] of spoilt) {
  test(`[ST15] ${what} is refused in one line that names it, and is left as it was`, async () => {
    const dir = newDir()
    const file = join(dir, 'connectly.db')
    await filled(file)
    spoil(file)
    if (what.endsWith('-wal of one')) writeFileSync(`${file}-wal`, 'what is left')
    const before = bytesOf(file)

    const began = Date.now()
    const { status, stderr, stdout } = spawnSync(process.execPath, [main], {
      env: { DATA_DIR: dir, PORT: '0' },
      encoding: 'utf8',
      timeout: 20_000,
    })

    assert.equal(stdout, '')
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
    assert.match(stderr, says)
    assert.ok(stderr.includes(file), stderr)
    assert.match(stderr, /restore/i)
    assert.ok(status !== null && status !== 0)
    assert.ok(Date.now() - began < 5000)
    assert.deepEqual(bytesOf(file), before)
  })
}

test('[ST15] a damaged file beside the -wal of a crash is refused, and neither of the two is touched', async () => {
  const dir = newDir()
  const file = join(dir, 'connectly.db')
  await filled(file)
  await writeUntil(dir, 40)
  // Among the messages: pages at the file's front are written anew, and stand in the -wal whole.
  overwrite(file, 4096 * Math.floor((statSync(file).size / 4096) * 0.75), 4096)
  const before = bytesOf(file)

  assert.throws(() => openSqlite(file), StoreUnusable)

  assert.ok(statSync(`${file}-wal`).size > 0)
  assert.deepEqual(bytesOf(file), before)
})

test('[ST15] a file in use by another process is refused in one line, and may be opened when that one is gone', async () => {
  const dir = newDir()
  const file = join(dir, 'connectly.db')
  const child = writer(dir)
  const ended = once(child, 'close')
  await once(child.stdout, 'data')

  const { status, stderr } = spawnSync(process.execPath, [main], {
    env: { DATA_DIR: dir, PORT: '0' },
    encoding: 'utf8',
  })
  child.kill('SIGKILL')
  await ended

  assert.notEqual(status, 0)
  assert.equal(stderr, `Another Connectly already uses ${file}. Stop it first, or give this one its own DATA_DIR.\n`)
  await openSqlite(file).close()
})

test('[ST15] one process does not open a file twice, nor one whose lock cannot be taken for another reason', async () => {
  const [first, second] = [join(newDir(), 'connectly.db'), join(newDir(), 'connectly.db')]
  const store = openSqlite(first)
  mkdirSync(`${second}.lock`)

  assert.throws(() => openSqlite(first), { name: 'Error', message: /^Another Connectly already uses/ })
  assert.throws(
    () => openSqlite(second),
    (error: Error) => error instanceof StoreUnusable && error.message.includes(second),
  )

  await store.close()
})

test('[ST15] a data folder that is a file is refused in one line', () => {
  const folder = join(newDir(), 'data')
  writeFileSync(folder, 'not a folder')

  assert.throws(() => openSqlite(join(folder, 'connectly.db')), StoreUnusable)
})

async function filled(file: string): Promise<void> {
  const store = openSqlite(file)
  const roomId = crypto.randomUUID()
  await store.commit([doing([insertInto(rooms, { roomId }), insertInto(metas, { name: 'kept' })])], 1)
  await store.commit(
    Array.from({ length: 1000 }, () => messageIn(roomId)),
    1,
  )
  await store.close()
}

function bytesOf(file: string) {
  const read = (path: string) =>
    existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null
  return { db: read(file), wal: read(`${file}-wal`) }
}

function overwrite(file: string, at: number, length: number): void {
  const bytes = readFileSync(file)
  bytes.fill(0xa5, at, at + length)
  writeFileSync(file, bytes)
}

function sql(file: string, text: string): void {
  const db = new DatabaseSync(file)
  db.exec(text)
  db.close()
}

function foreign(file: string): void {
  rmSync(file)
  sql(file, 'create table diary (text); insert into diary values (1)')
  copyFileSync(file, `${file}.twin`)
}
