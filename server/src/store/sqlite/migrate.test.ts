import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { migratedTables } from '../migrations/schema.ts'
import { addColumnSql, conditionOf, createTableSql, selectSql } from './sql.ts'
import { openDatabase } from './file.ts'
import type { Table } from '../table.ts'
import { migrate } from './migrate.ts'
import { migrations } from '../migrations/migrations.ts'

const dir = mkdtempSync(join(tmpdir(), 'connectly-migrate-'))
after(() => rmSync(dir, { recursive: true }))

const newest = migrations.at(-1)?.number

/** The schema as SQLite has it: its version, and every table and index in SQL. */
function schemaOf(file: string): { version: unknown; sql: unknown[] } {
  const db = new DatabaseSync(file)
  const version = db.prepare('pragma user_version').get()?.['user_version']
  const sql = db.prepare('select sql from sqlite_schema order by name').all()
  db.close()
  return { version, sql }
}

/** Opens the file in a process that is killed before its n-th statement; true if it came to an end before that. */
async function openKilledAt(file: string, statement: number): Promise<boolean> {
  const program = `
    import { DatabaseSync } from 'node:sqlite'
    const { openDatabase } = await import(${JSON.stringify(import.meta.resolve('./file.ts'))})
    const exec = DatabaseSync.prototype.exec
    let left = ${statement}
    DatabaseSync.prototype.exec = function (sql) {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL')
      return exec.call(this, sql)
    }
    openDatabase(${JSON.stringify(file)})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal !== 'SIGKILL') assert.equal(code, 0)
  return signal === null
}

/** Kills at the first statement, the second, and so on, two at a time, until one comes to its end; gives the files left. */
async function killAtEach(name: string, prepare: (file: string) => void): Promise<string[]> {
  const files: string[] = []
  for (let nth = 0; ; nth += 2) {
    const pair = [nth, nth + 1].map((statement) => ({ statement, file: join(dir, `${name}-${statement}.db`) }))
    pair.forEach(({ file }) => prepare(file))
    const ended = await Promise.all(pair.map(({ file, statement }) => openKilledAt(file, statement)))
    files.push(...pair.map(({ file }) => file))
    if (ended[1]) return files
  }
}

const fresh = join(dir, 'fresh.db')
const { db: freshDb, release } = openDatabase(fresh)
after(() => release())

test('[ST17] a kill at any statement of making the file leaves no file or a whole one, and the next start makes it whole', async () => {
  const whole = schemaOf(fresh)

  const files = await killAtEach('new', () => undefined)

  assert.ok(files.length > 20)
  assert.equal(existsSync(files[3] ?? ''), false)
  for (const file of files) {
    if (existsSync(file)) assert.deepEqual(schemaOf(file), whole)
    const opened = openDatabase(file)
    opened.db.close()
    opened.release()
    assert.deepEqual(schemaOf(file), whole)
  }
})

test('[ST17] a kill at any statement of a migration leaves the schema before it or after it', async () => {
  const old = (file: string) => {
    const db = new DatabaseSync(file)
    db.exec('pragma application_id = 1129204825; pragma journal_mode = wal; pragma user_version = 0')
    db.close()
  }
  const whole = schemaOf(fresh)
  const between = migrations.map((migration) => migration.number)

  const files = await killAtEach('old', old)

  assert.ok(files.length > 20)
  const versions = new Set<unknown>()
  for (const file of files) {
    const { version, sql } = schemaOf(file)
    versions.add(version)
    if (version === 0) assert.deepEqual(sql, [])
    else if (version === newest) assert.deepEqual(sql, whole.sql)
    else assert.ok(between.includes(Number(version)))
    const opened = openDatabase(file)
    opened.db.close()
    opened.release()
    assert.deepEqual(schemaOf(file), whole)
  }
  assert.ok(versions.has(0) && versions.has(newest))
})

test('the file has the columns, keys, unique sets, indexes and references that the migrations say', () => {
  const strict = freshDb
    .prepare('pragma table_list')
    .all()
    .filter((table) => table['schema'] === 'main')

  for (const table of migratedTables().values()) {
    const columns = freshDb.prepare(`pragma table_info("${table.name}")`).all()
    const refs = freshDb.prepare(`pragma foreign_key_list("${table.name}")`).all()
    const types = { text: 'TEXT', json: 'TEXT', int: 'INTEGER', bool: 'INTEGER' }

    assert.equal(strict.find((each) => each['name'] === table.name)?.['strict'], 1, table.name)
    assert.deepEqual(
      columns.map((column) => [column['name'], column['type'], column['notnull'] === 0]),
      table.columns.map((column) => [column.name, types[column.type], column.nullable]),
    )
    const key = columns.filter((column) => Number(column['pk']) > 0)
    key.sort((a, b) => Number(a['pk']) - Number(b['pk']))
    assert.deepEqual(
      key.map((column) => column['name']),
      table.key,
    )
    assert.deepEqual(indexesOf(table, 'u'), sorted(table.unique))
    assert.deepEqual(indexesOf(table, 'c'), sorted(table.indexes))
    assert.deepEqual(Object.fromEntries(refs.map((ref) => [ref['from'], ref['table']])), table.refs)
  }
})

function indexesOf(table: Table, origin: string): string[] {
  const list = freshDb
    .prepare(`pragma index_list("${table.name}")`)
    .all()
    .filter((index) => index['origin'] === origin)
  const names = (index: unknown) =>
    freshDb
      .prepare(`pragma index_info("${String(index)}")`)
      .all()
      .map((each) => each['name'])
  return sorted(list.map((index) => names(index['name']) as string[]))
}

const sorted = (list: readonly (readonly string[])[]) => list.map((names) => names.join(', ')).toSorted()

/* The questions that every opening, page and send asks: each must go by a key or an index, and sort by it. */
const hot: [table: string, where: object, order: [string, string][], by: RegExp][] = [
  ['seats', { userId: 'u' }, [], /seats_by_userId \(userId=\?\)/],
  ['seats', { roomId: 'r', userId: 'u' }, [], /\(roomId=\? AND userId=\?\)/],
  [
    'seats',
    { roomId: 'r' },
    [
      ['joinedAt', 'asc'],
      ['userId', 'asc'],
    ],
    /seats_by_roomId_joinedAt_userId \(roomId=\?\)/,
  ],
  ['messages', { roomId: 'r', seq: { lt: 9 } }, [['seq', 'desc']], /\(roomId=\? AND seq<\?\)/],
  ['messages', { messageId: 'm' }, [], /\(messageId=\?\)/],
  ['messages', { messageId: 'm', roomId: 'r' }, [], /\(messageId=\?\)/],
  ['messages', { messageId: { in: ['m', 'n'] } }, [], /\(messageId=\?\)/],
  ['messages', { roomId: 'r', seq: { in: [1, 2] } }, [['seq', 'asc']], /\(roomId=\? AND seq=\?\)/],
  ['hidden', { userId: 'u', roomId: 'r', seq: { in: [1, 2] } }, [], /\(userId=\? AND roomId=\? AND seq=\?\)/],
  ['hidden', { userId: 'u' }, [], /\(userId=\?\)/],
  ['versions', { messageId: 'm' }, [['nth', 'desc']], /\(messageId=\?\)/],
  ['blocks', { userId: 'u', otherId: 'o' }, [], /\(userId=\? AND otherId=\?\)/],
  ['seats', { roomId: 'r', fromSeq: { gte: 9 } }, [], /\(roomId=\?\)/],
  ['requests', { fromId: 'u', state: { in: ['pending', 'muted'] } }, [], /\(fromId=\?\)/],
  ['messages', { authorId: 'a', localId: 'l' }, [], /\(localId=\? AND authorId=\?\)/],
  ['events', { place: 'p', seq: { gt: 9 } }, [['seq', 'asc']], /\(place=\? AND seq>\?\)/],
  ['places', { place: { in: ['p', 'q'] } }, [], /\(place=\?\)/],
  ['places', { unreacted: true }, [], /places_by_unreacted \(unreacted=\?\)/],
  ['sessions', { tokenHash: 't' }, [], /\(tokenHash=\?\)/],
  ['sessions', { userId: 'u' }, [], /sessions_by_userId/],
  ['sessions', { expiresAt: { lt: 9 } }, [], /sessions_by_expiresAt \(expiresAt<\?\)/],
  ['answers', { at: { lt: 9 } }, [], /answers_by_at \(at<\?\)/],
  ['requests', { toId: 'u', state: 'pending' }, [], /requests_by_toId_state/],
  ['rooms', { directKey: 'a:b' }, [], /\(directKey=\?\)/],
  ['users', { username: 'ada' }, [], /\(username=\?\)/],
  ['users', { nameKey: { startsWith: 'ad' } }, [['nameKey', 'asc']], /users_by_nameKey \(nameKey>\? AND nameKey<\?\)/],
]

for (const [name, where, order, by] of hot) {
  test(`${name} by ${Object.keys(where).join(' and ')} goes by an index`, () => {
    const table = migratedTables().get(name) ?? assert.fail(`no migration makes ${name}`)
    const statement = conditionOf(table, where)

    const plan = freshDb
      .prepare(`explain query plan ${selectSql(table, statement.text(), order)}`)
      .all(...statement.params, 50)
    const steps = plan.map((step) => String(step['detail']))

    assert.match(steps[0] ?? '', new RegExp(`^SEARCH ${name} USING .*${by.source}`))
    assert.deepEqual(
      steps.filter((step) => /^SCAN (?!json_each)|TEMP B-TREE/.test(step)),
      [],
    )
  })
}

test('a column that is added later is null in the rows that are there, or what the migration says', () => {
  const db = new DatabaseSync(':memory:')
  db.exec(`create table pins (id text not null primary key) strict; insert into pins values ('p')`)

  db.exec(addColumnSql('pins', { name: 'note', type: 'text', nullable: true }))
  db.exec(addColumnSql('pins', { name: 'rank', type: 'int', nullable: false }, 0))
  db.exec(addColumnSql('pins', { name: 'title', type: 'text', nullable: false }, "it's"))

  assert.deepEqual({ ...db.prepare('select * from pins').get() }, { id: 'p', note: null, rank: 0, title: "it's" })
  assert.throws(() => db.exec(`insert into pins (id, rank) values ('q', null)`), /NOT NULL/)
  assert.throws(() => addColumnSql('pins', { name: 'kind', type: 'int', nullable: false }), /pins.kind/)
  db.close()
})

test('rows that were there before a migration get what it fills its columns with', () => {
  const db = new DatabaseSync(':memory:')
  const [spine] = migrations
  for (const step of spine?.steps ?? [])
    if (step.do === 'addTable') for (const sql of createTableSql(step.table)) db.exec(sql)
  const columns = (table: string) =>
    migrations
      .slice(1)
      .flatMap(({ steps }) => steps.flatMap((s) => (s.do === 'addColumn' && s.table === table ? [s] : [])))
  const touched = new Set(
    migrations.slice(1).flatMap(({ steps }) => steps.flatMap((s) => (s.do === 'addColumn' ? [s.table] : []))),
  )
  db.exec(`pragma foreign_keys = off; pragma user_version = ${spine?.number}`)
  for (const name of touched) db.exec(insertBlank(db, name))

  migrate(db, ':memory:')

  assert.ok(touched.size > 0)
  for (const name of touched) {
    const row = db.prepare(`select * from "${name}"`).get()
    for (const { column, fill } of columns(name))
      assert.equal(row?.[column.name], fill ?? null, `${name}.${column.name}`)
  }
  db.close()
})

/** A row of a table with nothing in it that may be left out. */
function insertBlank(db: DatabaseSync, name: string): string {
  const columns = db.prepare(`pragma table_info("${name}")`).all()
  const values = columns.map(({ notnull, type }) => (notnull === 0 ? 'null' : type === 'TEXT' ? `'x'` : '1'))
  return `insert into "${name}" values (${values.join(', ')})`
}

test('migrations are numbered 1, 2, 3 …', () => {
  assert.deepEqual(
    migrations.map((migration) => migration.number),
    migrations.map((_, nth) => nth + 1),
  )
})
