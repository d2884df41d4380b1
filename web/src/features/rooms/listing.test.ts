import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MUTED_FOREVER, type RoomLine } from '@connectly/protocol'
import fc from 'fast-check'
import { countWanting, fitsFilter, fitsQuery, inOrder, isMuted, isUnread, nextHeard } from './listing.ts'

type Some = {
  id?: string
  said?: number | null
  made?: number
  pinned?: number | null
  muted?: number | null
  unread?: number[]
  mentions?: number[]
  from?: number | null
  kind?: 'direct' | 'group'
  name?: string
  username?: string
}
const line = ({ id = 'a', said = null, made = 0, pinned = null, muted = null, ...more }: Some = {}): RoomLine =>
  ({
    room: { roomId: id, kind: more.kind ?? 'group', name: more.name ?? id, createdAt: made },
    other: more.username === undefined ? null : { name: more.name, username: more.username },
    last: said === null ? null : { at: said, seq: said },
    unread: more.unread ?? [],
    mentions: more.mentions ?? [],
    unreadFrom: more.from ?? null,
    pinnedAt: pinned,
    mutedUntil: muted,
  }) as unknown as RoomLine
const ids = (lines: readonly RoomLine[]) => lines.map(({ room }) => room.roomId as string)

test('what is pinned stands first, then what was said last; a room where nothing was said counts from its making', () => {
  const lines = [
    line({ id: 'old', said: 10 }),
    line({ id: 'fresh', made: 30 }),
    line({ id: 'kept', said: 1, pinned: 99 }),
    line({ id: 'new', said: 40 }),
    line({ id: 'kept too', said: 2, pinned: 5 }),
  ]

  assert.deepEqual(ids(inOrder(lines)), ['kept too', 'kept', 'new', 'fresh', 'old'])
})

test('the order is the same whatever order the lines come in, and loses none', () => {
  const lines = fc.uniqueArray(
    fc.record({ id: fc.string({ minLength: 1 }), said: fc.nat({ max: 3 }), pinned: fc.option(fc.nat({ max: 1 })) }),
    { selector: ({ id }) => id },
  )
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.nat()), (all, mix) => {
      const given = all.map(line)
      const mixed = given.map((each) => [mix.next().value, each] as const).sort(([a], [b]) => Number(a) - Number(b))

      const once = ids(inOrder(given))
      const again = ids(inOrder(mixed.map(([, each]) => each)))

      assert.deepEqual(again, once)
      assert.deepEqual([...once].sort(), ids(given).sort())
    }),
  )
})

test('a room is unread by what others said, or because I said so', () => {
  assert.equal(isUnread(line()), false)
  assert.equal(isUnread(line({ unread: [3] })), true)
  assert.equal(isUnread(line({ from: 3 })), true)
})

test('a muted room does not count, unless it mentions me or its time is over', () => {
  const now = 100
  const quiet = [line({ id: 'read' }), line({ id: 'muted', unread: [1], muted: MUTED_FOREVER })]
  const loud = [
    line({ id: 'unread', unread: [1] }),
    line({ id: 'marked', from: 1 }),
    line({ id: 'was muted', unread: [1], muted: now }),
    line({ id: 'mentions', unread: [1], mentions: [1], muted: MUTED_FOREVER }),
  ]

  assert.equal(countWanting(quiet, now), 0)
  assert.equal(countWanting([...quiet, ...loud], now), loud.length)
})

test('the next room to be heard again is the one whose time is over first', () => {
  const now = 100
  const lines = [line({ muted: 90 }), line({ muted: 300 }), line({ muted: 200 }), line()]

  assert.equal(nextHeard(lines, now), 200)
  assert.equal(nextHeard(lines, 300), null)
  assert.equal(isMuted(lines[1] as RoomLine, 299), true)
  assert.equal(isMuted(lines[1] as RoomLine, 300), false)
})

test('filters: all, what is unread and the room that is open, and groups', () => {
  const read = line({ id: 'read', kind: 'direct' })
  const unread = line({ id: 'unread', unread: [1] })

  assert.equal(fitsFilter(read, 'all'), true)
  assert.equal(fitsFilter(read, 'unread'), false)
  assert.equal(fitsFilter(read, 'unread', 'read'), true)
  assert.equal(fitsFilter(unread, 'unread'), true)
  assert.equal(fitsFilter(read, 'groups'), false)
  assert.equal(fitsFilter(unread, 'groups'), true)
})

test('a word of the name or the username begins like the query; case, accents and @ make no difference', () => {
  const person = line({ name: 'Özge Yıldız Ay', username: 'ozge.y', kind: 'direct' })

  for (const query of ['', 'ozge', 'AY', '@ozge', ' özge ']) assert.equal(fitsQuery(person, query), true, query)
  for (const query of ['zge', 'ld', 'y.']) assert.equal(fitsQuery(person, query), false, query)
})
