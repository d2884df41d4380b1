import { markRead, pageMessages, receiptsOf, sayTyping, watchPresence } from '@connectly/protocol'
import type { Live } from '../target.ts'
import { askParsed, type SocketIoClient } from '../wire/socketio.ts'
import { mustBeOk, valueOf } from './connectly-answers.ts'

const SAID = Buffer.from('2["said","')
const QUOTE = 0x22
/** The highest number that the protocol takes. */
const HIGHEST = 2 ** 52

/** The name of the signal that a packet carries; undefined for any other packet. */
export function signalIn(bytes: Buffer, from: number, to: number): string | undefined {
  const begin = from + SAID.length
  if (begin >= to || bytes.compare(SAID, 0, SAID.length, from, begin) !== 0) return undefined
  return bytes.toString('latin1', begin, bytes.indexOf(QUOTE, begin))
}

/** Marks and presence as the client says them, over a connection of this person's. */
export function liveOver(client: SocketIoClient, rooms: readonly string[], me: string | undefined): Live {
  const said = (method: string, input: object) =>
    new Promise<void>((done) =>
      client.ask('ask', `"${method}",${JSON.stringify(input)}`, (bytes, from, to) => {
        mustBeOk(bytes, from, to)
        done()
      }),
    )
  const asked = async (method: string, input: object) =>
    valueOf(await askParsed(client, 'ask', `"${method}",${JSON.stringify(input)}`))

  return {
    // The server holds a mark at the room's newest: what a client that sees all of it says.
    read: (room) => said(markRead.name, { roomId: rooms[room], seq: HIGHEST }),
    open: (room) => said(watchPresence.name, { userIds: [], roomId: rooms[room] }),
    typing: (room, isTyping) => said(sayTyping.name, { roomId: rooms[room], isTyping }),
    async ownMessage(room) {
      const page = await asked(pageMessages.name, { roomId: rooms[room], limit: 200 })
      const { messages } = page as { messages: { messageId: string; authorId: string }[] }
      const own = messages.find(({ authorId }) => authorId === me)
      if (!own) throw new Error('none of the newest messages is of this person')
      return own.messageId
    },
    async receipts(room, messageId) {
      const { counts } = (await asked(receiptsOf.name, { roomId: rooms[room], messageId })) as {
        counts: { read: number; delivered: number; waiting: number }
      }
      return counts.read + counts.delivered + counts.waiting
    },
  }
}
