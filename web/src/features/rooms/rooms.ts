import {
  memberAdded,
  memberRemoved,
  messageSent,
  roleChanged,
  roomJoined,
  roomLeft,
  roomEdited,
} from '@connectly/protocol'
import type { DataOf, EventType, Member, Room, RoomId, RoomLine, Seat } from '@connectly/protocol'
import type { Listing } from '../../kernel/replica.ts'
import { defineSlice, type Happening } from '../../kernel/slice.ts'

/** A room I hold: what it is, my seat in it, and its first members. */
export type RoomState = { room: Room | null; me: Seat | null; members: readonly Member[] }
/** My list of chats, by room. */
export type LinesState = { lines: Readonly<Record<RoomId, RoomLine>> }

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
  fromHead: (head) => ({ lines: byRoom((head as { lines?: RoomLine[] } | undefined)?.lines ?? []) }),
  events: {
    [roomJoined.name]: (state, event) => {
      const { line } = dataOf(roomJoined, event)
      return line ? { lines: withLine(state.lines, line) } : state
    },
    [roomLeft.name]: (state, event) => {
      const { [dataOf(roomLeft, event).roomId]: _left, ...lines } = state.lines
      return { lines }
    },
  },
  roomEvent: (state, roomId, event) => {
    const line = state.lines[roomId]
    if (!line || event.seq <= line.seq) return state
    return { lines: { ...state.lines, [roomId]: lineAfter(line, event) } }
  },
})

/** How the replica reads and mends my list. */
export const listing: Listing = {
  listed: (me) => new Map(Object.values(linesOf(me.slices)).map((line) => [line.room.roomId, line.seq])),
  withLines: (me, fresh, gone) => {
    let lines = linesOf(me.slices)
    for (const line of fresh) lines = withLine(lines, line)
    lines = Object.fromEntries(Object.entries(lines).filter(([roomId]) => !gone.includes(roomId as RoomId)))
    return { ...me, slices: { ...me.slices, rooms: { lines } satisfies LinesState } }
  },
}

const linesOf = (slices: Readonly<Record<string, unknown>>): LinesState['lines'] =>
  (slices['rooms'] as LinesState | undefined)?.lines ?? {}

function lineAfter(line: RoomLine, event: Happening): RoomLine {
  const moved = { ...line, seq: event.seq }
  switch (event.name) {
    case messageSent.name: {
      const { message } = dataOf(messageSent, event)
      if (!message) return moved
      const { messageId, authorId, body, at, seq } = message
      return { ...moved, last: { messageId, authorId, body, at, seq } }
    }
    case roomEdited.name:
    case memberAdded.name:
    case memberRemoved.name:
      return { ...moved, room: newer(line.room, (event.data as { room: Room }).room) ?? line.room }
    default:
      return moved
  }
}

/** A row by its `rev`: what is held and not older stays. */
function newer(held: Room | null, come: Room): Room {
  return held && held.rev >= come.rev ? held : come
}

function withLine(lines: LinesState['lines'], line: RoomLine): LinesState['lines'] {
  const held = lines[line.room.roomId]
  return held && held.seq > line.seq ? lines : { ...lines, [line.room.roomId]: line }
}

const byRoom = (lines: readonly RoomLine[]): LinesState['lines'] =>
  Object.fromEntries(lines.map((line) => [line.room.roomId, line]))
