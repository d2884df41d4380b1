import {
  messageDeleted,
  messageEdited,
  messageSent,
  messagesHidden,
  personChanged,
  roomCleared,
  type DataOf,
  type Message,
  type MessageId,
  type MessagePage,
  type Person,
} from '@connectly/protocol'
import { defineSlice, type Happening } from '../../kernel/slice.ts'

/**
 * A run of messages up to the newest, ascending. `people` are those of their authors that came with pages, `quoted` what
 * they answer, as far as it came along.
 */
export type MessagesState = {
  messages: readonly Message[]
  people: readonly Person[]
  quoted: Readonly<Record<MessageId, Message>>
  older: boolean
}

/** Messages of a room that stay on the device. */
const KEPT = 200

export const messageSlice = defineSlice<MessagesState>({
  name: 'messages',
  place: 'room',
  fromHead: (head) => {
    const { messages = [], people = [], quoted = [], older = false } = (head ?? {}) as Partial<MessagePage>
    return { messages, people, quoted: byId(quoted), older }
  },
  events: {
    [messageSent.name]: (state, event) => {
      const { message } = event.data as DataOf<typeof messageSent>
      return message ? { ...state, messages: joined(state.messages, [message]) } : state
    },
    [messageEdited.name]: (state, event) => changed(state, event),
    [messageDeleted.name]: (state, event) => changed(state, event),
    [personChanged.name]: (state, event) => {
      const { person } = event.data as DataOf<typeof personChanged>
      if (!person) return state
      return { ...state, people: state.people.map((each) => (each.userId === person.userId ? person : each)) }
    },
  },
  mineEvent: (state, event) => {
    switch (event.name) {
      case messagesHidden.name: {
        const { messageIds } = event.data as DataOf<typeof messagesHidden>
        const gone = new Set(messageIds)
        return {
          ...state,
          messages: state.messages.filter(({ messageId }) => !gone.has(messageId)),
          quoted: Object.fromEntries(Object.entries(state.quoted).filter(([id]) => !gone.has(id as MessageId))),
        }
      }
      case roomCleared.name: {
        const { clearedSeq } = event.data as DataOf<typeof roomCleared>
        const isLeft = ({ seq }: Message) => seq > clearedSeq
        const messages = state.messages.filter(isLeft)
        const older = state.older && messages.length === state.messages.length && messages.length > 0
        return { ...state, messages, quoted: byId(Object.values(state.quoted).filter(isLeft)), older }
      }
      default:
        return state
    }
  },
  kept: (state) =>
    state.messages.length > KEPT ? { ...state, messages: state.messages.slice(-KEPT), older: true } : state,
})

/** The run with a page of earlier messages before it. */
export function withOlder(state: MessagesState, page: MessagePage): MessagesState {
  const people = new Map([...state.people, ...page.people].map((person) => [person.userId, person]))
  return {
    messages: joined(state.messages, page.messages),
    people: [...people.values()],
    quoted: { ...state.quoted, ...byId(page.quoted) },
    older: page.older,
  }
}

/** A message as it is now, in the run and where it is quoted. One that is not held is not brought in. */
function changed(state: MessagesState, event: Happening): MessagesState {
  const { message } = event.data as DataOf<typeof messageEdited>
  if (!message) return state
  const isNewer = (held: Message) => held.messageId === message.messageId && held.rev < message.rev
  const quoted = state.quoted[message.messageId]
  return {
    ...state,
    messages: state.messages.map((held) => (isNewer(held) ? message : held)),
    quoted: quoted && isNewer(quoted) ? { ...state.quoted, [message.messageId]: message } : state.quoted,
  }
}

const byId = (messages: readonly Message[]): MessagesState['quoted'] =>
  Object.fromEntries(messages.map((message) => [message.messageId, message]))

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
