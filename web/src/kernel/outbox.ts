import { sendMessage, type InputOf, type LocalId, type Mention, type MessageId, type RoomId } from '@connectly/protocol'
import { AskError, isPassing } from './ask-error.ts'
import type { Connection } from './connection.ts'
import type { Outgoing, Storage } from './storage.ts'
import { newLocalId } from './local-id.ts'
import { watched } from './watched.ts'

/** What the other tabs of this person are told: look again. */
export type Bell = { ring(): void; onRing(listener: () => void): void; close(): void }
/** Runs alone among all tabs of this person. */
export type Alone = (name: string, work: () => Promise<void>) => Promise<void>

/** What somebody writes: the text, whom it means, and what it answers. */
export type Words = { text: string; mentions?: readonly Mention[]; replyToId?: MessageId }

const RETRY = 2000
const MAX_ACKED = 100

/**
 * Messages on their way: on screen at once, kept until acknowledged, sent in order with the same id until somebody
 * answers. A room is a lane; one tab at a time sends from it.
 */
export function createOutbox(parts: {
  storage: Storage
  ask: Connection['ask']
  isOpen: () => boolean
  alone: Alone
  bell: Bell
}) {
  const { storage, ask, isOpen, alone, bell } = parts
  const entries = watched<readonly Outgoing[]>([])
  const acked = watched<readonly Outgoing[]>([])
  const pausedUntil = watched<ReadonlyMap<RoomId, number>>(new Map())
  const timers = new Map<RoomId, ReturnType<typeof setTimeout>>()
  const running = new Set<RoomId>()
  const again = new Set<RoomId>()
  let written = 0
  let stopped = false

  // The tab that rang may be gone before it could send.
  bell.onRing(() => void reload().then(flushAll))

  /** Takes over what is kept; what only this tab knows yet (its write is under way) stays. */
  async function reload(): Promise<void> {
    const before = written
    const kept = await storage.outgoing().catch(() => null)
    if (!kept || stopped) return
    if (before !== written) return reload()
    const known = new Set(kept.map((entry) => entry.localId))
    const unwritten = entries.get().filter((entry) => entry.n === UNWRITTEN && !known.has(entry.localId))
    entries.set([...kept.sort((a, b) => a.n - b.n), ...unwritten])
  }

  function flush(roomId: RoomId): void {
    if (stopped || !isOpen()) return
    if (running.has(roomId)) return void again.add(roomId)
    running.add(roomId)
    clearTimeout(timers.get(roomId))
    void alone(`outbox:${roomId}`, () => drain(roomId))
      .catch(() => undefined)
      .finally(() => {
        running.delete(roomId)
        if (again.delete(roomId)) flush(roomId)
      })
  }

  function flushAll(): void {
    const waiting = entries.get().filter((entry) => entry.state === 'waiting')
    for (const roomId of new Set(waiting.map((entry) => entry.roomId))) flush(roomId)
  }

  async function drain(roomId: RoomId): Promise<void> {
    while (!stopped && isOpen()) {
      const lane = (await storage.outgoing()).filter((entry) => entry.roomId === roomId && entry.state === 'waiting')
      const next = lane.sort((a, b) => a.n - b.n)[0]
      if (!next) return
      try {
        await ask(sendMessage, asked(next))
        await storage.dropOutgoing(next.n)
        acked.set([...acked.get().slice(-MAX_ACKED), next])
      } catch (error) {
        if (isPassing(error)) return retryLater(roomId, error)
        const { code, params } = error as AskError
        await storage.putOutgoing({ ...next, state: 'failed', code, params })
      }
      await reload()
      bell.ring()
    }
  }

  function retryLater(roomId: RoomId, error: unknown): void {
    if (stopped) return
    const seconds =
      error instanceof AskError && error.code === 'TooManyRequests' ? Number(error.params['retryAfter'] ?? 2) : 0
    const wait = seconds > 0 ? seconds * 1000 : RETRY
    if (seconds > 0) pausedUntil.set(new Map([...pausedUntil.get(), [roomId, Date.now() + wait]]))
    clearTimeout(timers.get(roomId))
    timers.set(
      roomId,
      setTimeout(() => flush(roomId), wait),
    )
  }

  const show = (entry: Outgoing) =>
    entries.set([...entries.get().filter((each) => each.localId !== entry.localId), entry])

  return {
    /** Everything on its way or failed, in the order written. */
    entries,
    /** Acknowledged in this tab: shown until the log brings them. */
    acked,
    /** Rooms where a limit was reached, and until when, by this device's clock. */
    pausedUntil,

    load: async () => {
      await reload()
      flushAll()
    },

    /** The line is open: everything that waits may go. */
    flushAll,

    /** Says something. It is on screen before this returns, and kept on the device when the promise resolves. */
    send: async (roomId: RoomId, words: Words): Promise<LocalId> => {
      const entry: Outgoing = {
        n: UNWRITTEN,
        localId: newLocalId(),
        roomId,
        ...words,
        at: Date.now(),
        state: 'waiting',
      }
      show(entry)
      const { n: _unwritten, ...fresh } = entry
      const n = await storage.addOutgoing(fresh)
      written += 1
      entries.set(entries.get().map((each) => (each.localId === entry.localId ? { ...entry, n } : each)))
      bell.ring()
      flush(roomId)
      return entry.localId
    },

    /** Tries a failed message again, with the same id. */
    retry: async (localId: LocalId): Promise<void> => {
      const entry = entries.get().find((each) => each.localId === localId)
      if (!entry || entry.state !== 'failed') return
      const { code: _code, params: _params, ...fresh } = entry
      await storage.putOutgoing({ ...fresh, state: 'waiting' })
      await reload()
      bell.ring()
      flush(entry.roomId)
    },

    /** Gives a failed message up. */
    drop: async (localId: LocalId): Promise<void> => {
      const entry = entries.get().find((each) => each.localId === localId)
      if (!entry) return
      await storage.dropOutgoing(entry.n)
      await reload()
      bell.ring()
    },

    /** The log has brought these: from now on it says what is there, and what of it is gone. */
    arrived: (localIds: ReadonlySet<LocalId | null>): void => {
      const left = acked.get().filter((each) => !localIds.has(each.localId))
      if (left.length < acked.get().length) acked.set(left)
    },

    stop: () => {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      bell.close()
    },
  }
}

function asked({ roomId, localId, text, mentions, replyToId }: Outgoing): InputOf<typeof sendMessage> {
  const body = { kind: 'text' as const, text, ...(mentions?.length && { mentions: [...mentions] }) }
  return { roomId, localId, body, ...(replyToId && { replyToId }) }
}

const UNWRITTEN = Number.MAX_SAFE_INTEGER
