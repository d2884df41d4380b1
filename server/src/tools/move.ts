import { hash } from 'node:crypto'
import { newId } from '../kernel/ids.ts'
import { metaTable } from '../kernel/tables.ts'
import { migratedTables } from '../store/migrations/schema.ts'
import { remove, type Reader, type Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { MOVING } from '../store/unfinished.ts'
import { pagesOf } from '../store/walk.ts'
import { checkStore } from './check-store.ts'
import { Failed, plural } from './command.ts'
import { begin, disown, markOf, put, release, type Mark } from './move-progress.ts'
import { compareTable, copyTable, keyOf, sumOf, writtenTo, type Sides } from './move-tables.ts'

/* Moving a store: every row of every table, from any engine to any other, and the proof that they are the same. */

export type Move = {
  /** Opens the source to read: once to copy, and once more to compare, so that what was written meanwhile is seen. */
  openSource: () => Promise<Reader & { close(): void | Promise<void> }>
  target: Store
  say: (line: string) => void
  /** Begins again, where an unfinished move has left something in the target. */
  isAnew?: boolean
  /** Lets what does not hold in the source move along. */
  isForced?: boolean
  /** Rows a commit. */
  rows?: number
}

const ALL = Number.MAX_SAFE_INTEGER
/** The most violations that are printed. */
const MAX_SAID = 20

/**
 * Moves everything. Throws `Failed` with one line when it may not begin, or when what arrived is not what left; then no
 * server starts on the target. Cut off anywhere, it goes on by being called again.
 * @returns how many rows there are
 */
export async function moveStore({ openSource, target, say, isAnew, isForced, rows = 1000 }: Move): Promise<number> {
  const tables = tablesInOrder()
  const names = tables.map(({ name }) => name)
  const mark = await withOpen(openSource, async (source) => {
    const mark = { source: await fingerprintOf(source), stood: await standing(source, tables) }
    if (isAnew) await empty(target, tables, say)
    if (await isBegun(target, mark, tables)) say('Going on with a move that was cut off.')
    else await begin(target, mark, names)
    for (const table of tables) await copyTable({ source, target, say }, table, rows)
    return mark
  })
  return withOpen(openSource, async (source) => {
    let moved = 0
    for (const table of tables) moved += await compareTable({ source, target, say }, table)
    say('Checking what has to hold in a store.')
    await check({ source, target, say }, isForced ?? false)
    if ((await standing(source, tables)) !== mark.stood) throw writtenTo('while it was being moved')
    await release(target, newId(), names)
    return moved
  })
}

/** Every table, those that are referred to before those that refer to them. */
export function tablesInOrder(): Table[] {
  const all = migratedTables()
  const ordered = new Set<Table>()
  const visit = (table: Table): void => {
    for (const ref of Object.values(table.refs)) {
      const other = all.get(ref)
      if (other && other !== table) visit(other)
    }
    ordered.add(table)
  }
  for (const table of all.values()) visit(table)
  return [...ordered]
}

/** The source's epoch, hashed: the same for as long as it is the same store. */
async function fingerprintOf(source: Reader): Promise<string> {
  if (await source.get(metaTable, { name: MOVING }))
    throw new Failed('The source is itself the target of a move that has not come to its end.')
  const epoch = await source.get(metaTable, { name: 'epoch' })
  if (!epoch) throw new Failed('No Connectly has ever used the source: there is nothing to move.')
  return hash('sha256', epoch.value, 'hex')
}

/** How a store stands: each change of what people see moves a place on, and each row that comes or goes a count. */
async function standing(source: Reader, tables: readonly Table[]): Promise<string> {
  const counts: unknown[] = []
  for (const table of tables)
    counts.push([
      table.name,
      table.name === 'places' ? await sumOf(source, table, 'source') : await source.count(table, {}, ALL),
    ])
  return hash('sha256', JSON.stringify(counts), 'hex')
}

/** Whether this very move was begun before. Throws `Failed` for a target with anything else in it. */
async function isBegun(target: Store, mark: Mark, tables: readonly Table[]): Promise<boolean> {
  const found = await markOf(target)
  if (!found) {
    const full: string[] = []
    for (const table of tables) if ((await target.count(table, {}, 1)) > 0) full.push(table.name)
    if (full.length === 0) return false
    throw new Failed(`The target is not empty (${full.join(', ')}): a store moves into a new one only.`)
  }
  if (found.source !== mark.source)
    throw new Failed('In the target is an unfinished move of another store. With --anew it is emptied first.')
  if (found.stood !== mark.stood) throw writtenTo('since the move was begun')
  return true
}

/** Takes everything out of a target that an unfinished move has left, and of no other. */
async function empty(target: Store, tables: readonly Table[], say: (line: string) => void): Promise<void> {
  if (!(await markOf(target))) return
  say('Emptying the target.')
  await disown(target)
  for (const table of tables.toReversed()) {
    for await (const page of pagesOf(target, table)) {
      const keys = page.map((row) => keyOf(table, row)).filter((key) => key['name'] !== MOVING)
      await put(
        target,
        keys.map((key) => remove(table as Table<object>, key)),
      )
    }
  }
  await put(target, [remove(metaTable, { name: MOVING })])
}

/** What holds in every store has to hold in this one. It is the source to the letter by now, so what does not, came along. */
async function check({ target, say }: Sides, isForced: boolean): Promise<void> {
  let violations = 0
  await checkStore(target, (violation) => {
    violations++
    if (violations <= MAX_SAID) say(violation)
  })
  if (violations === 0) return say('All holds.')
  const found = `${plural(violations, 'violation')}, in the source as well (npm run verify tells all)`
  if (!isForced) throw new Failed(`The target is not released: ${found}. With --force they move along.`)
  say(`Moved along: ${found}.`)
}

async function withOpen<Opened extends { close(): void | Promise<void> }, Result>(
  open: () => Promise<Opened>,
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const opened = await open()
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}
