import { randomUUID } from 'node:crypto'
import {
  catchUp,
  headOf,
  openSync,
  roomPlace,
  sendMessage,
  type Answer,
  type CatchUp,
  type Frame,
  type Head,
  type Message,
  type OutputOf,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import { io, type Socket } from 'socket.io-client'
import type { History, Send, Tick } from './history.ts'
import { between, oneOf, type Random } from './random.ts'
import { createReplica } from './replica.ts'

export type Client = ReturnType<typeof createClient>

/** One connection, from its making to its end. */
type Line = {
  socket: Socket
  /** Frames heard while it opens; null when it is open. */
  early: Frame[] | null
  gone: boolean
  pending: Set<(error: Error) => void>
}

/** Refusals that say nothing about the message: it waits and goes out again. */
const waits = ['Busy', 'Unavailable', 'TooManyRequests', 'SignedOut', 'Internal']
/** Messages that may wait in one person's lanes before they stop to write. */
const MAX_UNSENT = 8
const ASK_LIMIT = 20_000
/** Texts that must come back to the letter. */
const sayings = [
  'hello',
  'naïve café',
  '👩‍👩‍👧 and 🇪🇺',
  'שלום \u202bright to left\u202c',
  'e\u0301 is not é',
  '  space around  ',
  '"quoted" \\ back\nline',
]

/**
 * A person at a device, as a client should be: a replica of the rooms held, one lane a room for what is written, the
 * same key at every try, and a connection that comes back by itself.
 * @param rooms the rooms to hold and write in
 * @param foreign a room of others, to be refused in
 */
export function createClient(parts: {
  name: string
  userId: UserId
  token: string
  /** Where to connect now: as a proxy in front of several servers would choose. */
  url: () => string
  rooms: readonly RoomId[]
  foreign: RoomId | null
  transport: 'websocket' | 'polling'
  /** Milliseconds between two messages, on average. */
  pace: number
  random: Random
  tick: Tick
}) {
  const { name, userId, random, tick } = parts
  const history: History = { name, userId, sends: [], screens: [], faults: [] }
  const fault = (what: string) => void history.faults.push(`${name}: ${what}`)
  const lanes = new Map<RoomId, { waiting: Send[]; busy: boolean }>()
  const replica = createReplica(
    async (place, after) => valueOf(await ask(current, catchUp.name, { place, after })) as CatchUp,
    fault,
  )
  let epoch: string | null = null
  let current: Line
  let failures = 0
  let acked = 0
  let refused = 0
  let stopped = false
  let writing: NodeJS.Timeout | undefined

  function connect(): void {
    if (stopped) return
    const socket = io(parts.url(), {
      auth: { token: parts.token },
      transports: [parts.transport],
      forceNew: true,
      reconnection: false,
      timeout: 5000,
    })
    const line: Line = { socket, early: [], gone: false, pending: new Set() }
    current = line
    socket.on('told', (frame: Frame) => arrive(line, frame))
    socket.once('hello', () => void open(line).catch(() => drop(line)))
    socket.on('disconnect', () => drop(line))
    socket.on('connect_error', () => drop(line))
  }

  /** The end of a connection: whoever waits for an answer on it will not know, and a new one is made a little later. */
  function drop(line: Line): void {
    if (line.gone) return
    line.gone = true
    line.socket.disconnect()
    for (const fail of line.pending) fail(new Error('gone'))
    line.pending.clear()
    failures++
    if (!stopped) setTimeout(connect, random() * Math.min(500, 25 * 2 ** failures))
  }

  function ask(line: Line, method: string, input: unknown): Promise<Answer<unknown>> {
    return new Promise((done, fail) => {
      if (line.gone) return fail(new Error('gone'))
      const limit = setTimeout(() => drop(line), ASK_LIMIT)
      const end = (error: Error) => {
        clearTimeout(limit)
        fail(error)
      }
      line.pending.add(end)
      line.socket.emit('ask', method, input, (answer: Answer<unknown>) => {
        if (line.gone) return
        clearTimeout(limit)
        line.pending.delete(end)
        done(answer)
      })
    })
  }

  /** Seats the connection and brings what is held up to date; what is heard meanwhile waits, and comes after. */
  async function open(line: Line): Promise<void> {
    const cursors = replica.cursors()
    const opened = valueOf(await ask(line, openSync.name, { epoch, cursors, lines: {} })) as OutputOf<typeof openSync>
    if (epoch !== null && opened.epoch !== epoch) fault('the epoch changed')
    epoch = opened.epoch
    for (const place of opened.places) replica.take(place)
    for (const roomId of parts.rooms) {
      if (replica.holds(roomPlace(roomId))) continue
      replica.take({ kind: 'reset', head: valueOf(await ask(line, headOf.name, { roomId })) as Head })
    }
    const early = line.early ?? []
    line.early = null
    for (const frame of early) replica.hear(frame)
    failures = 0
    for (const roomId of lanes.keys()) void send(line, roomId)
  }

  /** Takes a frame, now and then twice or behind its successors: order is by number, never by arrival. */
  function arrive(line: Line, frame: Frame): void {
    if (line.gone) return
    if (line.early) return void line.early.push(frame)
    const luck = random()
    if (luck < 0.02) return void setTimeout(() => hearAgain(line, frame), between(random, 1, 30))
    replica.hear(frame)
    if (luck > 0.98) replica.hear(frame)
  }

  function hearAgain(line: Line, frame: Frame): void {
    if (line.early) line.early.push(frame)
    else if (!line.gone) replica.hear(frame)
  }

  /** One message of a room at a time, in the order they were written; an unknown outcome is asked again by its key. */
  async function send(line: Line, roomId: RoomId): Promise<void> {
    const lane = lanes.get(roomId)
    if (!lane || lane.busy) return
    lane.busy = true
    try {
      for (let next = lane.waiting[0]; next && !line.gone && !line.early; next = lane.waiting[0]) {
        next.tries++
        next.begunAt ||= tick()
        const { localId, text } = next
        const answer = await ask(line, sendMessage.name, { roomId, localId, body: { kind: 'text', text } })
        if (answer.ok) {
          next.acked = { at: tick(), message: answer.value as Message }
          acked++
        } else if (waits.includes(answer.refusal.code)) {
          if (answer.refusal.code === 'Internal') fault(`a send was answered Internal (${answer.refusal.requestId})`)
          await new Promise((done) => setTimeout(done, between(random, 20, 100)))
          continue
        } else {
          next.refused = { at: tick(), code: answer.refusal.code }
          refused++
        }
        lane.waiting.shift()
      }
    } catch {
      // The connection is gone: what was on its way stays first in its lane, for the next one.
    } finally {
      lane.busy = false
    }
    if (current !== line && !current.gone && !current.early && lane.waiting.length > 0) await send(current, roomId)
  }

  function write(): void {
    const unsent = [...lanes.values()].reduce((sum, lane) => sum + lane.waiting.length, 0)
    if (unsent < MAX_UNSENT) {
      const some = random() < 0.2 ? 3 : 1
      for (let nth = 0; nth < some; nth++) compose(oneOf(random, parts.rooms))
    }
    writing = setTimeout(write, random() * 2 * parts.pace)
  }

  /** Puts a message into its lane; some are of a kind that must be refused. */
  function compose(roomId: RoomId): void {
    const text = `${name} ${history.sends.length}: ${oneOf(random, sayings)}`
    const said: Send = { roomId, localId: randomUUID(), text, legal: true, begunAt: 0, tries: 0 }
    const nth = history.sends.length % 40
    if (nth === 3) Object.assign(said, { text: `${text}\u0000`, legal: false })
    else if (nth === 5 && parts.foreign) Object.assign(said, { roomId: parts.foreign, legal: false })
    else if (nth === 7 || nth === 27) {
      const earlier = history.sends.findLast((each) => each.acked && each.legal)
      if (earlier) Object.assign(said, { roomId: earlier.roomId, localId: earlier.localId, legal: false })
    }
    history.sends.push(said)
    const lane = lanes.get(said.roomId) ?? { waiting: [], busy: false }
    lanes.set(said.roomId, lane)
    lane.waiting.push(said)
    if (!current.gone && !current.early) void send(current, said.roomId)
  }

  return {
    name,
    userId,
    counts: replica.counts,
    /** Leaves its connection and makes another. */
    move: () => drop(current),
    start: () => {
      connect()
      writing = setTimeout(write, random() * parts.pace)
    },
    /** Writes no more; what was written still goes out. */
    finishWriting: () => clearTimeout(writing),
    acked: () => acked,
    isOpen: () => current.early === null && !current.gone,
    unsent: () => history.sends.length - acked - refused,
    cursors: replica.cursors,
    history: (): History => ({ ...history, screens: replica.screens() }),
    stop: () => {
      stopped = true
      clearTimeout(writing)
      drop(current)
    },
  }
}

function valueOf(answer: Answer<unknown>): unknown {
  if (answer.ok) return answer.value
  throw new Error(answer.refusal.code)
}
