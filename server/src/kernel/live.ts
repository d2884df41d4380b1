import {
  roomPlace,
  type DataOf,
  type EventType,
  type Place,
  type RoomId,
  type Signal,
  type UserId,
} from '@connectly/protocol'
import type { PubSub } from '../pubsub/pubsub.ts'
import { createElsewhere } from './elsewhere.ts'
import type { Logger } from './logger.ts'

/** Somebody whose last connection went counts as gone after this, in ms: a reload, or a change of networks, is no absence. */
const GRACE = 1000

/** One open connection, as far as signals are concerned. */
export type Attendance = { id: string; userId: UserId }
/**
 * What a connection shows: people whose presence it wants to hear of, those of them that it may, and the room that is open
 * on it.
 */
export type Shown = { wanted: readonly UserId[]; userIds: readonly UserId[]; roomId: RoomId | null }

/** How signals get out, and who is seated where: given by the door that holds the connections. */
export type Outlet = {
  say(connectionIds: readonly string[], name: string, data: unknown): void
  sayToAll(name: string, data: unknown): void
  seatedIn(place: Place): Iterable<UserId>
}

export type Live = ReturnType<typeof createLive>

type DataOfSignal<S> = S extends Signal<infer Data> ? DataOf<EventType<Data>> : never

/** Where somebody came or went: on this process, on another, or on one that has died without a word. */
export type Whereabouts = 'here' | 'elsewhere' | 'lost'

/**
 * Who is here, and what their connections show: what signals need to know. Nothing of it is kept; a process that starts
 * anew learns it from the connections that come back, and from the other processes.
 */
