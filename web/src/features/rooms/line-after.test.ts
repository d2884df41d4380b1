import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageDeleted, messageSent, type Message, type RoomLine, type UserId } from '@connectly/protocol'
import fc from 'fast-check'
import type { Happening } from '../../kernel/slice.ts'
import { afterHiding, afterReading, lineAfter, withTheirs } from './line-after.ts'

const me = 'me' as UserId
const [somebody, other] = ['somebody', 'other'] as [UserId, UserId]
const message = (seq: number, authorId = somebody) =>
  ({ messageId: `id ${seq}`, authorId, localId: `key ${seq}`, body: { kind: 'text', text: `${seq}` }, seq }) as Message
const said = (seq: number, authorId = somebody): Happening => ({
  seq,
  at: seq,
  name: messageSent.name,
  data: { message: message(seq, authorId) },
})
const line = (given: Partial<RoomLine> = {}): RoomLine =>
  ({
    room: { roomId: 'a room' },
    other: null,
    last: null,
    readSeq: 0,
    unreadFrom: null,
    unread: [],
    mentions: [],
    theirs: null,
    pinnedAt: null,
    mutedUntil: null,
    seq: 0,
    ...given,
  }) as unknown as RoomLine
const follow = (first: RoomLine, events: readonly Happening[]) =>
  events.reduce((now, event) => lineAfter(now, event, me), first)
const moved = (readSeq: number, unreadFrom: number | null = null, unread: number[] = []) => ({
  roomId: 'a room' as RoomLine['room']['roomId'],
  readSeq,
  unreadFrom,
  unread,
  mentions: [],
})
const numbers = (count: number) => Array.from({ length: count }, (_, nth) => nth + 1)

test('[UN1] what a line holds already, from a head or from another telling, is not counted again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.integer({ min: 1, max: 30 })), (count, again) => {
      const once = follow(
        line(),
        numbers(count).map((seq) => said(seq)),
      )

      const twice = follow(
        once,
        again.filter((seq) => seq <= count).map((seq) => said(seq)),
      )
      const marked = afterReading(twice, moved(0, 1, numbers(count)))

      assert.deepEqual(twice.unread, numbers(count).toReversed())
      assert.deepEqual(marked.unread, numbers(count).toReversed())
    }),
  )
})

test('[UN1] what is told bare, said by the room itself or deleted is not unread, and what is hidden is unread no longer', () => {
  const bare = { ...said(1), data: { message: null } }
  const system = {
    ...said(2),
    data: { message: { ...message(2), body: { kind: 'system', code: 'renamed', names: [] } } },
  }
  const gone = { ...said(5), name: messageDeleted.name, data: { messageId: 'id 3', message: message(3) } }

  const followed = follow(line(), [bare, system, said(3), said(4), gone])
  const hidden = afterHiding(followed, {
    roomId: moved(0).roomId,
    messageIds: [message(4).messageId],
    seqs: [4],
    last: null,
  })

  assert.deepEqual(followed.unread, [4])
  assert.deepEqual([hidden.unread, hidden.last], [[], null])
})

test('[UN3] marks of mine only grow: one that was overtaken changes nothing, neither what is read nor what is unread', () => {
  const read = afterReading(line({ unread: [9, 8, 7] }), moved(8))
  const late = afterReading(read, moved(7, 5, [7, 6, 5]))
  const mine = follow(read, [said(10, me)])
  const known = follow(line({ readSeq: 10, unreadFrom: 5, unread: [9, 8] }), [said(10, me), said(4)])

  assert.deepEqual([read.readSeq, read.unread], [8, [9]])
  assert.equal(late, read)
  assert.deepEqual([mine.readSeq, mine.unread], [10, []])
  assert.deepEqual([known.unreadFrom, known.unread], [5, [9, 8]])
})

test('[UN3] marks of the other come in any order, some twice, and end at the highest', () => {
  const marks = fc.array(fc.record({ readSeq: fc.nat({ max: 9 }), deliveredSeq: fc.nat({ max: 9 }) }), { minLength: 1 })
  fc.assert(
    fc.property(marks, (all) => {
      const direct = line({ other: { userId: other } as RoomLine['other'] })
      const end = all.reduce(
        (now, each) => withTheirs(now, { roomId: moved(0).roomId, userId: other, ...each }),
        direct,
      )

      assert.deepEqual(end.theirs, {
        readSeq: Math.max(...all.map(({ readSeq }) => readSeq)),
        deliveredSeq: Math.max(...all.map(({ deliveredSeq }) => deliveredSeq)),
      })
    }),
  )
})

test('[UN4] marking as unread brings back what was read, never takes away what is not, and ends by reading or speaking', () => {
  const some = follow(line({ readSeq: 2, seq: 2 }), [said(3), said(4)])

  const lower = afterReading(some, moved(2, 1, [4, 3, 2, 1]))
  const higher = afterReading(some, moved(2, 4, [4, 3]))

  assert.deepEqual(lower.unread, [4, 3, 2, 1])
  assert.deepEqual(higher.unread, [4, 3])
  assert.deepEqual(follow(higher, [said(5)]).unread, [5, 4, 3])
  assert.deepEqual(afterReading(lower, moved(2)).unread, [4, 3])
  assert.deepEqual([follow(lower, [said(5, me)]).unread, follow(lower, [said(5, me)]).unreadFrom], [[], null])
})

test('[UN2] a message that comes after I read beyond it, on another device, is not unread', () => {
  const ahead = afterReading(line({ seq: 2 }), moved(5))
  const back = afterReading(ahead, moved(5, 4, []))

  assert.deepEqual(follow(ahead, [said(4), said(5), said(6)]).unread, [6])
  assert.deepEqual(follow(back, [said(3), said(4), said(5)]).unread, [5, 4])
})
