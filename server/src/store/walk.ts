import type { Query, Reader, Where } from './store.ts'
import type { Table } from './table.ts'

/** Rows read in one go. */
const PAGE = 1000

export type Walk<Row> = {
  /** Only rows with these values: columns of the key that stand here are left out of the order. */
  fixed?: Partial<Row>
  /** Begins behind the row with this key, in the order of the table's key. */
  after?: readonly unknown[] | undefined
  size?: number
}

/**
 * All rows of a table in the order of its key, a page at a time, however long that takes: each page begins behind the last
 * row of the one before, so that rows which come or go meanwhile neither repeat nor hide others.
 */
export async function* pagesOf<Row extends object>(
  store: Reader,
  table: Table<Row>,
  { fixed = {}, after, size = PAGE }: Walk<Row> = {},
): AsyncGenerator<Row[]> {
  const key = table.key.filter((name) => !(name in fixed)) as (keyof Row & string)[]
  let behind = after?.filter((_, nth) => !((table.key[nth] ?? '') in fixed))
  for (;;) {
    const page: Row[] = []
    for (const where of rangesBehind(key, behind)) {
      const order = key.filter((name) => !isOne(where[name])).map((name) => [name, 'asc'] as const)
      const query: Query<Row> = { where: { ...fixed, ...where }, order, limit: size - page.length }
      page.push(...(await store.find(table, query)))
      if (page.length === size) break
    }
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (!last || page.length < size) return
    behind = key.map((name) => last[name])
  }
}

/** The same, row by row. */
export async function* rowsOf<Row extends object>(
  store: Reader,
  table: Table<Row>,
  how: Walk<Row> = {},
): AsyncGenerator<Row> {
  for await (const page of pagesOf(store, table, how)) yield* page
}

/**
 * What is behind a key, as ranges in their order: behind (a, b, c) is (a, b, more than c), then (a, more than b), then
 * (more than a). A port that knows no rows as values has no shorter word for it.
 */
function rangesBehind<Row>(key: readonly (keyof Row & string)[], behind: readonly unknown[] | undefined): Where<Row>[] {
  if (!behind) return [{}]
  return key.map((_, nth) => {
    const depth = key.length - 1 - nth
    const same = key.slice(0, depth).map((name, at) => [name, behind[at]])
    return Object.fromEntries([...same, [key[depth], { gt: behind[depth] }]]) as Where<Row>
  })
}

const isOne = (wanted: unknown): boolean => wanted !== undefined && (typeof wanted !== 'object' || wanted === null)
