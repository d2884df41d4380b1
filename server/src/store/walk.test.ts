import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { engines } from './engines.ts'
import { migratedTables } from './migrations/schema.ts'
import { insert, type Store } from './store.ts'
import type { Table } from './table.ts'
import { pagesOf, rowsOf } from './walk.ts'

/* Walking a table by its key, on every engine. */

type Done = { reaction: string; place: string; seq: number }
const table = migratedTables().get('reactionsDone') as Table<Done>

const cleanUps: (() => Promise<void>)[] = []
after(() => Promise.all(cleanUps.map((each) => each())))

for (const [engine, open] of Object.entries(engines)) {
  test(`a walk over a key of three columns gives every row once, in order, whatever the page (${engine})`, async () => {
    const { store, cleanUp } = await open()
    cleanUps.push(cleanUp)
    const all = ['a', 'B', 'b', 'é', '漢'].flatMap((reaction) =>
      ['x', 'xx', 'y'].flatMap((place) => [1, 2, 9, 10].map((seq) => ({ reaction, place, seq }))),
    )
    const some = all.filter((_, nth) => nth % 5 !== 3)
    await add(store, some.toReversed())

    for (const size of [1, 2, 3, 7, some.length, 1000]) {
      const seen: Done[] = []
      for await (const page of pagesOf(store, table, { size })) {
        assert.ok(page.length > 0 && page.length <= size)
        seen.push(...page)
      }
      assert.deepEqual(seen.map(textOf), some.map(textOf).toSorted(byBytes), `pages of ${size}`)
    }
  })

  test(`a walk goes on behind any key, also one that is no longer there, and stays within what is fixed (${engine})`, async () => {
    const { store, cleanUp } = await open()
    cleanUps.push(cleanUp)
    const all = ['a', 'b'].flatMap((reaction) =>
      ['x', 'y'].flatMap((place) => [2, 4].map((seq) => ({ reaction, place, seq }))),
    )
    await add(store, all)
    const seen = async (how: Parameters<typeof rowsOf<Done>>[2]) => {
      const rows: Done[] = []
      for await (const row of rowsOf(store, table, { size: 1, ...how })) rows.push(row)
      return rows.map(({ reaction, place, seq }) => `${reaction}${place}${seq}`).join(' ')
    }

    assert.equal(await seen({ after: ['a', 'y', 3] }), 'ay4 bx2 bx4 by2 by4')
    assert.equal(await seen({ after: ['a', 'z', 0] }), 'bx2 bx4 by2 by4')
    assert.equal(await seen({ after: ['b', 'y', 4] }), '')
    assert.equal(await seen({ fixed: { place: 'x' } }), 'ax2 ax4 bx2 bx4')
    assert.equal(await seen({ fixed: { place: 'x' }, after: ['a', 'x', 2] }), 'ax4 bx2 bx4')
    assert.equal(await seen({ fixed: { reaction: 'b', place: 'y' } }), 'by2 by4')
    assert.equal(await seen({ fixed: { reaction: 'b', place: 'y', seq: 4 } }), 'by4')
  })
}

async function add(store: Store, rows: readonly Done[]): Promise<void> {
  const writes = rows.map((row) => insert(table, row))
  await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], 1)
}

const textOf = ({ reaction, place, seq }: Done): string => `${reaction} ${place} ${String(seq).padStart(3, '0')}`
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
