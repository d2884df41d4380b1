import type { Message } from '@connectly/protocol'
import { sha256 } from '../../kernel/ids.ts'

/** SHA-256, in base64url, of a message's content, ids and server time, in a fixed order. Its number in the room is not part of it. */
export function checksumOf(message: Pick<Message, 'messageId' | 'roomId' | 'authorId' | 'at' | 'body'>): string {
  return sha256(JSON.stringify([message.messageId, message.roomId, message.authorId, message.at, sorted(message.body)]))
}

function sorted(body: Message['body']): [string, unknown][] {
  return Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))
}
