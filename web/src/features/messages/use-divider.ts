import { useContext, useEffect, useState } from 'react'
import { useLine } from '../../kernel/use-client.ts'
import type { Divider } from './layout.ts'
import { RoomStatus } from './status.ts'

/** Where unread messages began when the room was opened. It stays until one leaves; what comes later moves it no more. */
export function useDivider(): [Divider | null, (divider: Divider) => void] {
  const { unread } = useContext(RoomStatus)
  const isOpen = useLine().state === 'open'
  const now: Divider | null =
    unread.from === null || unread.count === 0 ? null : { from: unread.from, count: unread.count }
  const [placed, setPlaced] = useState<{ divider: Divider | null; isFinal: boolean }>({ divider: now, isFinal: isOpen })
  // What was known before the line opened may be old: the first look after that decides.
  useEffect(() => {
    if (!placed.isFinal && isOpen) setPlaced({ divider: now, isFinal: true })
    // oxlint-disable-next-line react/exhaustive-deps -- once, as the line opens
  }, [isOpen, placed.isFinal])
  return [placed.divider, (divider) => setPlaced({ divider, isFinal: true })]
}
