import type { Presence, RoomId, UserId } from '@connectly/protocol'
import { useCallback, useEffect } from 'react'
import { useClient, useWatched } from '../../kernel/use-client.ts'
import { presenceOf, type Typing } from './presence.ts'

/** Says what this part of the page shows, for as long as it does: only of these one hears. */
export function useShows(userIds: readonly UserId[], roomId: RoomId | null): void {
  const store = presenceOf(useClient())
  const key = userIds.join()
  useEffect(() => store.show({ userIds: key === '' ? [] : (key.split(',') as UserId[]), roomId }), [store, key, roomId])
}

/** Who of those the page shows is here, by id; nobody is in it of whom nothing was heard yet. */
export function usePresence(): ReadonlyMap<UserId, Presence> {
  return useWatched(presenceOf(useClient()).people)
}

/** How many people are here, each once; `null` while nothing is known. */
export function useOnline(): number | null {
  return useWatched(presenceOf(useClient()).online)
}

/** How many members of a room are here. */
export function useRoomOnline(roomId: RoomId): number | null {
  return useWatched(presenceOf(useClient()).rooms).get(roomId) ?? null
}

const nobody: Typing = { userIds: [], count: 0 }

/** Who writes in a room now, without me. */
export function useTyping(roomId: RoomId): Typing {
  return useWatched(presenceOf(useClient()).typing).get(roomId) ?? nobody
}

/** Who writes, by room: for a list. */
export function useAllTyping(): ReadonlyMap<RoomId, Typing> {
  return useWatched(presenceOf(useClient()).typing)
}

/** Says that I write in a room, or no longer; no more often than is worth it. */
export function useSayTyping(roomId: RoomId): (isTyping: boolean) => void {
  const store = presenceOf(useClient())
  useEffect(() => () => store.say(roomId, false), [store, roomId])
  return useCallback((isTyping: boolean) => store.say(roomId, isTyping), [store, roomId])
}
