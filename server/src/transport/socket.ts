import type { Server as HttpServer } from 'node:http'
import {
  PROTOCOL_VERSION,
  MAX_MESSAGE_LENGTH,
  placeParts,
  userPlace,
  type Frame,
  type Hello,
  type Place,
  type UserId,
} from '@connectly/protocol'
import { Server, type Socket } from 'socket.io'
import { holdBack, parser, releaseHeld, SMALL_ROOM } from './wire.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Caller, Connection, Session } from '../kernel/context.ts'
import { newId } from '../kernel/ids.ts'
import type { Ask } from '../kernel/kernel.ts'
import type { Live } from '../kernel/live.ts'
import type { Audience } from '../kernel/relay.ts'
import type { AccessLog, Logger } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import type { Report, Suspicion } from '../kernel/report.ts'
import type { Sessions } from '../kernel/sessions.ts'
import { StoreAway } from '../store/store.ts'
import type { ClientAddresses } from './client-address.ts'
import { securityHeaders } from './headers.ts'
import { readsCookies, type OriginRules } from './origin.ts'
import { createSocketRequests } from './socket-requests.ts'

/** Above the largest legal ask (a message of 8,000 characters, all escaped); a larger frame closes the connection. */
const MAX_FRAME = 96_000
/** Packets that may wait for a reader. A frozen one is cut, and catches up by number when it is back. */
const MAX_WAITING = 1000
/** And what they may weigh: one packet can carry what 256 people said at once. */
const MAX_WAITING_BYTES = 4_000_000
const SWEEP_EVERY = 2000
/** Sockets that a person has open at once at this process: tabs and devices, many times over. */
const MAX_SOCKETS = 100

type Data = {
  session: Session
  /** Places closed while the socket was being opened. */
  closed: Set<Place> | null
  /** Why we closed it. */
  cut?: string
}

/** Why a handshake is refused. */
type No = { code: 'SignedOut' | 'TooManyRequests' | 'Unavailable' } | { code: 'Banned'; until: number }

/** What a connection has yet to write, and the WebSocket beneath: closing it politely would wait for the reader. */
type Crowded = { writeBuffer: { data?: unknown }[]; transport: { socket?: { terminate(): void } } }

export type SocketDoor = Audience & {
  /** The sessions that have a socket open. */
  sessions(): string[]
  /** Closes the sockets of somebody who is kept out from now on. */
  cutPerson(userId: UserId): void
  /** Closes every socket, and the HTTP server beneath. */
  stop(): Promise<void>
}

