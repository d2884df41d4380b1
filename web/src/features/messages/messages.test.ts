import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messagesHidden, messageSent, roomCleared, type Message, type MessagePage } from '@connectly/protocol'
import fc from 'fast-check'
import { after, afterMine, type Held } from '../../kernel/slice.ts'
import { joined, messageSlice, withOlder, type MessagesState } from './messages.ts'

const said = (seq: number, rev = seq) =>
  ({ seq, rev, messageId: `id ${seq}`, body: { kind: 'text', text: `${seq} as of ${rev}` } }) as unknown as Message
const numbers = (messages: readonly Message[]) => messages.map(({ seq }) => seq)
const run = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, nth) => from + nth)
const sent = (message: Message) => ({ seq: message.seq, at: 0, name: messageSent.name, data: { message } })
const state = ({ slices }: Held) => slices['messages'] as MessagesState

/** The page before a number, as the server would answer. */
function pageBefore(log: readonly Message[], before: number, limit: number): MessagePage {
  const earlier = log.filter(({ seq }) => seq < before)
  return { messages: earlier.slice(-limit), people: [], quoted: [], older: earlier.length > limit, newer: true }
}

/** An ascending run of messages, some revised. */
const runs = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat({ max: 3 })), { selector: ([seq]) => seq })
  .map((list) => list.toSorted(([a], [b]) => a - b).map(([seq, revised]) => said(seq, seq + revised * 100)))

test('[RE3] two runs joined have every message once, in order, each in its newest form, whichever came first', () => {
  fc.assert(
    fc.property(runs, runs, (a, b) => {
      const newest = new Map<number, Message>()
      for (const message of [...a, ...b])
        if ((newest.get(message.seq)?.rev ?? -1) < message.rev) newest.set(message.seq, message)
      const wanted = [...newest.values()].toSorted((x, y) => x.seq - y.seq)

      assert.deepEqual(joined(a, b), wanted)
      assert.deepEqual(joined(b, a), wanted)
    }),
  )
})

test('[RE3] joining again what is there already leaves the very same run', () => {
  fc.assert(
    fc.property(runs, runs, (a, b) => {
      const once = joined(a, b)

      assert.equal(joined(once, a), once)
      assert.equal(joined(once, b), once)
    }),
  )
})

test('[RE3] pages and live events may cross: in any order of arrival the same messages, none lost, none twice', () => {
  const story = fc.record({
    first: fc.integer({ min: 1, max: 30 }),
    live: fc.nat({ max: 20 }),
    window: fc.integer({ min: 1, max: 8 }),
    limit: fc.integer({ min: 1, max: 8 }),
    /** What arrives next: an event, or a page that was asked for this many arrivals ago. */
    arrivals: fc.array(fc.oneof(fc.constant('live' as const), fc.nat({ max: 4 })), { maxLength: 60 }),
  })
  fc.assert(
    fc.property(story, ({ first, live, window, limit, arrivals }) => {
      const log = run(1, first + live).map((seq) => said(seq))
      const head = {
        messages: log.slice(Math.max(0, first - window), first),
        people: [],
        quoted: {},
        older: first > window,
      }
      let held: Held = { seq: first, slices: { messages: head } }
      const firsts = [state(held).messages[0]?.seq ?? 0]
      let oldest = firsts[0] ?? 0

      for (const arrival of arrivals) {
        const next = log[held.seq]
        if (arrival === 'live') {
          if (next) ({ held } = after([messageSlice], 'room', held, [sent(next)]))
        } else {
          const asked = firsts.at(-1 - arrival) ?? firsts[0] ?? 0
          const page = pageBefore(log, asked, limit)
          oldest = Math.min(oldest, page.messages[0]?.seq ?? oldest)
          held = { seq: held.seq, slices: { messages: withOlder(state(held), page) } }
        }
        firsts.push(state(held).messages[0]?.seq ?? 0)
      }

      assert.deepEqual(numbers(state(held).messages), run(oldest, held.seq))
    }),
  )
})

test('[RE3] paging back to the beginning ends there, with all of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (length, limit) => {
      const log = run(1, length).map((seq) => said(seq))
      let shown: MessagesState = { messages: log.slice(-limit), people: [], quoted: {}, older: length > limit }

      for (let pages = 0; shown.older && pages <= length; pages++)
        shown = withOlder(shown, pageBefore(log, shown.messages[0]?.seq ?? 0, limit))

      assert.deepEqual(numbers(shown.messages), run(1, length))
      assert.equal(shown.older, false)
    }),
  )
})

test('[RE1] an event whose message is held already, in a newer form, changes nothing of it', () => {
  const held: Held = { seq: 4, slices: { messages: { messages: [said(5, 9)], people: [], quoted: {}, older: false } } }

  const { held: later } = after([messageSlice], 'room', held, [sent(said(5, 5))])

  assert.deepEqual(state(later).messages, [said(5, 9)])
})

test('an event whose message is gone leaves no trace but its number', () => {
  const held: Held = { seq: 4, slices: { messages: { messages: [said(4)], people: [], quoted: {}, older: false } } }
  const gone = { seq: 5, at: 0, name: messageSent.name, data: { message: null } }

  const { held: later } = after([messageSlice], 'room', held, [gone])

  assert.equal(later.seq, 5)
  assert.deepEqual(numbers(state(later).messages), [4])
})

test('[RE4] what stays on the device is the newest 200, and it says that there are older ones', () => {
  const kept = (length: number) =>
    messageSlice.kept?.({
      messages: run(1, length).map((seq) => said(seq)),
      people: [],
      quoted: {},
      older: false,
    }) as MessagesState

  const [all, cut] = [kept(200), kept(201)]

  assert.deepEqual([numbers(all.messages), all.older], [run(1, 200), false])
  assert.deepEqual([numbers(cut.messages), cut.older], [run(2, 201), true])
})

test('[RE6] what I hid leaves the run, whenever I hear of it, and is not brought back by what is told of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 8 }),
      (length, gone) => {
        const held: Held = {
          seq: length,
          slices: {
            messages: { messages: run(1, length).map((seq) => said(seq)), people: [], quoted: {}, older: false },
          },
        }
        const hidden = {
          seq: 1,
          at: 0,
          name: messagesHidden.name,
          data: { messageIds: gone.map((seq) => said(seq).messageId) },
        }
        const edited = (seq: number) => ({
          seq: length + 1,
          at: 0,
          name: 'messages.edited',
          data: { messageId: said(seq).messageId, message: said(seq, 99) },
        })

        let now = afterMine([messageSlice], held, [hidden, hidden])
        for (const seq of gone) ({ held: now } = after([messageSlice], 'room', { ...now, seq: length }, [edited(seq)]))

        assert.deepEqual(
          numbers(state(now).messages),
          run(1, length).filter((seq) => !gone.includes(seq)),
        )
      },
    ),
  )
})

test('[RE6] a room I emptied begins after that number, and says that nothing is before it', () => {
  const clear = (clearedSeq: number) => ({ seq: 1, at: 0, name: roomCleared.name, data: { clearedSeq } })
  const held: Held = {
    seq: 9,
    slices: { messages: { messages: run(5, 9).map((seq) => said(seq)), people: [], quoted: {}, older: true } },
  }
  const cleared = (seq: number) => state(afterMine([messageSlice], held, [clear(seq)]))

  assert.deepEqual([numbers(cleared(7).messages), cleared(7).older], [[8, 9], false])
  assert.deepEqual([numbers(cleared(9).messages), cleared(9).older], [[], false])
  assert.deepEqual([numbers(cleared(3).messages), cleared(3).older], [run(5, 9), true])
})
