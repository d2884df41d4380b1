import type { Socket as TcpSocket } from 'node:net'
import type { Socket } from 'socket.io'
import { Decoder, Encoder, PacketType, type Packet } from 'socket.io-parser'
import { Unreadable } from '../kernel/unreadable.ts'
import { faultIn, MAX_DEPTH } from './strict-json.ts'

/*
 * What a frame costs. Both are measured in bench/: nothing here changes a byte on the wire, only how it gets there.
 */

/** Socket.IO's own JSON packets, without looking through every answer for binary: nothing we say has any. */
class JsonEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    return [this['encodeAsString'](packet) as string]
  }
}

/**
 * Socket.IO's own decoder, which takes no binary, since nobody has any to say, and looks through a packet for what
 * JSON.parse would take without a word. An ask with such a fault has it in place of its input, and is refused like any
 * other; whatever else has one ends its connection.
 */
class StrictDecoder extends Decoder {
  constructor() {
    super({ maxAttachments: 0 })
  }

  override add(given: unknown): void {
    const fault = typeof given === 'string' ? faultIn(given, MAX_DEPTH + 1) : null
    if (!fault) return super.add(given)
    const apart = new Decoder({ maxAttachments: 0 })
    apart.on('decoded', (packet) => {
      const data: unknown = packet.data
      if (packet.type !== PacketType.EVENT || !Array.isArray(data)) throw new Error(fault.reason)
      data[INPUT] = new Unreadable(fault.path.slice(1), fault.reason)
      this.emitReserved('decoded', packet)
    })
    apart.add(given)
  }
}
/** Where the input of an ask stands, after `ask` and the method. */
const INPUT = 2

export const parser = { Encoder: JsonEncoder, Decoder: StrictDecoder }

/** Above this many hearers, telling takes longer than a write: what is held back goes out first. */
export const SMALL_ROOM = 8

const held = new Set<TcpSocket>()

/**
 * Keeps what is written to a socket from now on until the places have been told, later in this turn of the event loop:
 * an answer and the frame that follows it then leave in one write instead of two.
 */
export function holdBack(socket: Socket): void {
  const tcp = tcpOf(socket)
  if (!tcp || held.has(tcp)) return
  tcp.cork()
  held.add(tcp)
  if (held.size === 1) setImmediate(releaseHeld)
}

/** Lets everything out that is held back. */
export function releaseHeld(): void {
  for (const tcp of held) tcp.uncork()
  held.clear()
}

/** The TCP socket beneath a WebSocket; none while it polls. */
function tcpOf(socket: Socket): TcpSocket | undefined {
  const { transport } = socket.conn as unknown as { transport?: { socket?: { _socket?: TcpSocket } } }
  return transport?.socket?._socket
}
