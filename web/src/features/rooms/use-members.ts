import { findMembers, listMembers, type Member, type RoomId, type Seat } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { slice, useClient, useLine, useWatched } from '../../kernel/use-client.ts'
import { hasMore, joinMembers } from './members.ts'
import type { RoomState } from './rooms.ts'

/** How long somebody may pause between two letters. */
const PAUSE = 200
const PAGE = 50

export type Members = {
  state: 'loading' | 'failed' | 'there'
  members: readonly Member[]
  me: Seat | null
  hasMore: boolean
  loadMore: () => void
}

type Found = { text: string; members: readonly Member[] }

/**
 * The members of a room: the first come with the room and are kept live, the rest a page at a time; or those whose name
 * begins like the query.
 */
export function useMembers(roomId: RoomId, query = ''): Members {
  const { connection, replica } = useClient()
  const isOpen = useLine().state === 'open'
  const held = slice<RoomState>(useWatched(replica.room(roomId)), 'rooms')
  const [more, setMore] = useState<readonly Member[]>([])
  const [found, setFound] = useState<Found | null>(null)
  const [failed, setFailed] = useState(false)
  const text = query.trim()
  const isHeld = held !== null

  useEffect(() => {
    if (!isHeld && isOpen)
      replica.hold(roomId).then(
        () => setFailed(false),
        () => setFailed(true),
      )
  }, [isHeld, isOpen, replica, roomId])

  useEffect(() => {
    if (!text || !isOpen) return
    let isLate = false
    const timer = setTimeout(() => {
      connection
        .ask(findMembers, { roomId, text })
        .then((members) => !isLate && setFound({ text, members }))
        .catch(() => !isLate && setFound({ text, members: [] }))
    }, PAUSE)
    return () => {
      isLate = true
      clearTimeout(timer)
    }
  }, [text, isOpen, connection, roomId])

  // Who left is gone from the first members at once; of those paged in, the room's number tells.
  const rev = held?.room?.rev
  const count = more.length
  useEffect(() => {
    if (rev === undefined || count === 0 || !isOpen) return
    let isLate = false
    const first = replica.room(roomId).get()
    const after = slice<RoomState>(first, 'rooms')?.members.at(-1)?.seat.userId
    again(after, count).catch(() => undefined)
    async function again(from: Member['seat']['userId'] | undefined, wanted: number) {
      const fresh: Member[] = []
      let last = from
      while (fresh.length < wanted && !isLate) {
        const page = await connection.ask(listMembers, { roomId, limit: PAGE, ...(last && { after: last }) })
        fresh.push(...page)
        last = page.at(-1)?.seat.userId
        if (page.length < PAGE) break
      }
      if (!isLate) setMore(fresh)
    }
    return () => {
      isLate = true
    }
    // oxlint-disable-next-line react/exhaustive-deps -- had anew when the room changes, not when more was had
  }, [rev])

  const all = useMemo(() => joinMembers(held?.members ?? [], more), [held?.members, more])
  const loadMore = useCallback(() => {
    const after = all.at(-1)?.seat.userId
    connection
      .ask(listMembers, { roomId, limit: PAGE, ...(after && { after }) })
      .then((page) => setMore((known) => joinMembers(known, page)))
      .then(() => setFailed(false))
      .catch(() => setFailed(true))
  }, [connection, roomId, all])

  const isSearching = text !== '' && found?.text !== text
  return {
    state: !isHeld ? (failed ? 'failed' : 'loading') : isSearching ? 'loading' : failed ? 'failed' : 'there',
    members: text === '' ? all : found?.text === text ? found.members : [],
    me: held?.me ?? null,
    hasMore: text === '' && hasMore(held?.room ?? null, all),
    loadMore,
  }
}
