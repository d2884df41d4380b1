import assert from 'node:assert/strict'
import type { MessagesState } from '../../web/src/features/messages/messages.ts'
import type { RoomState } from '../../web/src/features/rooms/index.ts'
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
  for (const { name } of slices.filter((slice) => slice.place === kind))
    assert.deepEqual(
      comparable(kind, name, held.slices[name]),
      comparable(kind, name, head.slices[name]),
      `${how}: the slice ${name} of the ${kind}`,
    )
}

/** What two states have to agree on. Everything, but for what a head shows only a part of. */
function comparable(kind: 'room' | 'user', name: string, state: unknown): unknown {
  if (kind === 'room' && name === 'messages') {
    const { messages, older } = state as MessagesState
    // A head has the newest 50, so what was held longer is older; `people` are hints for names, which come with pages.
    return { messages: messages.slice(-WINDOW), older: older || messages.length > WINDOW }
  }
  if (kind === 'room' && name === 'rooms') {
    const { members, ...rest } = state as RoomState
    // Members who joined in one commit have no order among them but that of their ids.
    const key = ({ seat }: RoomState['members'][number]) => `${String(seat.joinedAt).padStart(16)} ${seat.userId}`
    return { ...rest, members: members.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) }
  }
  return state
}
