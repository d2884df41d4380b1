import { insert, StoreUnusable, type Reader, type Store } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { pagesOf, type Walk } from '../store/walk.ts'
import { Failed, plural } from './command.ts'
import { advance, progressOf, staysBehind, type Progress } from './move-progress.ts'
import { isSame, summing, textOf, type Sum } from './sums.ts'

/* One table of a store that is moved: copied, and compared. */

export type Sides = { source: Reader; target: Store; say: (line: string) => void }

/** Characters a commit: long messages make smaller ones. */
const LETTERS = 4_000_000
/** How often a table says how far it is, in ms. */
const SAID_EVERY = 2000
/** The most differences of a table that are printed. */
const MAX_SAID = 20

/** Copies what is not there yet, and keeps in the same commits how far it is. */
export async function copyTable({ source, target, say }: Sides, table: Table, size: number): Promise<void> {
  let far = await progressOf(target, table.name)
  if (far.isDone) return far.rows === 0 ? undefined : say(`${table.name}: copied before (${plural(far.rows, 'row')})`)
  const pace = pacing(table.name, await source.count(table, {}, Number.MAX_SAFE_INTEGER), far.rows, say)
  const sum = summing(far)
  for await (const page of readPages(source, 'source', table, { after: far.after ?? undefined, size })) {
    for (const some of bySize(table, page)) {
      const moving = some.filter((row) => !isLeft(table, row))
      for (const row of moving) sum.add(textOf(table, row))
      const writes = moving.map((row) => insert(table, row))
      const to: Progress = { ...sum.now(), after: Object.values(keyOf(table, some.at(-1) ?? {})), isDone: false }
      await advance(target, table.name, { writes, from: far, to })
      far = to
    }
    pace.at(far.rows)
  }
  await advance(target, table.name, { writes: [], from: far, to: { ...far, isDone: true } })
  pace.done(far.rows)
}

/** Throws `Failed` unless the rows on both sides, and those that were copied, are the same to the letter. Gives their count. */
export async function compareTable({ source, target, say }: Sides, table: Table): Promise<number> {
  const copied = await progressOf(target, table.name)
  const pace = pacing(`comparing ${table.name}`, copied.rows, 0, say)
  const [left, arrived] = await Promise.all([
    sumOf(source, table, 'source'),
    sumOf(target, table, 'target', (rows) => pace.at(rows)),
  ])
  if (!isSame(copied, left)) throw writtenTo(`while it was being moved (${table.name})`)
  if (isSame(left, arrived)) {
    if (left.rows > 0)
      say(`${table.name}: ${plural(left.rows, 'row')} on both sides, SHA-256 sum ${left.sum.slice(0, 16)}`)
    return left.rows
  }
  let said = 0
  for await (const line of differences(source, target, table)) {
    say(line)
    if (++said === MAX_SAID) break
  }
  throw new Failed(
    `The table ${table.name} did not arrive as it left (${plural(left.rows, 'row')} left, ${arrived.rows.toLocaleString('en')} arrived; the lines above name what differs). The target is not released; begin again with --anew.`,
  )
}

/** What the rows of a table add up to, without those that stay behind. */
export async function sumOf(
  store: Reader,
  table: Table,
  side: 'source' | 'target',
  at?: (rows: number) => void,
): Promise<Sum> {
  const sum = summing()
  for await (const page of readPages(store, side, table)) {
    for (const row of page) if (!isLeft(table, row)) sum.add(textOf(table, row))
    at?.(sum.now().rows)
  }
  return sum.now()
}

/** The columns that tell a row from others, with their values. */
export const keyOf = (table: Table, row: object): Record<string, unknown> =>
  Object.fromEntries(table.key.map((name) => [name, (row as Record<string, unknown>)[name]]))

export const writtenTo = (when: string): Failed =>
  new Failed(
    `The source was written to ${when}. Stop every server that uses it, and run the command again with --anew.`,
  )

/** Whether a row stays behind: what is the source's own, and places in which nothing was said, which some engines only lock. */
function isLeft(table: Table, row: object): boolean {
  if (table.name === 'meta') return staysBehind((row as { name: string }).name)
  return table.name === 'places' && (row as { seq: number }).seq === 0
}

async function* differences(source: Reader, target: Reader, table: Table): AsyncGenerator<string> {
  for (const [one, other, side, what] of [
    [source, target, 'source', 'is not the same'],
    [target, source, 'target', 'is only in the target'],
  ] as const) {
    for await (const page of readPages(one, side, table)) {
      for (const row of page) {
        if (isLeft(table, row)) continue
        const key = keyOf(table, row)
        const found = await other.get(table, key)
        const differs = side === 'source' ? !found || textOf(table, found) !== textOf(table, row) : !found
        if (differs) yield `${table.name} ${JSON.stringify(key)} ${found || side === 'target' ? what : 'is missing'}.`
      }
    }
  }
}

/** Pages of a table. A row that cannot be read is told of in one line. */
async function* readPages(
  store: Reader,
  side: 'source' | 'target',
  table: Table,
  how?: Walk<object>,
): AsyncGenerator<object[]> {
  try {
    yield* pagesOf(store, table, how)
  } catch (error) {
    if (error instanceof StoreUnusable) throw error
    const why = String((error as Error).message).split('\n')[0]
    throw new Failed(`The table ${table.name} of the ${side} cannot be read: ${why}. npm run verify tells more.`, {
      cause: error,
    })
  }
}

/** The rows of a page in as many parts as their length asks for. */
function* bySize(table: Table, page: readonly object[]): Generator<object[]> {
  let [part, letters]: [object[], number] = [[], 0]
  for (const row of page) {
    const more = textOf(table, row).length
    if (part.length > 0 && letters + more > LETTERS) {
      yield part
      ;[part, letters] = [[], 0]
    }
    part.push(row)
    letters += more
  }
  if (part.length > 0) yield part
}

/** Says now and then how far a table is, and how fast. */
function pacing(name: string, count: number, before: number, say: (line: string) => void) {
  const began = performance.now()
  let said = began
  const line = (rows: number, of: number, now: number) => {
    const percent = Math.min(100, Math.floor((rows * 100) / of))
    const pace = Math.round(((rows - before) * 1000) / Math.max(1, now - began))
    say(`${name}: ${rows.toLocaleString('en')} of ${plural(of, 'row')}, ${percent} %, ${plural(pace, 'row')}/s`)
  }
  return {
    at: (rows: number): void => {
      const now = performance.now()
      if (now - said < SAID_EVERY) return
      said = now
      line(rows, count, now)
    },
    done: (rows: number): void => (rows > 0 ? line(rows, rows, performance.now()) : undefined),
  }
}
