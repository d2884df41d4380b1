import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memberAdded, memberRemoved, messageSent, roomJoined, roomLeft, roomEdited } from '@connectly/protocol'
import type { RoomId, RoomLine } from '@connectly/protocol'
import fc from 'fast-check'
import { after, afterInRoom, type Happening, type Held } from '../../kernel/slice.ts'
import { linesSlice, listing, type LinesState } from './rooms.ts'

const roomId = 'a room' as RoomId
const room = (rev: number) => ({ roomId, kind: 'group', name: `as of ${rev}`, members: 2, createdAt: 1, rev })
const last = (seq: number) => ({ messageId: `id ${seq}`, authorId: 'somebody', body: { kind: 'text' }, at: seq, seq })
/** A line of somebody who reads nothing: what is said stays unread, the newest first. */
const line = (seq: number, rev = 1, said: number | null = null, unread: number[] = said === null ? [] : [said]) =>
  ({
    room: room(rev),
    other: null,
    last: said === null ? null : last(said),
    readSeq: 0,
    unreadFrom: null,
    unread,
    mentions: [],
    seq,
  }) as unknown as RoomLine
const happened = (seq: number, name: string, data: Record<string, unknown>): Happening => ({ seq, at: seq, name, data })
const meWith = (...lines: RoomLine[]): Held => ({
  seq: 0,
  slices: { rooms: { me: null, lines: Object.fromEntries(lines.map((each) => [each.room.roomId, each])) } },
})
const lineIn = ({ slices }: Held) => (slices['rooms'] as LinesState).lines[roomId]

/** What may happen in a room, by number. */
const kinds = fc.array(fc.constantFrom('said', 'renamed', 'came', 'went', 'other'), { minLength: 1, maxLength: 20 })
const logOf = (names: readonly string[]) =>
  names.map((kind, nth) => {
    const seq = nth + 1
    if (kind === 'said') return happened(seq, messageSent.name, { message: last(seq) })
    if (kind === 'renamed') return happened(seq, roomEdited.name, { room: room(seq) })
    if (kind === 'came') return happened(seq, memberAdded.name, { room: room(seq) })
    if (kind === 'went') return happened(seq, memberRemoved.name, { room: room(seq) })
    return happened(seq, 'something new', {})
  })

test('[RE1] a line follows its room: what came last was said last, whatever is repeated', () => {
  fc.assert(
    fc.property(kinds, fc.array(fc.nat({ max: 19 })), (names, repeats) => {
      const log = logOf(names)
      const said = log.findLast(({ name }) => name === messageSent.name)?.seq ?? null
      const unread = log.flatMap(({ name, seq }) => (name === messageSent.name ? [seq] : [])).toReversed()
      const rev = log.findLast(({ data }) => 'room' in data)?.seq ?? 0

      const once = afterInRoom([linesSlice], meWith(line(0, 0)), roomId, log)
      const again = afterInRoom(
        [linesSlice],
        once,
        roomId,
        repeats.flatMap((nth) => log[nth] ?? []),
      )

      assert.deepEqual(lineIn(once), line(log.length, rev, said, unread))
      assert.deepEqual(again, once)
      assert.equal(lineIn(again), lineIn(once))
    }),
  )
})

test('[RE1] a fresh line and the events on their way may cross: the result is the same', () => {
  fc.assert(
    fc.property(kinds, fc.nat({ max: 20 }), fc.nat({ max: 20 }), (names, some, more) => {
      const log = logOf(names)
      const whole = afterInRoom([linesSlice], meWith(line(0, 0)), roomId, log)
      const [heard, fresh] = [log.slice(0, some), log.slice(0, more)].map((part) =>
        afterInRoom([linesSlice], meWith(line(0, 0)), roomId, part),
      ) as [Held, Held]

      const mended = listing.withLines(heard, [lineIn(fresh) as RoomLine], [])
      const end = afterInRoom([linesSlice], mended, roomId, log)

      assert.deepEqual(end, whole)
    }),
  )
})

test('a room that is not in my list does not come into it by what happens there', () => {
  const me = afterInRoom([linesSlice], meWith(), roomId, logOf(['said', 'renamed']))

  assert.deepEqual(me, meWith())
})

test('a room joined stands in the list, a room left does not, and a newer line is not replaced by an older', () => {
  const joined = (seq: number, come: RoomLine) => happened(seq, roomJoined.name, { roomId, line: come })
  const follow = (...events: Happening[]) => after([linesSlice], 'user', meWith(), events).held

  const crossed = follow(joined(1, line(7, 7, 7)), joined(2, line(3, 3)))
  const left = follow(joined(1, line(1)), happened(2, roomLeft.name, { roomId }))

  assert.deepEqual(lineIn(crossed), line(7, 7, 7))
  assert.equal(lineIn(left), undefined)
})
