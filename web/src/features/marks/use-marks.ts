import { markRead, MARKS_SHOWN_UP_TO, markUnread, type Marks, type RoomId, type UserId } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { slice, useClient, useLine, useMine, useWatched } from '../../kernel/use-client.ts'
import type { LinesState } from '../rooms/index.ts'
import type { MarksState } from './marks.ts'

/** My reading of a room is said at most this often, in ms; in large rooms less. */
const READ_EVERY = 1000
const READ_EVERY_IN_LARGE = 4000

export type RoomMarks = {
  readSeq: number
  unreadFrom: number | null
  unread: readonly number[]
  mentions: readonly number[]
  theirs: ReadonlyMap<UserId, Marks>
}

const nothing: readonly number[] = []

/** How far I have read a room, and how far the others have. */
export function useMarks(roomId: RoomId): RoomMarks {
  const { replica } = useClient()
  const line = useMine<LinesState>('rooms')?.lines[roomId]
  const shown = slice<MarksState>(useWatched(replica.room(roomId)), 'marks')?.theirs
  const [other, theirs] = [line?.other?.userId, line?.theirs]
  const all = useMemo(() => {
    const map = new Map(Object.entries(shown ?? {}) as [UserId, Marks][])
    if (other && theirs && !map.has(other)) map.set(other, theirs)
    return map
  }, [shown, other, theirs])
  return {
    readSeq: line?.readSeq ?? 0,
    unreadFrom: line?.unreadFrom ?? null,
    unread: line?.unread ?? nothing,
    mentions: line?.mentions ?? nothing,
    theirs: all,
  }
}

/**
 * Says that a room is read up to a number, once it is in sight of somebody who looks. What a person marked as unread
 * stays so until they open the room anew.
 */
export function useReading(roomId: RoomId): (seq: number) => void {
  const { connection } = useClient()
  const isOpen = useLine().state === 'open'
  const line = useMine<LinesState>('rooms')?.lines[roomId]
  const isMarked = line !== undefined && line.unreadFrom !== null
  const isLarge = (line?.room.members ?? 0) > MARKS_SHOWN_UP_TO
  const read = useRef({ seen: 0, said: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined, held: false })
  const known = useRef({ readSeq: 0, isMarked: false })
  useEffect(() => {
    // Marked as unread while the room is open: what is in sight is not read until it is opened again.
    if (isMarked && !known.current.isMarked && read.current.said > 0) read.current.held = true
    known.current = { readSeq: line?.readSeq ?? 0, isMarked }
  })

  const say = useCallback(() => {
    const now = read.current
    now.timer = undefined
    const isNews = now.seen > known.current.readSeq || (known.current.isMarked && now.said === 0)
    if (!isNews || now.held || document.visibilityState !== 'visible') return
    now.said = now.seen
    connection.ask(markRead, { roomId, seq: now.seen }).catch(() => undefined)
  }, [connection, roomId])

  useEffect(() => {
    if (!isOpen) return
    say()
    document.addEventListener('visibilitychange', say)
    return () => document.removeEventListener('visibilitychange', say)
  }, [isOpen, say])
  useEffect(() => {
    const now = read.current
    return () => clearTimeout(now.timer)
  }, [])

  return useCallback(
    (seq: number) => {
      const now = read.current
      if (seq <= now.seen && now.said > 0) return
      now.seen = Math.max(seq, now.seen)
      if (now.timer !== undefined) return
      // In a room of thousands they must not all say it at the same moment.
      const pace = isLarge ? READ_EVERY_IN_LARGE * (0.5 + Math.random()) : READ_EVERY
      now.timer = setTimeout(say, now.said === 0 && !isLarge ? 0 : pace)
    },
    [say, isLarge],
  )
}

/** Marks a room as unread from a number on. */
export function useMarkUnread(): (roomId: RoomId, seq: number) => Promise<unknown> {
  const { connection } = useClient()
  return useCallback((roomId, seq) => connection.ask(markUnread, { roomId, seq }), [connection])
}

/** Marks rooms as read, each up to what its line has come to. */
export function useMarkAllRead(): (lines: readonly { room: { roomId: RoomId }; seq: number }[]) => void {
  const { connection } = useClient()
  return useCallback(
    (lines) => {
      for (const { room, seq } of lines) connection.ask(markRead, { roomId: room.roomId, seq }).catch(() => undefined)
    },
    [connection],
  )
}