export function createLive(pubsub: PubSub, logger: Logger) {
  const people = new Map<UserId, Set<string>>()
  const connections = new Map<string, Attendance & { shown: Shown }>()
  const watchers = new Map<UserId, Set<string>>()
  const viewers = new Map<RoomId, Set<string>>()
  const leaving = new Map<UserId, ReturnType<typeof setTimeout>>()
  const waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; run: () => void }>()
  const saidAt = new Map<string, number>()
  const onPerson: ((userId: UserId, change: 'came' | 'went', where: Whereabouts) => void)[] = []
  const onEverywhere = new Map<string, (data: never) => void | Promise<void>>()
  const onConnection: ((connection: Attendance, change: 'opened' | 'closed') => void)[] = []
  let outlet: Outlet = { say: () => undefined, sayToAll: () => undefined, seatedIn: () => [] }
  const elsewhere = createElsewhere({
    pubsub,
    mine: () => people.keys(),
    seated: (roomId) => new Set(outlet.seatedIn(roomPlace(roomId))),
    onChange: (userId, change, lost) => {
      if (people.has(userId) || (change === 'went' && elsewhere.isThere(userId))) return
      for (const listener of onPerson) listener(userId, change, lost ? 'lost' : 'elsewhere')
    },
  })
  pubsub.hear('everywhere', (text) => {
    const [name, data] = JSON.parse(text) as [string, never]
    const failed = (error: unknown) => logger.error({ error, name }, 'what another process asked for failed')
    void Promise.resolve(data).then(onEverywhere.get(name)).catch(failed)
  })

  function show(id: string, shown: Shown): void {
    const connection = connections.get(id)
    if (!connection) return
    for (const userId of connection.shown.userIds) take(watchers, userId, id)
    if (connection.shown.roomId) take(viewers, connection.shown.roomId, id)
    connection.shown = shown
    for (const userId of shown.userIds) put(watchers, userId, id)
    if (shown.roomId) put(viewers, shown.roomId, id)
  }

  function leave(userId: UserId): void {
    leaving.delete(userId)
    if (people.get(userId)?.size) return
    people.delete(userId)
    elsewhere.tell(userId, 'went')
    if (elsewhere.isThere(userId)) return
    for (const listener of onPerson) listener(userId, 'went', 'here')
  }

  const live = {
    attach: (to: Outlet) => void (outlet = to),

    connected: ({ id, userId }: Attendance): void => {
      connections.set(id, { id, userId, shown: { wanted: [], userIds: [], roomId: null } })
      clearTimeout(leaving.get(userId))
      const wasHere = people.has(userId)
      leaving.delete(userId)
      put(people, userId, id)
      for (const listener of onConnection) listener({ id, userId }, 'opened')
      if (wasHere) return
      elsewhere.tell(userId, 'came')
      if (!elsewhere.isThere(userId)) for (const listener of onPerson) listener(userId, 'came', 'here')
    },

    gone: (id: string): void => {
      const connection = connections.get(id)
      if (!connection) return
      show(id, { wanted: [], userIds: [], roomId: null })
      connections.delete(id)
      const { userId } = connection
      const rest = people.get(userId)
      rest?.delete(id)
      for (const listener of onConnection) listener({ id, userId }, 'closed')
      if (rest?.size || leaving.has(userId)) return
      const timer = setTimeout(() => leave(userId), GRACE)
      timer.unref()
      leaving.set(userId, timer)
    },

    show,
    shownBy: (id: string): Shown | undefined => connections.get(id)?.shown,
    userOf: (id: string): UserId | undefined => connections.get(id)?.userId,
    /** Whether somebody has a connection to any process, or had one a moment ago. */
    isHere: (userId: UserId): boolean => people.has(userId) || elsewhere.isThere(userId),
    /** Everybody who is here, each once. */
    everybody: (): ReadonlySet<UserId> => new Set([...people.keys(), ...elsewhere.people()]),
    /** Connections that show somebody's presence. */
    watchersOf: (userId: UserId): string[] => [...(watchers.get(userId) ?? [])],
    /** Connections that would show somebody's presence and hear nothing of it. */
    missing: (userId: UserId): string[] =>
      [...connections.values()]
        .filter(({ shown }) => shown.wanted.includes(userId) && !shown.userIds.includes(userId))
        .map(({ id }) => id),
    /** Connections on which a room is open. */
    viewersOf: (roomId: RoomId): string[] => [...(viewers.get(roomId) ?? [])],
    /** Rooms that are open on some connection. */
    openRooms: (): RoomId[] => [...viewers.keys()],
    connectionsOf: (userId: UserId): string[] => [...(people.get(userId) ?? [])],
    /** Members of a room who are here, each once; on other processes as they were at the last `refresh`. */
    hereIn: (roomId: RoomId): ReadonlySet<UserId> =>
      new Set([...outlet.seatedIn(roomPlace(roomId)), ...elsewhere.seatedIn(roomId)]),
    /** Asks the other processes who is in these rooms. */
    refresh: (roomIds: readonly RoomId[]): Promise<void> => elsewhere.refresh(roomIds),
    /** Has what other processes said of rooms forgotten, but for these. */
    forgetRooms: (kept: ReadonlySet<RoomId>): void => elsewhere.forgetRooms(kept),

    /** Does the same on every process, this one first. What goes wrong here is thrown, elsewhere it is lost. */
    everywhere: (name: string, data: unknown): void | Promise<void> => {
      pubsub.say('everywhere', JSON.stringify([name, data]))
      return onEverywhere.get(name)?.(data as never)
    },
    /** What is done when any process says this name. */
    onEverywhere: <Data>(name: string, run: (data: Data) => void | Promise<void>): void =>
      void onEverywhere.set(name, run),

    say: <S extends Signal>(to: readonly string[], signal: S, data: DataOfSignal<S>): void => {
      if (to.length > 0) outlet.say(to, signal.name, data)
    },
    sayToAll: <S extends Signal>(signal: S, data: DataOfSignal<S>): void => outlet.sayToAll(signal.name, data),

    /** Runs soon, and no more often than this, however often it is asked for: the last one asked for is run. */
    atMostEvery: (ms: number, key: string, run: () => void): void => {
      const known = waiting.get(key)
      if (known) return void (known.run = run)
      const wait = Math.max(0, (saidAt.get(key) ?? -ms) + ms - performance.now())
      const timer = setTimeout(() => {
        const last = waiting.get(key)
        waiting.delete(key)
        saidAt.set(key, performance.now())
        last?.run()
      }, wait)
      timer.unref()
      waiting.set(key, { timer, run })
      if (saidAt.size > MAX_REMEMBERED) forgetOld(saidAt)
    },

    onPerson: (listener: (typeof onPerson)[number]) => void onPerson.push(listener),
    onConnection: (listener: (typeof onConnection)[number]) => void onConnection.push(listener),
    start: elsewhere.start,
    stop: (): void => {
      elsewhere.stop()
      for (const timer of leaving.values()) clearTimeout(timer)
      for (const { timer } of waiting.values()) clearTimeout(timer)
    },
  }
  return live
}

const MAX_REMEMBERED = 10_000

/** The older half: whoever was said something that long ago need not wait. */
function forgetOld(saidAt: Map<string, number>): void {
  for (const key of [...saidAt.keys()].slice(0, MAX_REMEMBERED / 2)) saidAt.delete(key)
}

function put<K>(sets: Map<K, Set<string>>, key: K, id: string): void {
  const set = sets.get(key)
  if (set) set.add(id)
  else sets.set(key, new Set([id]))
}

function take<K>(sets: Map<K, Set<string>>, key: K, id: string): void {
  const set = sets.get(key)
  set?.delete(id)
  if (set?.size === 0) sets.delete(key)
}
