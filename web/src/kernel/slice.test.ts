import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomId } from '@connectly/protocol'
import fc from 'fast-check'
import {
  after,
  afterInRoom,
  afterMine,
  afterSignal,
  defineSlice,
  fromHead,
  roomOf,
  type Happening,
  type Held,
  type Slice,
} from './slice.ts'

/* A slice that writes down what it was given: what it holds is what was applied. */
const applied = defineSlice<readonly number[]>({
  name: 'applied',
  place: 'room',
  fromHead: (head) => (head as number[] | undefined) ?? [],
  events: { happened: (state, event) => [...state, event.seq] },
})
const elsewhere = defineSlice<readonly number[]>({ ...(applied as Slice<readonly number[]>), place: 'user' })
const slices = [applied, elsewhere]

const event = (seq: number, name = 'happened'): Happening => ({ seq, at: seq, name, data: {} })
const run = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, nth) => from + nth)
const heldAt = (seq: number): Held => ({ seq, slices: { applied: [] } })
const appliedIn = (held: Held) => held.slices['applied']

/** Runs of numbers as frames bring them: each without a gap in itself, in any order, overlapping or apart. */
const frames = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat({ max: 6 })).map(([from, more]) => run(from, from + more)),
  { maxLength: 25 },
)

test('[RE1] [RE2] whatever comes, in whatever order: what was applied are the numbers after the head, each once', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10 }), frames, (head, coming) => {
      let held = heldAt(head)
      for (const frame of coming)
        ({ held } = after(
          slices,
          'room',
          held,
          frame.map((seq) => event(seq)),
        ))

      assert.deepEqual(appliedIn(held), run(head + 1, held.seq))
    }),
  )
})

test('[RE1] an event that is repeated, or earlier than what is held, leaves the very same state', () => {
  fc.assert(
    fc.property(fc.nat({ max: 30 }), fc.array(fc.integer({ min: 1, max: 30 })), (seq, seqs) => {
      const held = heldAt(seq)
      const old = seqs.filter((each) => each <= seq)

      const result = after(
        slices,
        'room',
        held,
        old.map((each) => event(each)),
      )

      assert.equal(result.held, held)
      assert.equal(result.gap, false)
    }),
  )
})

test('[RE2] behind a gap nothing is applied and the gap is told; filled, it ends as if nothing had been missing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 19 }), (length, lost) => {
      const all = run(1, length).map((seq) => event(seq))
      const missing = all.filter(({ seq }) => seq !== (lost % length) + 1)
      const whole = after(slices, 'room', heldAt(0), all)

      const short = after(slices, 'room', heldAt(0), missing)
      const filled = after(slices, 'room', short.held, all)

      assert.equal(short.held.seq, lost % length)
      assert.equal(short.gap, short.held.seq < length - 1)
      assert.deepEqual(filled, whole)
    }),
  )
})

test('[RE1] however a log is cut into frames, and whichever of them come twice, it gives the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }))), (cuts) => {
      let cut = heldAt(0)
      let from = 1
      for (const [length, times] of cuts) {
        for (let time = 0; time < times; time++)
          ({ held: cut } = after(
            slices,
            'room',
            cut,
            run(from, from + length - 1).map((seq) => event(seq)),
          ))
        from += length
      }
      const whole = after(
        slices,
        'room',
        heldAt(0),
        run(1, from - 1).map((seq) => event(seq)),
      )

      assert.deepEqual(cut, whole.held)
    }),
  )
})

test('[RE1] an event that no slice follows moves the number on, and nothing else', () => {
  const held: Held = { seq: 3, slices: { applied: [1, 2] } }

  const result = after(slices, 'room', held, [event(4, 'somethingNew')])

  assert.deepEqual(result, { held: { seq: 4, slices: { applied: [1, 2] } }, gap: false })
})

test('an event of a room does not reach the slice of the same name in my own place', () => {
  const { slices: room } = fromHead(slices, 'room', { seq: 1, slices: { applied: [1] } })
  const mine = after([elsewhere], 'room', { seq: 0, slices: { applied: [] } }, [event(1)])

  assert.deepEqual(room, { applied: [1] })
  assert.deepEqual(mine.held, { seq: 1, slices: { applied: [] } })
})

test('a head without a slice’s part gives the slice’s beginning', () => {
  const held = fromHead(slices, 'room', { seq: 7, slices: {} })

  assert.deepEqual(held, { seq: 7, slices: { applied: [] } })
})

test('what happens in a room is told to the slices of mine that follow rooms, and moves my own number nowhere', () => {
  const following = defineSlice<readonly string[]>({
    name: 'following',
    place: 'user',
    fromHead: () => [],
    events: {},
    roomEvent: (state, roomId, { seq }) => [...state, `${roomId} ${seq}`],
  })
  const me: Held = { seq: 5, slices: { applied: [], following: [] } }

  const later = afterInRoom([elsewhere, following], me, 'a room' as RoomId, [event(8), event(9)])

  assert.deepEqual(later, { seq: 5, slices: { applied: [], following: ['a room 8', 'a room 9'] } })
})

test('[RE6] what happens in my own place is told to the slices of a room that follow it, and moves the room’s number nowhere', () => {
  const following = defineSlice<readonly number[]>({
    name: 'following',
    place: 'room',
    fromHead: () => [],
    events: {},
    mineEvent: (state, { seq }) => [...state, seq],
  })
  const room: Held = { seq: 5, slices: { applied: [1], following: [] } }

  const later = afterMine([applied, following], room, [event(8), event(9)])

  assert.deepEqual(later, { seq: 5, slices: { applied: [1], following: [8, 9] } })
  assert.equal(roomOf({ ...event(1), data: { roomId: 'a room' } }), 'a room')
  assert.equal(roomOf(event(1)), undefined)
})

test('[SI1] a signal is told to the slices of its place that listen, and moves no number; where none does, nothing is made anew', () => {
  const listening = defineSlice<number>({
    name: 'listening',
    place: 'room',
    fromHead: () => 0,
    events: {},
    signals: { moved: (state, to: number) => Math.max(state, to) },
  })
  const room: Held = { seq: 5, slices: { applied: [1], listening: 3 } }
  const hear = (name: string, to: number) => afterSignal([applied, listening], 'room', room, name, to)

  assert.deepEqual(hear('moved', 4), { seq: 5, slices: { applied: [1], listening: 4 } })
  assert.equal(hear('moved', 2), room)
  assert.equal(hear('something else', 4), room)
  assert.equal(afterSignal([listening], 'user', room, 'moved', 4), room)
})
