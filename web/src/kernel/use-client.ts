import type { RoomId } from '@connectly/protocol'
import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { Client } from './client.ts'
import type { Line } from './connection.ts'
import type { Held } from './slice.ts'
import type { Watched } from './watched.ts'

export const ClientContext = createContext<Client | null>(null)

/** The signed-in person's client. Only within the pages that need one. */
export function useClient(): Client {
  const client = useContext(ClientContext)
  if (!client) throw new Error('no client here')
  return client
}

/** A watched value, redrawn as it changes. */
export function useWatched<T>(value: Watched<T>): T {
  return useSyncExternalStore(value.watch, value.get)
}

export const useLine = (): Line => useWatched(useClient().connection.line)

/** A slice of what I know of myself; `null` while nothing is known yet. */
export function useMine<State>(name: string): State | null {
  return slice<State>(useWatched(useClient().replica.mine), name)
}

export type RoomView = { held: Held | null; error: unknown; retry: () => void }

/** A room, held from now on. `error` is why it could not be had. */
export function useRoom(roomId: RoomId): RoomView {
  const { replica } = useClient()
  const line = useLine()
  const held = useWatched(replica.room(roomId))
  const [error, setError] = useState<unknown>(null)
  const isOpen = line.state === 'open'
  const hold = useCallback(() => {
    replica.hold(roomId).then(() => setError(null), setError)
  }, [replica, roomId])
  // A room that was held and is gone, since one was removed from it, is asked for again: the answer says so.
  const isHeld = held !== null
  useEffect(() => {
    if (isOpen) hold()
  }, [isOpen, isHeld, hold])
  return { held, error: held ? null : error, retry: hold }
}

/** A feature's slice of a place. */
export function slice<State>(held: Held | null, name: string): State | null {
  return (held?.slices[name] as State | undefined) ?? null
}
