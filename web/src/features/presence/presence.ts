import {
  MAX_WATCHED,
  onlineCounted,
  presenceChanged,
  roomCounted,
  sayTyping,
  TYPING_EVERY,
  TYPING_LASTS,
  typingNow,
  watchPresence,
  type Presence,
  type RoomId,
  type UserId,
} from '@connectly/protocol'
import type { Client } from '../../kernel/client.ts'
import type { SignalData } from '../../kernel/signals.ts'
import { watched } from '../../kernel/watched.ts'

/** What a part of the page shows: people, and perhaps the open room. */
export type Shows = { userIds: readonly UserId[]; roomId: RoomId | null }
export type Typing = { userIds: readonly UserId[]; count: number }

export type PresenceStore = ReturnType<typeof createPresence>

const SAY_AFTER = 120

/** Who is here, who writes, and how many: what signals said last. Nothing of it outlives the page. */
function createPresence({ me, connection, replica, signals }: Client) {
  const people = watched<ReadonlyMap<UserId, Presence>>(new Map())
  const typing = watched<ReadonlyMap<RoomId, Typing>>(new Map())
  const online = watched<number | null>(null)
  const rooms = watched<ReadonlyMap<RoomId, number>>(new Map())
  const shows = new Set<Shows>()
  const stopped = new Map<RoomId, ReturnType<typeof setTimeout>>()
  const saidAt = new Map<RoomId, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = ''

  signals.on(presenceChanged, (one) => people.set(new Map([...people.get(), [one.userId, one]])))
  signals.on(onlineCounted, (counted) => online.set(counted.online))
  signals.on(roomCounted, (counted) => rooms.set(new Map([...rooms.get(), [counted.roomId, counted.online]])))
  signals.on(typingNow, hearTyping)
  connection.line.watch(() => {
    if (connection.line.get().state !== 'open') {
      // What was true before the line was lost need not be true now.
      last = ''
      people.set(new Map())
      typing.set(new Map())
      online.set(null)
      rooms.set(new Map())
      return
    }
    later()
  })

  // Whom I block, and what I show of myself, decides whom I may watch: asked anew when it changes.
  let allowed: readonly unknown[] = []
  replica.mine.watch(() => {
    const { blocks, accounts } = replica.mine.get()?.slices ?? {}
    const now = [blocks, (accounts as { privacy?: unknown } | undefined)?.privacy]
    if (now.every((each, nth) => each === allowed[nth])) return
    allowed = now
    last = ''
    later()
  })

  function hearTyping({ roomId, userIds, count }: SignalData<typeof typingNow>): void {
    const others = userIds.filter((userId) => userId !== me)
    const rest = new Map(typing.get())
    const isMine = others.length < userIds.length
    if (others.length > 0) rest.set(roomId, { userIds: others, count: count - (isMine ? 1 : 0) })
    else rest.delete(roomId)
    typing.set(rest)
    clearTimeout(stopped.get(roomId))
    if (others.length > 0)
      stopped.set(
        roomId,
        setTimeout(() => forget(roomId), TYPING_LASTS),
      )
  }

  function forget(roomId: RoomId): void {
    const rest = new Map(typing.get())
    rest.delete(roomId)
    typing.set(rest)
  }

  function later(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void watch(), SAY_AFTER)
  }

  /** Tells the server what the page shows, if that is something else than before. */
  async function watch(): Promise<void> {
    if (connection.line.get().state !== 'open') return
    const all = [...shows]
    const userIds = [...new Set(all.flatMap((each) => each.userIds))].filter((id) => id !== me).slice(0, MAX_WATCHED)
    const roomId = all.find((each) => each.roomId !== null)?.roomId ?? null
    const asked = `${roomId} ${userIds.toSorted().join()}`
    if (asked === last) return
    last = asked
    try {
      const found = await connection.ask(watchPresence, { userIds, roomId })
      people.set(new Map([...people.get(), ...found.people.map((one) => [one.userId, one] as const)]))
      online.set(found.online)
      if (found.room) rooms.set(new Map([...rooms.get(), [found.room.roomId, found.room.online]]))
    } catch {
      last = ''
    }
  }

  return {
    people,
    typing,
    online,
    rooms,
    /** Shows these from now on; call what it gives back to show them no longer. */
    show: (what: Shows): (() => void) => {
      shows.add(what)
      later()
      return () => {
        shows.delete(what)
        later()
      }
    },
    /** Says that I write, at most every three seconds, or that I stopped. */
    say: (roomId: RoomId, isTyping: boolean): void => {
      const at = saidAt.get(roomId)
      if (isTyping ? at !== undefined && Date.now() - at < TYPING_EVERY : at === undefined) return
      if (isTyping) saidAt.set(roomId, Date.now())
      else saidAt.delete(roomId)
      connection.ask(sayTyping, { roomId, isTyping }).catch(() => undefined)
    },
  }
}

const stores = new WeakMap<Client, PresenceStore>()

/** The one store of a client: every part of the page reads the same numbers. */
export function presenceOf(client: Client): PresenceStore {
  let store = stores.get(client)
  if (!store) stores.set(client, (store = createPresence(client)))
  return store
}
