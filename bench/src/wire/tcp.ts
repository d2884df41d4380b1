import { connect, type Socket } from 'node:net'

/** When the bytes now being handled were read. One look at the clock a read, not one a message. */
export const readClock = { at: 0 }

// One buffer for all sockets: a read is handled before the next one begins, so nothing is allocated for it.
const shared = Buffer.allocUnsafeSlow(256 * 1024)

export type Handlers = {
  /** The bytes are overwritten by the next read of any socket: copy what must last. */
  bytes(chunk: Buffer): void
  closed(error: Error | undefined): void
}

/** Opens a loopback connection, without Nagle's delay. */
export function openTcp(port: number, handlers: Handlers): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    const socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          readClock.at = performance.now()
          handlers.bytes(shared.subarray(0, length))
          return true
        },
      },
    })
    socket.once('connect', () => resolve(socket))
    socket.on('error', (error) => {
      failure = error
      reject(error)
    })
    socket.on('close', () => handlers.closed(failure))
  })
}
