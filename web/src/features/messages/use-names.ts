import type { Message, Person, RoomId, UserId } from '@connectly/protocol'
import { useCallback, useMemo } from 'react'
import { slice, useClient, useWatched } from '../../kernel/use-client.ts'
import { usePeople } from '../accounts/index.ts'
import type { RoomState } from '../rooms/index.ts'
import { isText } from './plain-text.ts'

const nobody: readonly Person[] = []

/** What everybody is called who wrote, is meant, or deleted something here. */
export function useNames(
  roomId: RoomId,
  messages: readonly Message[],
  authors: ReadonlyMap<UserId, Person>,
): (userId: UserId) => string | undefined {
  const members = slice<RoomState>(useWatched(useClient().replica.room(roomId)), 'rooms')?.members
  const given = useMemo(() => members?.map(({ person }) => person) ?? nobody, [members])
  const wanted = useMemo(() => [...new Set(messages.flatMap(namedIn))], [messages])
  const named = usePeople(wanted, given)
  const byId = useMemo(() => new Map(given.map((person) => [person.userId, person])), [given])
  return useCallback(
    (userId) => (byId.get(userId) ?? named.get(userId) ?? authors.get(userId))?.name,
    [byId, named, authors],
  )
}

function namedIn({ body }: Message): UserId[] {
  if (isText(body)) return (body.mentions ?? []).flatMap(({ who }) => (who === 'all' ? [] : who))
  return body.kind === 'deleted' && 'byId' in body ? [body.byId] : []
}
