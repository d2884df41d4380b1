import { BSON } from 'mongodb'
import { field, type Doc } from './values.ts'

/* MongoDB's wire protocol: OP_MSG, and the OP_QUERY with which a driver says hello before it knows the server. */

/** A command as it came. `wantsMore` lets the server go on answering; `isUnanswered` wants no answer at all. */
export type Request = { id: number; body: Doc; isQuery: boolean; wantsMore: boolean; isUnanswered: boolean }

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const CHECKSUM = 1
const MORE_TO_COME = 2
const EXHAUST_ALLOWED = 1 << 16

/** A message from a driver may be this long; 48,000,000 bytes as the server has it. */
export const MAX_MESSAGE_BYTES = 48_000_000
const HEADER_BYTES = 16

/** Takes bytes as they come and gives the messages that are whole by then. */
export function messageReader(): (bytes: Buffer) => Buffer[] {
  let pieces: Buffer[] = []
  let [held, wanted] = [0, HEADER_BYTES]
  return (bytes) => {
    pieces.push(bytes)
    held += bytes.length
    if (held < wanted) return []
    const { messages, rest } = cutMessages(pieces.length === 1 ? bytes : Buffer.concat(pieces))
    pieces = rest.length > 0 ? [rest] : []
    held = rest.length
    wanted = held < HEADER_BYTES ? HEADER_BYTES : rest.readInt32LE(0)
    return messages
  }
}

function cutMessages(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = []
  let rest = bytes
  while (rest.length >= HEADER_BYTES) {
    const length = rest.readInt32LE(0)
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new Error(`a message of ${length} bytes`)
    if (rest.length < length) break
    messages.push(rest.subarray(0, length))
    rest = rest.subarray(length)
  }
  return { messages, rest }
}

export function readMessage(message: Buffer): Request {
  const [id, operation] = [message.readInt32LE(4), message.readInt32LE(12)]
  if (operation === OP_QUERY) {
    const start = message.indexOf(0, HEADER_BYTES + 4) + 1 + 8
    const named = message.toString('utf8', HEADER_BYTES + 4, start - 9)
    const body = { ...parse(message.subarray(start)), $db: named.split('.')[0] }
    return { id, body, isQuery: true, wantsMore: false, isUnanswered: false }
  }
  if (operation !== OP_MSG) throw new Error(`the operation ${operation} is not modelled`)
  const flags = message.readUInt32LE(HEADER_BYTES)
  const end = message.length - (flags & CHECKSUM ? 4 : 0)
  return {
    id,
    body: readSections(message.subarray(HEADER_BYTES + 4, end)),
    isQuery: false,
    wantsMore: (flags & EXHAUST_ALLOWED) !== 0,
    isUnanswered: (flags & MORE_TO_COME) !== 0,
  }
}

/** One document, and lists beside it that belong into its fields. */
function readSections(bytes: Buffer): Doc {
  let body: Doc = {}
  const lists: [string, Doc[]][] = []
  for (let at = 0; at < bytes.length;) {
    const kind = bytes[at++]
    const size = bytes.readInt32LE(at)
    const section = bytes.subarray(at, at + size)
    at += size
    if (kind === 0) body = parse(section)
    else if (kind === 1) lists.push(readList(section))
    else throw new Error(`a section of kind ${kind}`)
  }
  return { ...body, ...Object.fromEntries(lists) }
}

function readList(section: Buffer): [string, Doc[]] {
  const nameEnd = section.indexOf(0, 4)
  const docs: Doc[] = []
  for (let at = nameEnd + 1; at < section.length; at += section.readInt32LE(at)) docs.push(parse(section.subarray(at)))
  return [section.toString('utf8', 4, nameEnd), docs]
}

/** Longs stay longs, and what is not text stays what it is, so that types are kept as they were sent. */
const parse = (bytes: Buffer): Doc =>
  BSON.deserialize(bytes.subarray(0, bytes.readInt32LE(0)), { promoteLongs: false, bsonRegExp: true })

/** The bytes of an answer. `more` says that another will follow without being asked for. */
export function writeReply(request: Request, replyTo: number, id: number, body: Doc, more: 'last' | 'more'): Buffer {
  const doc = BSON.serialize(body, { ignoreUndefined: true })
  const before = Buffer.alloc(request.isQuery ? HEADER_BYTES + 20 : HEADER_BYTES + 5)
  before.writeInt32LE(before.length + doc.length, 0)
  before.writeInt32LE(id, 4)
  before.writeInt32LE(replyTo, 8)
  before.writeInt32LE(request.isQuery ? OP_REPLY : OP_MSG, 12)
  if (request.isQuery) {
    before.writeInt32LE(8, HEADER_BYTES)
    before.writeInt32LE(1, HEADER_BYTES + 16)
  } else if (more === 'more') before.writeUInt32LE(MORE_TO_COME, HEADER_BYTES)
  return Buffer.concat([before, doc])
}

/** How many bytes a document takes. */
export const bytesOf = (doc: Doc): number => BSON.calculateObjectSize(doc)

/** A number of a command, whatever integer it was sent as; undefined where there is none. */
export function numberOf(body: Doc, name: string): number | undefined {
  const value = field(body, name)
  return value === undefined || value === null ? undefined : Number(value)
}
