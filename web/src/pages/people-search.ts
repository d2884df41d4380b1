import { findPeople, type Person, type RoomLine, type UserId } from '@connectly/protocol'
import { useEffect, useMemo, useState } from 'react'
import type { PeopleFound } from '../features/rooms/index.tsx'
import type { RequestsState } from '../features/requests/index.ts'
import { useClient, useLine, useMine } from '../kernel/use-client.ts'

/** How long somebody may pause between two letters. */
const PAUSE = 200

/** People whose name begins like this, and what the two of us are already. `null` where nobody is looked for. */
export function usePeopleSearch(query: string, lines: readonly RoomLine[]): PeopleFound | null {
  const { connection } = useClient()
  const isOpen = useLine().state === 'open'
  const requests = useMine<RequestsState>('requests')
  const [found, setFound] = useState<{ text: string; people: readonly Person[] } | null>(null)
  const text = query.trim()

  useEffect(() => {
    if (!text || !isOpen) return
    let isLate = false
    const timer = setTimeout(() => {
      connection
        .ask(findPeople, { text })
        .then((people) => !isLate && setFound({ text, people }))
        .catch(() => !isLate && setFound({ text, people: [] }))
    }, PAUSE)
    return () => {
      isLate = true
      clearTimeout(timer)
    }
  }, [text, isOpen, connection])

  return useMemo(() => {
    if (!text) return null
    if (found?.text !== text) return { state: 'searching' }
    const contacts = new Map(
      lines.flatMap((line) => (line.other ? [[line.other.userId, line.room.roomId] as const] : [])),
    )
    const asked = new Set<UserId>(requests?.sent.map((request) => request.toId))
    const standing = (person: Person) => {
      const roomId = contacts.get(person.userId)
      if (roomId) return { kind: 'contact', roomId } as const
      return asked.has(person.userId) ? ({ kind: 'asked' } as const) : ({ kind: 'stranger' } as const)
    }
    return { state: 'found', people: found.people.map((person) => ({ person, standing: standing(person) })) }
  }, [text, found, lines, requests])
}
