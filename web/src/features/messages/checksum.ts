import type { Message } from '@connectly/protocol'

/** Whether a message is what its checksum says: SHA-256, in base64url, of its ids, time and content in a fixed order. */
export async function checksumFits(message: Message): Promise<boolean> {
  const body = Object.entries(message.body).sort(([a], [b]) => (a < b ? -1 : 1))
  const content = JSON.stringify([message.messageId, message.roomId, message.authorId, message.at, body])
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content)))
  const base64 = btoa(String.fromCodePoint(...hash))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') === message.checksum
}
