import { markRead, roomPlace, type MessageId, type RoomId } from '@connectly/protocol'
import { newId, type TestPerson, type TestServer } from '@connectly/server/test-kit'
import { checksumOf, messageTable } from '../../server/src/features/messages/index.ts'
import { insert } from '../../server/src/store/store.ts'

type MessageRow = NonNullable<typeof messageTable.row>

const AT_ONCE = 500

/**
 * Writes a history straight into the store: `message 1` and on, a minute apart, by turns. Its authors have read it.
 * Answers with their ids.
 */
export async function seedMessages(
  server: TestServer,
  roomId: RoomId,
  authors: readonly TestPerson[],
  count: number,
): Promise<MessageId[]> {
  const place = roomPlace(roomId)
  const now = Date.now()
  let last = 0
  const drafts = Array.from({ length: count }, (_, n) => draft(roomId, authors, n, now - (count - n) * 60_000))
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = drafts.slice(from, from + AT_ONCE)
    const [outcome] = await server.app.store.commit(
      [
        {
          places: [place],
          given: [],
          make: (next) => {
            const numbered = some.map((each) => ({ each, n: next(place) }))
            return {
              writes: numbered.map(({ each, n }) => insert(messageTable, { ...each, seq: n.seq, rev: n.seq })),
              events: numbered.map(({ each, n }) => ({
                ...n,
                name: 'messages.sent',
                data: { messageId: each.messageId },
                reacts: false,
              })),
              result: numbered.at(-1)?.n.seq ?? 0,
            }
          },
        },
      ],
      now,
    )
    if (outcome?.kind !== 'done') throw new Error(`the history could not be written: ${outcome?.kind}`)
    last = Number(outcome.made.result)
  }
  for (const author of new Set(authors)) await author.ask(markRead, { roomId, seq: last })
  return drafts.map((each) => each.messageId)
}

function draft(roomId: RoomId, authors: readonly TestPerson[], n: number, at: number): Omit<MessageRow, 'seq' | 'rev'> {
  const author = authors[n % authors.length]
  if (!author) throw new Error('a history needs somebody who wrote it')
  const lines = Array.from({ length: n % 5 }, (_, line) => `line ${line + 1} of what was said there and then`)
  const message = {
    messageId: newId<MessageId>(),
    roomId,
    authorId: author.userId,
    at,
    body: { kind: 'text' as const, text: [`message ${n + 1}`, ...lines].join('\n') },
  }
  return {
    ...message,
    localId: null,
    replyTo: null,
    editedAt: null,
    deletedAt: null,
    hiddenFrom: null,
    checksum: checksumOf(message),
  }
}
