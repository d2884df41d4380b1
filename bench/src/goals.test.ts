import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from './goals.ts'
import { figuresAsMarkdown } from './report.ts'
import type { Item } from './items/item.ts'
import type { Sample } from './results.ts'
import type { TargetKey } from './target.ts'

const hot: Item = {
  key: 'stores-hot',
  title: 'A hot room',
  targets: ['C', 'C-pg'],
  rows: { C: 'SQLite' },
  sample: async () => ({}),
}
const sample = (target: TargetKey, commits: number, repeat = 0): Sample => ({
  item: hot.key,
  target,
  repeat,
  figures: { commits },
  version: '',
})
const samples = [sample('C', 1000, 0), sample('C', 900, 1), sample('C', 5000, 2), sample('C-pg', 1100)]

test("an engine's goal is met against the median of SQLite in the same run", () => {
  const judged = judge(samples, { items: [hot], targets: ['C', 'C-pg'] })

  assert.deepEqual(
    judged.map(({ of, against, value, verdict }) => ({ of, against, value, verdict })),
    [{ of: 'C-pg', against: 'C', value: 1.1, verdict: 'met' }],
  )
})

test('a goal of somebody who was to be measured and was not stays, and says so; the others are left out', () => {
  const judged = judge(samples, { items: [hot], targets: ['C', 'C-pg', 'C-pg2'] })

  assert.deepEqual(
    judged.map(({ of, verdict }) => [of, verdict]),
    [
      ['C-pg', 'met'],
      ['C-pg2', 'not measured'],
    ],
  )
})

test('engines stand side by side, each with its ratio to SQLite, without columns that nobody has', () => {
  const [, , head, , sqlite, postgres] = figuresAsMarkdown([hot], ['C', 'C-pg'], samples).split('\n')

  assert.equal(head, '|  | commits/s against SQLite | commits/s |')
  assert.equal(sqlite, '| SQLite | 1 × | 1,000 (900–5,000) |')
  assert.equal(postgres, '| C-pg | 1.1 × | 1,100 |')
})

test('beside other servers there is no such ratio', () => {
  const beside = { ...hot, targets: ['C', 'E'] as const }
  const [, , head] = figuresAsMarkdown([beside], ['C', 'E'], [sample('C', 2), sample('E', 1)]).split('\n')

  assert.equal(head, '|  | commits/s |')
})
