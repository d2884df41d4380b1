import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHistogram } from './stats.ts'

test('what several processes have recorded is one histogram', () => {
  const [one, other, both] = [createHistogram(), createHistogram(), createHistogram()]
  for (let i = 0; i < 90; i++) one.record(1)
  for (let i = 0; i < 10; i++) other.record(100)

  both.add(one.counts())
  both.add(other.counts())

  assert.equal(both.count(), 100)
  assert.ok(Math.abs(both.at(0.5) - 1) < 0.03)
  assert.ok(Math.abs(both.at(0.99) - 100) < 3)
})
