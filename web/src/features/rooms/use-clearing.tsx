import { clearRoom, type RoomLine } from '@connectly/protocol'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from '../../kernel/use-client.ts'
import { useToast } from '../../shell/Toaster.tsx'
import { errorText } from '../accounts/index.ts'
import { leaving } from './clearing.ts'

export type Clearing = {
  now: RoomLine | null
  begin: (line: RoomLine) => void
  undo: () => void
  /** The time to undo is over: the server is asked. */
  over: () => void
}

/** Empties a room for me, after a while in which it can be undone; at once where the page is left. */
export function useClearing(): Clearing {
  const { connection } = useClient()
  const say = useToast()
  const [now, setNow] = useState<RoomLine | null>(null)
  const due = useRef<RoomLine | null>(null)

  const put = useCallback((line: RoomLine | null) => {
    due.current = line
    leaving.set(line?.room.roomId ?? null)
    setNow(line)
  }, [])
  const ask = useCallback(() => {
    const line = due.current
    if (!line) return
    due.current = null
    connection
      .ask(clearRoom, { roomId: line.room.roomId })
      .catch((error: unknown) => say({ kind: 'error', text: errorText(error) }))
      .finally(() => {
        if (leaving.get() === line.room.roomId && !due.current) leaving.set(null)
      })
    setNow(null)
  }, [connection, say])

  useEffect(() => {
    addEventListener('pagehide', ask)
    return () => {
      removeEventListener('pagehide', ask)
      ask()
    }
  }, [ask])

  return {
    now,
    begin: useCallback(
      (line: RoomLine) => {
        ask()
        put(line)
      },
      [ask, put],
    ),
    undo: useCallback(() => put(null), [put]),
    over: ask,
  }
}
