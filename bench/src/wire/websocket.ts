import { randomBytes } from 'node:crypto'
import { openTcp } from './tcp.ts'

/** A text frame: `bytes[from..to)`. Valid only while it is being handled. */
export type FrameHandler = (bytes: Buffer, from: number, to: number) => void

export type WebSocketClient = { send: (text: string) => void; close: () => void }

/**
 * The least a WebSocket client must do: one handshake, masked text out, whole text frames in. A load client of
 * its own, because the client must cost less than the servers it measures.
 */
export function openWebSocket(
  port: number,
  path: string,
  frame: FrameHandler,
  closed: (why: string) => void,
): Promise<WebSocketClient> {
  return new Promise((resolve, reject) => {
    let rest: Buffer = Buffer.alloc(0)
    let handshaken = false
    let closing = false

    const opening = openTcp(port, {
      bytes(chunk) {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
        let at = 0
        if (!handshaken) {
          const end = bytes.indexOf('\r\n\r\n')
          if (end >= 0) {
            const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'))
            if (!status.includes(' 101 ')) return reject(new Error(`no WebSocket: ${status}`))
            handshaken = true
            at = end + 4
            opening.then((socket) => resolve(clientOver(socket)), reject)
          }
        }
        if (handshaken) at = readFrames(bytes, at, frame)
        rest = at === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at))
      },
      closed(error) {
        if (!handshaken) reject(error ?? new Error('closed during the handshake'))
        else if (!closing) closed(error?.message ?? 'closed by the server')
      },
    })
    opening.then((socket) => {
      const key = randomBytes(16).toString('base64')
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      )
    }, reject)

    function clientOver(socket: { write(bytes: Buffer): boolean; destroy(): unknown }): WebSocketClient {
      return {
        send: (text) => void socket.write(maskedText(text)),
        close() {
          closing = true
          socket.destroy()
        },
      }
    }
  })
}

/** Hands over every whole frame from `at` on; answers where the first incomplete one begins. */
function readFrames(bytes: Buffer, at: number, frame: FrameHandler): number {
  for (;;) {
    if (bytes.length - at < 2) return at
    const first = bytes[at] ?? 0
    let length = (bytes[at + 1] ?? 0) & 127
    let from = at + 2
    if (length === 126) {
      if (bytes.length - at < 4) return at
      length = bytes.readUInt16BE(from)
      from += 2
    } else if (length === 127) {
      if (bytes.length - at < 10) return at
      length = Number(bytes.readBigUInt64BE(from))
      from += 8
    }
    if (bytes.length - from < length) return at
    if (first === 0x81) frame(bytes, from, from + length)
    else if ((first & 15) !== 8) throw new Error(`a WebSocket frame this client does not know: 0x${first.toString(16)}`)
    at = from + length
  }
}

const MASK = Buffer.from([0x17, 0x2a, 0x3c, 0x55])

/** Masked with a fixed but non-zero key, so that the server has the work of unmasking that a browser gives it. */
function maskedText(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const out = Buffer.allocUnsafe(header + 4 + length)
  out[0] = 0x81
  if (header === 2) out[1] = 0x80 | length
  else if (header === 4) {
    out[1] = 0x80 | 126
    out.writeUInt16BE(length, 2)
  } else {
    out[1] = 0x80 | 127
    out.writeBigUInt64BE(BigInt(length), 2)
  }
  MASK.copy(out, header)
  const from = header + 4
  out.write(text, from, 'utf8')
  for (let i = 0; i < length; i++) out[from + i] = (out[from + i] ?? 0) ^ (MASK[i & 3] ?? 0)
  return out
}
