import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Authentication, type User } from './authentication.ts'
import type { Identity } from './call.ts'
import { Cursors } from './cursors.ts'
import { Data } from './data.ts'
import { asked, dispatch, type Server } from './dispatch.ts'
import { newFaults, takeFault, type CommandFault, type Faults } from './faults.ts'
import { SET_NAME } from './greetings.ts'
import { Sessions } from './sessions.ts'
import { messageReader, numberOf, readMessage, writeReply, type Request } from './wire.ts'

/*
 * A stand-in for MongoDB, for tests only: one member of a replica set, in this process, in memory. It speaks the wire
 * protocol to the official driver and keeps the promises that an engine rests on: snapshots, write conflicts, rollback,
 * unique indexes, retryable writes. What it does not know it refuses aloud.
 *
 * Known differences from a real server:
 * - Nothing is on disk and nothing is replicated: `w` and `j` are taken and mean nothing; there is no election.
 * - A collection is never made inside a transaction, neither by a write nor by `create` or `createIndexes`, where a real
 *   server allows it for new ones. `create` of one that is there always fails.
 * - Changes of the catalogue wait for the transactions that use the collection and happen in no time: nobody waits for them.
 * - A filter, update, stage, index or option outside the modelled ones is refused, also where a real server knows it.
 * - A cursor outside a transaction holds what its first piece saw; a real one may see later writes.
 * - Without a sort the order is that of adding, or of the first matching index by when its documents were filed.
 * - A double that is whole and fits in 32 bits counts as an int; decimals compare as doubles.
 * - Two lists in the fields of one index are let in; numbers of an index say only which fields it has, never a direction.
 * - A document put in place of another from which it differs only in the types of its numbers counts as no change.
 * - A collection that was made or changed after a snapshot is always refused to it, and each error has one code where
 *   versions of the server differ: a document that is too long is 10334.
 * - Conflicts are per document and per unique key only; a real server may also answer `WriteConflict` for its own reasons.
 * - A write outside transactions waits without end (but for `maxTimeMS`) for a transaction that is in its way.
 * - A plan is never chosen badly: `hint` is taken and ignored, and no sort runs out of memory.
 * - Text is compared by code points; no collation but the simple one. Regular expressions are JavaScript's.
 * - `maxTimeMS` limits waiting and asked-for delays, not the time that a command takes to run.
 * - SCRAM-SHA-256 only, passwords without normalization; rights are all, reading, or none, on every database.
 * - No change streams, time to live, capped or clustered collections, views, text search, `$lookup` or `bulkWrite`.
 */

export type StandInOptions = {
  kind?: Identity['kind']
  /** What it says it is; the wire version follows from it. */
  version?: '4.0' | '4.2' | '4.4' | '5.0' | '6.0' | '7.0' | '8.0'
  /** The host and port by which it names itself as a member of its set, where that is not its address. */
  announced?: string
  /** Asks everyone who they are. */
  user?: User
  /** How long a transaction may be open, in ms; 60 seconds unless said. */
  transactionLifetimeMs?: number
  /** What goes wrong; the same object may be changed while it runs. */
  faults?: Faults
}

export type StandIn = {
  /** `127.0.0.1:port` */
  address: string
  /** The URI of a database; with the user, if there is one. */
  uri: (database: string) => string
  faults: Faults
  /** Breaks all connections; whoever comes again is let in. */
  dropConnections: () => void
  /** As if the server died and came back: open transactions are gone with all connections, what was committed is kept. */
  crash: () => void
  close: () => Promise<void>
}

const WIRE_VERSIONS = { '4.0': 7, '4.2': 8, '4.4': 9, '5.0': 13, '6.0': 17, '7.0': 21, '8.0': 25 } as const

/** Starts a stand-in on a free port. It keeps no process alive. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { kind = 'replicaSet', version = '8.0', announced = '', user, transactionLifetimeMs = 60_000 } = options
  const faults = options.faults ?? newFaults()
  const data = new Data(faults)
  const identity: Identity = {
    address: '',
    announced,
    kind,
    version: `${version}.4`,
    wireVersion: WIRE_VERSIONS[version],
  }
  const shared = { identity, data, lifetimeMs: transactionLifetimeMs, cursors: new Cursors() }
  const sessions = new Sessions(data, transactionLifetimeMs)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.unref().setNoDelay(true))
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    converse(socket, { ...shared, sessions, authentication: new Authentication(user) }, faults)
  })
  server.unref().listen(0, '127.0.0.1')
  await once(server, 'listening')
  identity.address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  identity.announced ||= identity.address
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: identity.address,
    uri: (database) => uriOf(identity, user, database),
    faults,
    dropConnections,
    crash: () => {
      sessions.abortAll()
      dropConnections()
    },
    close: async () => {
      sessions.endAll()
      dropConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function uriOf({ address, kind }: Identity, user: User | undefined, database: string): string {
  const credentials = user ? `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@` : ''
  const options = new URLSearchParams({
    ...((kind === 'replicaSet' || kind === 'secondary') && { replicaSet: SET_NAME }),
    ...(kind === 'standalone' && { directConnection: 'true' }),
    ...(user && { authSource: 'admin' }),
  })
  return `mongodb://${credentials}${address}/${database}?${options.toString()}`
}

/** Answers what comes on one connection, one message after another. */
function converse(socket: Socket, server: Server, faults: Faults): void {
  const read = messageReader()
  let turn = Promise.resolve()
  socket.on('data', (bytes: Buffer) => {
    try {
      for (const message of read(bytes)) {
        const request = readMessage(message)
        turn = turn.then(() => answer(socket, server, faults, request))
      }
    } catch (error) {
      process.stderr.write(`mongo-stand-in: ${String(error)}\n`)
      socket.destroy()
    }
  })
}

let lastId = 0

async function answer(socket: Socket, server: Server, faults: Faults, request: Request): Promise<void> {
  const { body } = request
  const fault = takeFault(faults, Object.keys(body)[0] ?? '')
  if (fault?.do === 'drop' && fault.when === 'before') return void socket.destroy()
  if (fault?.do === 'delay') await delay(fault.ms)
  if (fault?.do === 'hold') await fault.until
  const isFailing = fault?.do === 'fail'
  const reply = isFailing
    ? asked(fault.code, fault.codeName, fault.labels)
    : await dispatch(server, body, delayOf(fault))
  if (fault?.do === 'drop') return void socket.destroy()
  if (request.isUnanswered || socket.destroyed) return
  const isAwaited = request.wantsMore && body.topologyVersion !== undefined
  if (isAwaited) return keepGreeting(socket, server, request)
  const told = fault?.do === 'unconfirmed' ? { ...reply, writeConcernError: UNCONFIRMED } : reply
  socket.write(writeReply(request, request.id, ++lastId, told, 'last'))
}

const UNCONFIRMED = { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication timed out' }

const delayOf = (fault: CommandFault | undefined) => (fault?.do === 'delay' ? fault.ms : 0)

/** A driver's monitor asks once and is told again after each wait; nothing about this server ever changes. */
function keepGreeting(socket: Socket, server: Server, request: Request): void {
  let replyTo = request.id
  const waitMs = numberOf(request.body, 'maxAwaitTimeMS') ?? 10_000
  const greet = async () => {
    const reply = await dispatch(server, request.body, 0)
    if (socket.destroyed) return
    socket.write(writeReply(request, replyTo, ++lastId, reply, 'more'))
    replyTo = lastId
    setTimeout(() => void greet(), waitMs).unref()
  }
  setTimeout(() => void greet(), waitMs).unref()
}
