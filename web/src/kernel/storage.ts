import type { LocalId, Mention, MessageId, Place, RoomId } from '@connectly/protocol'
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Held } from './slice.ts'

/** A place as it is kept: its state and its cursor in one record, so that they never part. */
export type KeptPlace = Held & {
  place: Place
  epoch: string
  usedAt: number
  /** Which shape its slices had. */
  shape: number
  /** The server's time of the last opening. */
  openedAt: number | undefined
}

/** A message on its way. `n` is the order in which they were written on this device. */
export type Outgoing = {
  n: number
  localId: LocalId
  roomId: RoomId
  text: string
  mentions?: readonly Mention[]
  replyToId?: MessageId
  at: number
  state: 'waiting' | 'failed'
  code?: string
  params?: Record<string, string | number>
}

/** What a person's device keeps. The browser's is IndexedDB; tests and browsers without one keep it in memory. */
export type Storage = {
  places(): Promise<KeptPlace[]>
  /** Keeps a place unless a newer state of it is kept already (another tab's). */
  putPlace(place: KeptPlace): Promise<void>
  dropPlaces(places: readonly Place[]): Promise<void>
  outgoing(): Promise<Outgoing[]>
  /** Adds a message behind all others; answers with its `n`. */
  addOutgoing(entry: Omit<Outgoing, 'n'>): Promise<number>
  putOutgoing(entry: Outgoing): Promise<void>
  dropOutgoing(n: number): Promise<void>
  close(): void
}

interface Schema extends DBSchema {
  places: { key: string; value: KeptPlace }
  outbox: { key: number; value: Outgoing }
}

const nameOf = (userId: string) => `connectly-${userId}`

/** Opens what this device keeps for a person. */
export async function openStorage(userId: string): Promise<Storage> {
  try {
    const db = await openDB<Schema>(nameOf(userId), 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore('places', { keyPath: 'place' })
        fresh.createObjectStore('outbox', { keyPath: 'n', autoIncrement: true })
      },
      // Another tab signs out: what is open here must not keep the data alive.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    })
    return inDatabase(db)
  } catch {
    return inMemory()
  }
}

/** Leaves nothing of a person on this device. */
export const wipeStorage = (userId: string): Promise<void> => deleteDB(nameOf(userId)).catch(() => undefined)

function inDatabase(db: IDBPDatabase<Schema>): Storage {
  return {
    places: () => db.getAll('places'),
    putPlace: async (place) => {
      const tx = db.transaction('places', 'readwrite')
      const kept = await tx.store.get(place.place)
      if (!kept || kept.epoch !== place.epoch || kept.seq <= place.seq) await tx.store.put(place)
      await tx.done
    },
    dropPlaces: async (places) => {
      const tx = db.transaction('places', 'readwrite')
      await Promise.all(places.map((place) => tx.store.delete(place)))
      await tx.done
    },
    outgoing: () => db.getAll('outbox'),
    addOutgoing: (entry) => db.add('outbox', entry as Outgoing),
    putOutgoing: async (entry) => {
      const tx = db.transaction('outbox', 'readwrite')
      if (await tx.store.get(entry.n)) await tx.store.put(entry)
      await tx.done
    },
    dropOutgoing: (n) => db.delete('outbox', n),
    close: () => db.close(),
  }
}

/** Keeps everything for as long as the page lives. */
export function inMemory(): Storage {
  const places = new Map<string, KeptPlace>()
  const outbox = new Map<number, Outgoing>()
  let last = 0
  return {
    places: async () => [...places.values()],
    putPlace: async (place) => {
      const kept = places.get(place.place)
      if (!kept || kept.epoch !== place.epoch || kept.seq <= place.seq) places.set(place.place, structuredClone(place))
    },
    dropPlaces: async (dropped) => dropped.forEach((place) => places.delete(place)),
    outgoing: async () => [...outbox.values()].map((entry) => structuredClone(entry)),
    addOutgoing: async (entry) => {
      last += 1
      outbox.set(last, { ...entry, n: last })
      return last
    },
    putOutgoing: async (entry) => {
      if (outbox.has(entry.n)) outbox.set(entry.n, entry)
    },
    dropOutgoing: async (n) => void outbox.delete(n),
    close: () => undefined,
  }
}
