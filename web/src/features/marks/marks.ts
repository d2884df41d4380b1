import {
  messageSent,
  othersMoved,
  type DataOf,
  type Marks,
  type Message,
  type OthersMarks,
  type UserId,
} from '@connectly/protocol'
import { defineSlice } from '../../kernel/slice.ts'

/** How far the others of a room have come, as far as they show it; by signals, so it is never in a log. */
export type MarksState = { theirs: Readonly<Record<UserId, Marks>> }

export const markSlice = defineSlice<MarksState>({
  name: 'marks',
  place: 'room',
  fromHead: (head) => {
    const { theirs = [] } = (head ?? {}) as { theirs?: readonly OthersMarks[] }
    return { theirs: theirs.reduce<MarksState['theirs']>(withOne, {}) }
  },
  events: {
    // Who answers has read up to there; shown only of who shows it.
    [messageSent.name]: (state, event) => {
      const { message } = event.data as DataOf<typeof messageSent>
      if (!message || message.localId === null || !state.theirs[message.authorId]) return state
      const { roomId, authorId: userId, seq } = message
      return { theirs: withOne(state.theirs, { roomId, userId, readSeq: seq, deliveredSeq: seq }) }
    },
  },
  signals: {
    [othersMoved.name]: (state, moved: OthersMarks) => {
      const theirs = withOne(state.theirs, moved)
      return theirs === state.theirs ? state : { theirs }
    },
  },
})

/** Both marks only grow, whatever order signals come in. */
function withOne(theirs: MarksState['theirs'], { userId, readSeq, deliveredSeq }: OthersMarks): MarksState['theirs'] {
  const held = theirs[userId]
  if (held && held.readSeq >= readSeq && held.deliveredSeq >= deliveredSeq) return theirs
  const marks = {
    readSeq: Math.max(held?.readSeq ?? 0, readSeq),
    deliveredSeq: Math.max(held?.deliveredSeq ?? 0, deliveredSeq),
  }
  return { ...theirs, [userId]: marks }
}

/** How far a message of mine has come: one who read it makes it read, one who has it makes it delivered. */
export function statusOf(message: Pick<Message, 'seq'>, theirs: Iterable<Marks>): 'sent' | 'delivered' | 'read' {
  let status: 'sent' | 'delivered' = 'sent'
  for (const { readSeq, deliveredSeq } of theirs) {
    if (readSeq >= message.seq) return 'read'
    if (deliveredSeq >= message.seq) status = 'delivered'
  }
  return status
}
