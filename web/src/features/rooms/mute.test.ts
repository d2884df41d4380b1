import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MUTED_FOREVER } from '@connectly/protocol'
import { muteEnds } from './mute.ts'

test('a chat is muted for an hour, until eight tomorrow, for a week, or for good', () => {
  const now = new Date(2027, 4, 13, 21, 14).getTime()

  const [hour, morning, week, good] = muteEnds(now)

  assert.equal(hour.until, now + 3_600_000)
  assert.deepEqual(new Date(morning.until), new Date(2027, 4, 14, 8, 0))
  assert.deepEqual(new Date(week.until), new Date(2027, 4, 20, 21, 14))
  assert.equal(good.until, MUTED_FOREVER)
  assert.equal(good.end, null)
})

test('eight tomorrow is the next day’s also shortly after midnight', () => {
  const [, morning] = muteEnds(new Date(2027, 4, 14, 0, 30).getTime())

  assert.deepEqual(new Date(morning.until), new Date(2027, 4, 15, 8, 0))
})
