import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rooms } from '../items/item.ts'
import { createTally } from './tally.ts'

const oneSender = () => {
  const tally = createTally(rooms(1, 3), 1, 0)
  const [lane] = tally.lanes
  assert.ok(lane)
  return { tally, lane }
}

test('a message is done when everyone else has it and it was acknowledged, not before', () => {
  const { tally, lane } = oneSender()
  tally.beginWindow()
  const { n } = tally.next(lane)

  tally.heard(1, 0, n)
  tally.heard(2, 0, n)
  assert.equal(tally.counts.done, 0)
  tally.acknowledged(lane, n)
  assert.equal(tally.counts.done, 1)
})

test('a message that comes twice fails the sample', async () => {
  const { tally, lane } = oneSender()
  const { n } = tally.next(lane)
  tally.acknowledged(lane, n)
  tally.heard(1, 0, n)
  tally.heard(2, 0, n)
  tally.heard(2, 0, n)

  await assert.rejects(tally.drained(), /1 duplicates/)
})

test('a message that one member never gets fails the sample', async () => {
  const { tally, lane } = oneSender()
  for (const missing of [true, false]) {
    const { n } = tally.next(lane)
    tally.acknowledged(lane, n)
    tally.heard(1, 0, n)
    if (!missing) tally.heard(2, 0, n)
  }

  await assert.rejects(tally.drained(0.1), /1 messages unfinished, 1 lost/)
})
