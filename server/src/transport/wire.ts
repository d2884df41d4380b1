import type { Socket as TcpSocket } from 'node:net'
import type { Socket } from 'socket.io'
import { Decoder, Encoder, type Packet } from 'socket.io-parser'

/*
 * What a frame costs. Both are measured in bench/: nothing here changes a byte on the wire, only how it gets there.
 */

/** Socket.IO's own JSON packets, without looking through every answer for binary: nothing we say has any. */
class JsonEncoder extends Encoder {
  override encode(packet: Packet): string[] {
    return [this['encodeAsString'](packet) as string]
  }
}
export const parser = { Encoder: JsonEncoder, Decoder }

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
