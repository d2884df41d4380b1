import type { RoomId, RoomLine } from '@connectly/protocol'
import { useCallback, useEffect, useState } from 'react'
import type { LinesState } from '../features/rooms/index.ts'
import { prefOf } from '../kernel/prefs.ts'
import { useClient } from '../kernel/use-client.ts'
import { newsIn } from './notice.ts'

/** The line in which something was just said elsewhere, until it is closed; the next one takes its place. */
export function useNotices(openRoomId: RoomId | undefined): { news: RoomLine | null; close: () => void } {
  const { me, replica, connection } = useClient()
  const [news, setNews] = useState<RoomLine | null>(null)
  useEffect(() => {
    const linesNow = () => (replica.mine.get()?.slices['rooms'] as LinesState | undefined)?.lines ?? {}
    let before = linesNow()
    return replica.mine.watch(() => {
      const [earlier, after] = [before, linesNow()]
      before = after
      // What was missed while the line was down is in the list; nobody wants to hear it all at once.
      if (!prefOf('notify') || connection.line.get().state !== 'open') return
      const found = newsIn(earlier, after, { me, openRoomId, now: Date.now() })
      if (!found) return
      setNews(found)
      if (prefOf('sound')) void import('../shell/chime.ts').then(({ chime }) => chime())
    })
  }, [me, replica, connection, openRoomId])
  const close = useCallback(() => setNews(null), [])
  return { news: news?.room.roomId === openRoomId ? null : news, close }
}
