/*
 * Packets: what one process said in one turn, packed into as few texts as may be. The first line is the version of this
 * form, the sender's id and the packet's number; then each message is its topic, its length in UTF-16 units, and itself.
 */

/** A message with what it takes in a packet: `head` is its first line, `bytes` counts both. */
export type Message = { head: string; text: string; bytes: number }

export type Packet = { from: string; number: number; messages: { topic: string; text: string }[] }

/** What a packet of one message needs beside its text, in bytes, at most. */
export const PACKET_OVERHEAD = 160

const VERSION = '1'
const TOPIC = /^[A-Za-z0-9.:-]{1,64}$/

/** The message as it is packed. Throws for what no adapter carries. */
export function messageOf(topic: string, text: string, longest: number): Message {
  if (!TOPIC.test(topic)) throw new Error(`'${topic}' is not a topic`)
  if (!text.isWellFormed() || text.includes('\0')) throw new Error('NUL and lone surrogates are not carried')
  const bytes = Buffer.byteLength(text)
  if (bytes > longest) throw new Error(`${bytes} bytes are too long to be said; ${longest} may be`)
  const head = `${topic} ${text.length}\n`
  return { head, text, bytes: head.length + bytes }
}

/**
 * Packs messages of `waiting` from `start` on, at least one where there is one, into one text of at most `most` bytes.
 * Returns the text and how many messages and bytes of theirs it holds.
 */
export function pack(waiting: readonly Message[], start: number, most: number, from: string, number: number) {
  let text = `${VERSION} ${from} ${number}\n`
  const room = most - text.length
  let count = 0
  let bytes = 0
  for (let at = start; at < waiting.length; at++) {
    const message = waiting[at]!
    if (bytes + message.bytes > room && count > 0) break
    text += message.head + message.text
    bytes += message.bytes
    count++
  }
  return { text, count, bytes }
}

/** Reads a packet; nothing for a text of another version, or of somebody who does not belong here. */
export function unpack(text: string): Packet | undefined {
  const firstLine = text.indexOf('\n')
  const [version, from, number] = text.slice(0, Math.max(firstLine, 0)).split(' ')
  if (version !== VERSION || !from || !/^\d{1,15}$/.test(number ?? '')) return undefined

  const messages: Packet['messages'] = []
  for (let at = firstLine + 1; at < text.length;) {
    const lineEnd = text.indexOf('\n', at)
    const [topic, length] = text.slice(at, Math.max(lineEnd, at)).split(' ')
    if (!topic || !/^\d{1,10}$/.test(length ?? '')) return undefined
    at = lineEnd + 1 + Number(length)
    if (at > text.length) return undefined
    messages.push({ topic, text: text.slice(lineEnd + 1, at) })
  }
  return { from, number: Number(number), messages }
}
