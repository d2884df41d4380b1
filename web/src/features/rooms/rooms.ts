import {
  memberAdded,
  memberRemoved,
  messagesHidden,
  othersMoved,
  personChanged,
  readMoved,
  roleChanged,
  roomCleared,
  roomEdited,
  roomJoined,
  roomLeft,
  roomPrefsSet,
} from '@connectly/protocol'
import type { DataOf, EventType, Member, OthersMarks, Room, RoomId, RoomLine, Seat, UserId } from '@connectly/protocol'
import type { Listing } from '../../kernel/replica.ts'
import { defineSlice, type Happening } from '../../kernel/slice.ts'
import { afterClearing, afterHiding, afterReading, lineAfter, newer, withTheirs } from './line-after.ts'

/** A room I hold: what it is, my seat in it, and its first members. */
export type RoomState = { room: Room | null; me: Seat | null; members: readonly Member[] }
/** My list of chats, by room. `me` is whose it is: what I said myself is read. */
export type LinesState = { me: UserId | null; lines: Readonly<Record<RoomId, RoomLine>> }

const MEMBERS_IN_HEAD = 50

const dataOf = <E extends EventType>(_type: E, event: Happening): DataOf<E> => event.data as DataOf<E>

export const roomSlice = defineSlice<RoomState>({
  name: 'rooms',
  place: 'room',
  fromHead: (head) => ({ room: null, me: null, members: [], ...(head as Partial<RoomState>) }),
  events: {
    [roomEdited.name]: (state, event) => ({ ...state, room: newer(state.room, dataOf(roomEdited, event).room) }),
    [memberAdded.name]: (state, event) => {
      const { room, seat, person } = dataOf(memberAdded, event)
      const known = state.members.some((member) => member.seat.userId === seat.userId)
      const members =
        known || state.members.length >= MEMBERS_IN_HEAD ? state.members : [...state.members, { seat, person }]
      return { ...state, room: newer(state.room, room), members }
    },
    [memberRemoved.name]: (state, event) => {
      const { room, userId } = dataOf(memberRemoved, event)
      return {
        ...state,
        room: newer(state.room, room),
        members: state.members.filter((member) => member.seat.userId !== userId),
      }
    },
    [personChanged.name]: (state, event) => {
      const { person } = dataOf(personChanged, event)
      if (!person) return state
      const members = state.members.map((member) =>
        member.person.userId === person.userId ? { ...member, person } : member,
      )
      return { ...state, members }
    },
    [roleChanged.name]: (state, event) => {
      const { seat } = dataOf(roleChanged, event)
      const isNewer = (old: Seat) => old.userId === seat.userId && old.rev < seat.rev
      return {
        ...state,
        me: state.me && isNewer(state.me) ? seat : state.me,
        members: state.members.map((member) => (isNewer(member.seat) ? { ...member, seat } : member)),
      }
    },
  },
})

export const linesSlice = defineSlice<LinesState>({
  name: 'rooms',
  place: 'user',
  fromHead: (head) => {
    const { me = null, lines = [] } = (head ?? {}) as { me?: UserId; lines?: RoomLine[] }
    return { me, lines: byRoom(lines) }
  },
  events: {
    [roomJoined.name]: (state, event) => {
      const { line } = dataOf(roomJoined, event)
      return line ? { ...state, lines: withLine(state.lines, line) } : state
    },
    [roomLeft.name]: (state, event) => {
      const { [dataOf(roomLeft, event).roomId]: _left, ...lines } = state.lines
      return { ...state, lines }
    },
    [roomPrefsSet.name]: (state, event) => {
      const { roomId, pinnedAt, mutedUntil } = dataOf(roomPrefsSet, event)
      return changed(state, roomId, (line) => ({ ...line, pinnedAt, mutedUntil }))
    },
    [roomCleared.name]: (state, event) => {
      const { roomId, clearedSeq } = dataOf(roomCleared, event)
      return changed(state, roomId, (line) => afterClearing(line, clearedSeq))
    },
    [messagesHidden.name]: (state, event) => {
      const hidden = dataOf(messagesHidden, event)
      return changed(state, hidden.roomId, (line) => afterHiding(line, hidden))
    },
    [readMoved.name]: (state, event) => {
      const moved = dataOf(readMoved, event)
      return changed(state, moved.roomId, (line) => afterReading(line, moved))
    },
  },
  signals: {
    [othersMoved.name]: (state, moved: OthersMarks) => changed(state, moved.roomId, (line) => withTheirs(line, moved)),
  },
  roomEvent: (state, roomId, event) => {
    const line = state.lines[roomId]
    if (!line || event.seq <= line.seq) return state
    return { ...state, lines: { ...state.lines, [roomId]: lineAfter(line, event, state.me) } }
  },
})

/** How the replica reads and mends my list. */
export const listing: Listing = {
  listed: (me) => new Map(Object.values(linesOf(me.slices)).map((line) => [line.room.roomId, line.seq])),
  withLines: (me, fresh, gone) => {
    let lines = linesOf(me.slices)
    for (const line of fresh) lines = withLine(lines, line)
    lines = Object.fromEntries(Object.entries(lines).filter(([roomId]) => !gone.includes(roomId as RoomId)))
    const { me: mine = null } = (me.slices['rooms'] ?? {}) as Partial<LinesState>
    return { ...me, slices: { ...me.slices, rooms: { me: mine, lines } satisfies LinesState } }
  },
}

const linesOf = (slices: Readonly<Record<string, unknown>>): LinesState['lines'] =>
  (slices['rooms'] as LinesState | undefined)?.lines ?? {}

function changed(state: LinesState, roomId: RoomId, change: (line: RoomLine) => RoomLine): LinesState {
  const line = state.lines[roomId]
  return line ? { ...state, lines: { ...state.lines, [roomId]: change(line) } } : state
}

function withLine(lines: LinesState['lines'], line: RoomLine): LinesState['lines'] {
  const held = lines[line.room.roomId]
  return held && held.seq > line.seq ? lines : { ...lines, [line.room.roomId]: line }
}

const byRoom = (lines: readonly RoomLine[]): LinesState['lines'] =>
  Object.fromEntries(lines.map((line) => [line.room.roomId, line]))
