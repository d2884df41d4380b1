import type { Frame, Message, RoomId, UserId } from '@connectly/protocol'
import { listing, type LinesState } from '../../web/src/features/rooms/index.ts'
import type { MessagesState } from '../../web/src/features/messages/messages.ts'
import { slices } from '../../web/src/features/slices.ts'
import { createConnection, type Connection, type Line } from '../../web/src/kernel/connection.ts'
import { createOutbox } from '../../web/src/kernel/outbox.ts'
import { createReplica } from '../../web/src/kernel/replica.ts'
import { inMemory, type Storage } from '../../web/src/kernel/storage.ts'
import { aloneFor, bellOf } from '../../web/src/kernel/tabs.ts'
import type { Known } from './snapshot-watch.ts'

export type Device = ReturnType<typeof deviceOf>

/** Short waits, so that a line that is mended is soon found. */
export const patience = { ask: 5000, first: 10, longest: 80 }

/**
 * A person's device, or one tab of it: the web client's own line, replica and outbox, put together as its page does.
 * @param options.passes stands between the line and the replica, to withhold frames
 * @param options.asks stands between both and the line, to lose answers
 */
export function deviceOf(options: {
  url: string
  userId: UserId
  token: string
  storage?: Storage
  passes?: (frame: Frame, hear: (frame: Frame) => void) => void
  asks?: (ask: Connection['ask']) => Connection['ask']
}) {
  const { url, userId, token, storage = inMemory(), passes = (frame, hear) => hear(frame) } = options
  const lines: Line[] = []
  const connection = createConnection({
    url,
    token,
    patience,
    onFrame: (frame) => passes(frame, replica.hear),
    onSignal: (name, data) => replica.hearSignal(name, data),
    onOpen: async () => {
      await replica.open()
      queueMicrotask(outbox.flushAll)
    },
  })
  const ask = options.asks?.(connection.ask) ?? connection.ask
  const replica = createReplica({ me: userId, slices, listing, storage, ask })
  const outbox = createOutbox({
    storage,
    ask,
    isOpen: () => connection.line.get().state === 'open',
    alone: aloneFor(userId),
    bell: bellOf(userId),
  })
  connection.line.watch(() => {
    lines.push(connection.line.get())
    const { state } = connection.line.get()
    if (state === 'connecting') replica.beginOpening()
    if (state === 'open') outbox.flushAll()
  })
  const held = new Set<RoomId>()

  return {
    userId,
    storage,
    connection,
    replica,
    outbox,
    /** Every state of the line so far. */
    lines,
    isOpen: () => connection.line.get().state === 'open',
    /** Shows what was kept. */
    load: async () => {
      await Promise.all([replica.load(), outbox.load()])
    },
    start: async () => {
      connection.start()
      await until(() => connection.line.get().state === 'open', 'the line is open')
    },
    hold: async (roomId: RoomId) => {
      held.add(roomId)
      await replica.hold(roomId)
    },
    messages: (roomId: RoomId): readonly Message[] =>
      (replica.room(roomId).get()?.slices['messages'] as MessagesState | undefined)?.messages ?? [],
    lineOf: (roomId: RoomId) => (replica.mine.get()?.slices['rooms'] as LinesState | undefined)?.lines[roomId] ?? null,
    known: (): Known => {
      const me = replica.mine.get()
      if (!me) throw new Error('nothing is known yet')
      const rooms = [...held].flatMap((roomId) => {
        const room = replica.room(roomId).get()
        return room ? [[roomId, room] as const] : []
      })
      return { me, rooms: new Map(rooms) }
    },
    /** As a page that is closed: nothing is kept that was not yet. */
    stop: () => {
      connection.stop()
      outbox.stop()
      replica.stop()
    },
  }
}

/** Waits for what comes by itself; looks again in every turn, and gives up in the end. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, patienceMs = 10_000): Promise<void> {
  const giveUp = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`did not happen: ${what}`)
    await new Promise((done) => setTimeout(done, 2))
  }
}

export const textsOf = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ body }) => ('text' in body ? [body.text] : []))
