import {
  createGroup,
  MAX_CATCH_UP,
  catchUp,
  pageMessages,
  sendMessage,
  type Answer,
  type LocalId,
  type LoggedEvent,
  type Mention,
  type Message,
  type MessageId,
  type Place,
  type RoomId,
} from '@connectly/protocol'
import { migratedTables } from '../../store/migrations/schema.ts'
import type { Reader } from '../../store/store.ts'
import { befriend, newId, type TestPerson, type TestServer } from '../../test-kit.ts'

/* What tests of messages stand on: people in a group, and what each of them sees of it. */

export type Crew = { owner: TestPerson; others: TestPerson[]; roomId: RoomId }

let people = 0
export const somebody = (server: TestServer) => server.person(`somebody-${++people}`)

/** A group of an owner and this many members, all of them contacts of the owner. */
export async function crew(server: TestServer, size = 0): Promise<Crew> {
  const owner = await somebody(server)
  const others = await Promise.all(Array.from({ length: size }, () => somebody(server)))
  for (const other of others) await befriend(owner, other)
  const userIds = others.map((other) => other.userId)
  const { roomId } = await owner.ask(createGroup, { localId: newId<LocalId>(), name: 'Crew', userIds })
  return { owner, others, roomId }
}

/** The input that says these words. */
export const text = (roomId: RoomId, words: string, more: { replyToId?: MessageId; mentions?: Mention[] } = {}) => {
  const { mentions, ...rest } = more
  return {
    roomId,
    localId: newId<LocalId>(),
    body: { kind: 'text' as const, text: words, ...(mentions && { mentions }) },
    ...rest,
  }
}

export const say = (who: TestPerson, roomId: RoomId, words: string, replyToId?: MessageId): Promise<Message> =>
  who.ask(sendMessage, text(roomId, words, replyToId ? { replyToId } : {}))

export const textsOf = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ body }) => ('text' in body ? [body.text] : []))

export const pageOf = (who: TestPerson, roomId: RoomId) => who.ask(pageMessages, { roomId })
export const wordsIn = async (who: TestPerson, roomId: RoomId) => textsOf((await pageOf(who, roomId)).messages)

/** The log of a place from a number on, as this person gets it who comes back. */
export async function logOf(who: TestPerson, place: Place, after = 0): Promise<LoggedEvent[]> {
  const caught = await who.ask(catchUp, { place, after })
  if (caught.kind !== 'events') throw new Error(`more than ${MAX_CATCH_UP} events`)
  return caught.events
}

export const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'ok' : answer.refusal.code)

/** Everything that stands in any row of any table. */
export async function allRows(store: Reader): Promise<string> {
  const tables = [...migratedTables().values()]
  return JSON.stringify(await Promise.all(tables.map((table) => store.find(table, { limit: 1_000_000 }))))
}