/** The socket door: one event `ask` with an answer, frames out as `told`. */
export function createSocketDoor(
  server: HttpServer,
  parts: {
    ask: Ask
    sessions: Sessions
    live: Live
    origins: OriginRules
    clients: ClientAddresses
    epoch: () => string
    clock: Clock
    logger: Logger
    accessLog: AccessLog
    report: Report
    metrics: Metrics
    version: string
    /** Until when somebody is kept out, in ms; null when they are not. */
    bannedUntil: (userId: UserId) => number | null
    isDraining: () => boolean
  },
): SocketDoor {
  const { ask, sessions, live, origins, clients, logger, accessLog, report, metrics } = parts
  const io = new Server<
    Record<string, never>,
    Record<string, (...args: unknown[]) => void>,
    Record<string, never>,
    Data
  >(server, {
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    parser,
    maxHttpBufferSize: MAX_FRAME,
    connectTimeout: 10_000,
    pingInterval: 20_000,
    pingTimeout: 20_000,
    cookie: false,
  })

  for (const step of securityHeaders(origins.secure)) io.engine.use(step)
  const engine = io.engine as unknown as { clients: Record<string, { transport: { name: string } }> }
  io.engine.use(
    createSocketRequests({
      origins,
      clients,
      report,
      isDraining: parts.isDraining,
      transportOf: (sid) => (Object.hasOwn(engine.clients, sid) ? engine.clients[sid]?.transport.name : undefined),
    }),
  )

  /** How many sockets each person has open here. */
  const sockets = new Map<UserId, number>()

  io.use((socket, next) => {
    const refuse = (data: No, error?: unknown) => {
      const { code } = data
      const address = clients.addressOf(socket.handshake.address, socket.handshake.headers)
      const no = { code: error === undefined || error instanceof StoreAway ? code : 'Internal' } as const
      report.refused({ requestId: newId(), door: 'socket', address, connection: socket }, no, 'connecting', error)
      next(Object.assign(new Error(code), { data }))
    }
    admit(socket).then(
      (no) => (no === null ? next() : refuse(no)),
      (error: unknown) => refuse({ code: 'Unavailable' }, error),
    )
  })

  function count(userId: UserId, by: 1 | -1): void {
    const left = (sockets.get(userId) ?? 0) + by
    if (left > 0) sockets.set(userId, left)
    else sockets.delete(userId)
  }

  /** Lets a socket in whose session is alive; answers with why not. */
  async function admit(socket: Socket): Promise<No | null> {
    const given: unknown = socket.handshake.auth['token']
    const bearer = typeof given === 'string' && given.length <= 200 ? given : null
    const cookie = readsCookies(origins.originOf(socket.request)) ? origins.sessionToken(socket.request) : null
    const session = await sessions.find(bearer ?? cookie ?? '')
    if (!session) return { code: 'SignedOut' }
    const until = parts.bannedUntil(session.userId)
    if (until !== null) return { code: 'Banned', until }
    if ((sockets.get(session.userId) ?? 0) >= MAX_SOCKETS) return { code: 'TooManyRequests' }
    ;(socket.data as Data).session = session
    ;(socket.data as Data).closed = null
    return null
  }

  io.on('connection', (socket) => {
    const { session } = socket.data
    if (!sessions.isLive(session)) return void socket.disconnect(true)
    metrics.sockets.inc()
    count(session.userId, 1)
    const address = clients.addressOf(socket.handshake.address, socket.handshake.headers)
    forgetHandshake(socket)
    const connection: Connection = { id: socket.id, begin: () => begin(socket) }
    const suspect = (reason: Suspicion): void =>
      report.suspicious(reason, session.userId, {
        door: 'socket',
        socketId: socket.id,
        userId: session.userId,
        address,
      })
    live.connected({ id: socket.id, userId: session.userId })

    socket.on('ask', (...args: unknown[]) => {
      const [name, input, answer] = args
      if (typeof answer !== 'function') return suspect('bad input')
      const caller = new SocketCaller(session, address, connection)
      void ask(caller, typeof name === 'string' ? name : '', input).then((value) => {
        holdBack(socket)
        ;(answer as (value: unknown) => void)(value)
      })
    })
    socket.onAny((event: unknown) => {
      if (event !== 'ask') suspect('unknown event')
    })
    socket.on('disconnect', (given: string, description?: unknown) => {
      const reason = socket.data.cut ?? given
      metrics.sockets.dec()
      count(session.userId, -1)
      live.gone(socket.id)
      metrics.disconnects.inc({ reason })
      if (isBadFrame(reason, description)) suspect('bad frame')
      accessLog({ socketId: socket.id, userId: session.userId, address, reason }, 'socket closed')
    })
    accessLog({ socketId: socket.id, userId: session.userId, address }, 'socket opened')
    const hello: Hello = {
      version: parts.version,
      protocol: PROTOCOL_VERSION,
      epoch: parts.epoch(),
      serverTime: parts.clock(),
      flags: {},
      limits: { messageLength: MAX_MESSAGE_LENGTH, frameBytes: MAX_FRAME },
    }
    socket.emit('hello', hello)
  })

  /** Seats a socket: in its own place at once, so that seats opened or closed from here on reach it, then in its rooms. */
  function begin(socket: Socket): ReturnType<Connection['begin']> {
    const data = socket.data as Data
    const closed = (data.closed ??= new Set<Place>())
    void socket.join(userPlace(data.session.userId))
    return {
      join: (place) => {
        if (!closed.has(place)) void socket.join(place)
      },
    }
  }

  sessions.onEnd((tokenHash) => cut(tokenHash))
  function cut(tokenHash: string): void {
    for (const socket of io.sockets.sockets.values()) {
      if (socket.data.session.tokenHash !== tokenHash) continue
      socket.emit('signedOut', {})
      socket.disconnect(true)
    }
  }

  function* seatedIn(place: Place): Generator<UserId> {
    for (const id of io.sockets.adapter.rooms.get(place) ?? []) {
      const data = io.sockets.sockets.get(id)?.data
      if (data) yield data.session.userId
    }
  }
  live.attach({
    say: (ids, name, data) => void io.to([...ids]).emit('said', name, data),
    sayToAll: (name, data) => void io.emit('said', name, data),
    seatedIn,
  })

  function socketsOf(userId: UserId): Data[] {
    const ids = io.sockets.adapter.rooms.get(userPlace(userId)) ?? []
    return [...ids].flatMap((id) => io.sockets.sockets.get(id)?.data ?? [])
  }

  const sweep = setInterval(() => {
    for (const socket of io.sockets.sockets.values()) {
      if (!sessions.isLive(socket.data.session)) cut(socket.data.session.tokenHash)
      const conn = socket.conn as unknown as Crowded
      const waiting = conn.writeBuffer.length
      if (waiting <= MAX_WAITING && bytesOf(conn.writeBuffer) <= MAX_WAITING_BYTES) continue
      logger.warn({ userId: socket.data.session.userId, waiting }, 'a reader that does not read was cut')
      socket.data.cut = 'slow reader'
      conn.writeBuffer.length = 0
      socket.conn.close(true)
      conn.transport.socket?.terminate()
    }
  }, SWEEP_EVERY)
  sweep.unref()

  return {
    tell: (frame: Frame, instead?: ReadonlyMap<UserId, Frame>) => {
      if ((io.sockets.adapter.rooms.get(frame.place)?.size ?? 0) > SMALL_ROOM) releaseHeld()
      if (!instead) return void io.to(frame.place).emit('told', frame)
      io.to(frame.place)
        .except([...instead.keys()].map(userPlace))
        .emit('told', frame)
      for (const [userId, theirs] of instead) io.to(userPlace(userId)).emit('told', theirs)
    },
    open: (userId, place) => {
      for (const data of socketsOf(userId)) data.closed?.delete(place)
      io.in(userPlace(userId)).socketsJoin(place)
    },
    close: (userId, place) => {
      if (placeParts(place).kind !== 'room') return
      for (const data of socketsOf(userId)) data.closed?.add(place)
      io.in(userPlace(userId)).socketsLeave(place)
    },
    cutPerson: (userId) => {
      for (const socket of io.sockets.sockets.values()) {
        if (socket.data.session.userId !== userId) continue
        socket.data.cut = 'banned'
        socket.disconnect(true)
      }
    },
    hearers: (place) => [...new Set(seatedIn(place))],
    serves: (place) => io.sockets.adapter.rooms.has(place),
    sessions: () => [...new Set([...io.sockets.sockets.values()].map(({ data }) => data.session.tokenHash))],
    stop: async () => {
      clearInterval(sweep)
      await io.close()
    },
  }
}

/** Who asks over a socket. Most asks need no request id, and making one costs as much as checking a seat. */
class SocketCaller implements Caller {
  readonly door = 'socket'
  readonly session: Session
  readonly address: string
  readonly connection: Connection
  #requestId: string | undefined

  constructor(session: Session, address: string, connection: Connection) {
    this.session = session
    this.address = address
    this.connection = connection
  }

  get requestId(): string {
    return (this.#requestId ??= newId())
  }
}

function bytesOf(packets: Crowded['writeBuffer']): number {
  return packets.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0)
}

/** Lets go of the request a socket began with: headers and all, it is a good part of what an idle connection weighs. */
function forgetHandshake(socket: Socket): void {
  const { handshake } = socket
  handshake.headers = {}
  handshake.auth = {}
  const conn = socket.conn as unknown as { request: unknown }
  conn.request = null
}

/** Whether a connection ended over what it sent, as no client of ours does: what is no packet, or is too large. */
function isBadFrame(reason: string, description: unknown): boolean {
  if (reason === 'parse error' || reason === 'forced close') return true
  // What ws could not read comes wrapped in another error; what could not be written has no such words.
  return reason === 'transport error' && /^(?:Range)?Error: /.test((description as Error | undefined)?.message ?? '')
}
