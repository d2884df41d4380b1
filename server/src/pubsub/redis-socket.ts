import { createConnection } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AbstractConnector } from 'ioredis'
import type { RedisAddress } from './redis-address.ts'

/** How long a server may take to say goodbye, in ms. */
const END_LIMIT = 100

/** Opens the sockets of a client. The driver's own does not hear a second error of a socket, which ends the process. */
export function connectorTo({ host, port, tls }: RedisAddress) {
  return class extends AbstractConnector {
    constructor() {
      super(END_LIMIT)
    }

    override async connect() {
      this.connecting = true
      this.stream = tls ? connectTls({ host, port, ...tls }) : createConnection({ host, port })
      this.stream.on('error', (error) => (this.firstError ??= error))
      return this.stream
    }
  }
}
