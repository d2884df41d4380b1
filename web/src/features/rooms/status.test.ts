import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateText, foremost, lastSeenText, type Status } from './status.ts'

test('connecting goes before typing, typing before online, online before last seen, and that before the rest', () => {
  const all: Status[] = [
    { state: 'members', text: '6 members' },
    { state: 'lastSeen', at: 1 },
    { state: 'connecting' },
    { state: 'online', text: 'online' },
    { state: 'typing', text: 'typing' },
  ]
  const found: string[] = []
  for (let rest = all; rest.length > 0;) {
    const first = foremost(rest)
    found.push(first.state)
    rest = rest.filter((each) => each !== first)
  }

  assert.deepEqual(found, ['connecting', 'typing', 'online', 'lastSeen', 'members'])
  assert.deepEqual(foremost([]), { state: 'none' })
})

test('last seen says today and yesterday with the time, and then the day', () => {
  const now = new Date(2027, 4, 13, 21, 30).getTime()
  const at = (day: number, hour: number) => new Date(2027, 4, day, hour, 5).getTime()

  assert.match(lastSeenText(at(13, 16), now), /^last seen today at (16:05|4:05)/)
  assert.match(lastSeenText(at(12, 23), now), /^last seen yesterday at (23:05|11:05)/)
  assert.equal(lastSeenText(at(10, 9), now), 'last seen Monday')
  assert.match(lastSeenText(at(1, 9), now), /^last seen (1 May|May 1)$/)
})

test('since when is a date, also of what began today', () => {
  const now = new Date(2027, 4, 13, 21, 30).getTime()

  assert.match(dateText(now, now), /^(13 May|May 13)$/)
  assert.match(dateText(new Date(2026, 2, 3).getTime(), now), /2026/)
})
