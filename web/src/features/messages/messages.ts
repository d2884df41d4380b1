import { messageSent, type DataOf, type Message, type MessagePage, type Person } from '@connectly/protocol'
import { defineSlice } from '../../kernel/slice.ts'

/** A run of messages up to the newest, ascending; `people` are those of their authors that came with pages. */
export type MessagesState = { messages: readonly Message[]; people: readonly Person[]; older: boolean }

/** Messages of a room that stay on the device. */
const KEPT = 200

export const messageSlice = defineSlice<MessagesState>({
  name: 'messages',
  place: 'room',
  fromHead: (head) => ({ messages: [], people: [], older: false, ...(head as Partial<MessagesState>) }),
  events: {
    [messageSent.name]: (state, event) => {
      const { message } = event.data as DataOf<typeof messageSent>
      return message ? { ...state, messages: joined(state.messages, [message]) } : state
    },
  },
  kept: (state) =>
    state.messages.length > KEPT ? { ...state, messages: state.messages.slice(-KEPT), older: true } : state,
})

/** The run with a page of earlier messages before it. */
export function withOlder(state: MessagesState, page: MessagePage): MessagesState {
  const people = new Map([...state.people, ...page.people].map((person) => [person.userId, person]))
  return { messages: joined(state.messages, page.messages), people: [...people.values()], older: page.older }
}

/** Both, each message once, by number. A row that is held and not older stays. */
export function joined(held: readonly Message[], come: readonly Message[]): readonly Message[] {
  const last = held.at(-1)
  const first = come[0]
  if (first && (!last || last.seq < first.seq)) return [...held, ...come]
  const bySeq = new Map(held.map((message) => [message.seq, message]))
  let isNew = false
  for (const message of come) {
    const old = bySeq.get(message.seq)
    if (old && old.rev >= message.rev) continue
    bySeq.set(message.seq, message)
    isNew = true
  }
  return isNew ? [...bySeq.values()].sort((a, b) => a.seq - b.seq) : held
}
