import assert from 'node:assert/strict'
import type { Person } from '@connectly/protocol'
import type { BlocksState } from '../../web/src/features/blocks/blocks.ts'
import type { MessagesState } from '../../web/src/features/messages/messages.ts'
import type { RequestsState } from '../../web/src/features/requests/index.ts'
import type { LinesState, RoomState } from '../../web/src/features/rooms/rooms.ts'
import { slices } from '../../web/src/features/slices.ts'
import { fromHead, type Held } from '../../web/src/kernel/slice.ts'
import type { Heads, Known } from './snapshot-watch.ts'

/** Messages in a head. */
const WINDOW = 50

/** What a device knows is what these heads say, slice by slice. */
export function assertSame(known: Known, later: Heads, how: string): void {
  assertPlace('user', known.me, fromHead(slices, 'user', later.me), how)
  for (const [roomId, held] of known.rooms) {
    const head = later.rooms.get(roomId)
    assert.ok(head, `${how}: a room is held that is not in the list`)
    assertPlace('room', held, fromHead(slices, 'room', head), how)
  }
}

/** Slice by slice, and the number. */
function assertPlace(kind: 'room' | 'user', held: Held, head: Held, how: string): void {
  assert.equal(held.seq, head.seq, `${how}: the number of the ${kind}`)
  const window = kind === 'room' ? windowOf(held, head) : 0
  for (const { name } of slices.filter((slice) => slice.place === kind))
    assert.deepEqual(
      comparable(kind, name, held.slices[name], window),
      comparable(kind, name, head.slices[name], window),
      `${how}: the slice ${name} of the ${kind}`,
    )
}

/**
 * A head has the newest 50, so what was held longer is older. Who hid some of what they held, and knows that there is more
 * before it, holds fewer.
 */
function windowOf(held: Held, head: Held): number {
  const { messages, older } = held.slices['messages'] as MessagesState
  const shown = (head.slices['messages'] as MessagesState).messages.length
  return older && messages.length < shown ? messages.length : WINDOW
}

/**
 * What two states have to agree on. Everything, but for what a head shows only a part of, what signals carry (marks of
 * others), and what are hints for names and quotes, which come with pages.
 */
function comparable(kind: 'room' | 'user', name: string, state: unknown, window: number): unknown {
  if (kind === 'room' && name === 'messages') {
    const { messages, older } = state as MessagesState
    return { messages: messages.slice(-window), older: older || messages.length > window }
  }
  if (kind === 'room' && name === 'rooms') {
    const { members, ...rest } = state as RoomState
    // Members who joined in one commit have no order among them but that of their ids.
    const key = ({ seat }: RoomState['members'][number]) => `${String(seat.joinedAt).padStart(16)} ${seat.userId}`
    return { ...rest, members: members.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) }
  }
  if (kind === 'room' && name === 'marks') return null
  if (kind === 'user' && name === 'rooms') {
    const { me, lines } = state as LinesState
    return { me, lines: Object.fromEntries(Object.entries(lines).map(([id, line]) => [id, { ...line, theirs: null }])) }
  }
  // Requests and blocks name people as they were called when it was told.
  if (kind === 'user' && name === 'requests') {
    const { received, sent } = state as RequestsState
    return { received: received.map(nameless), sent: sent.map(nameless) }
  }
  if (kind === 'user' && name === 'blocks') return { blocked: (state as BlocksState).blocked.map(nameless) }
  return state
}

const nameless = <Each extends { person: Person }>(each: Each): Each => ({
  ...each,
  person: { ...each.person, name: '' },
})
