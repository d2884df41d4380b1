import { getPeople, type Person, type UserId } from '@connectly/protocol'
import { useEffect, useMemo, useState } from 'react'
import { useClient, useLine } from '../../kernel/use-client.ts'

const AT_ONCE = 100
const known = new Map<UserId, Person>()

/** People by id: those that came along, those met before, and, asked for once, those still missing. */
export function usePeople(wanted: readonly UserId[], given: readonly Person[]): ReadonlyMap<UserId, Person> {
  const { connection } = useClient()
  const isOpen = useLine().state === 'open'
  const [asked, setAsked] = useState(0)
  const people = useMemo(() => {
    for (const person of given) known.set(person.userId, person)
    return new Map(wanted.flatMap((userId) => known.get(userId) ?? []).map((person) => [person.userId, person]))
    // oxlint-disable-next-line react/exhaustive-deps -- `asked` says that more is known by now
  }, [wanted, given, asked])
  const missing = wanted.filter((userId) => !people.has(userId)).slice(0, AT_ONCE)
  const key = missing.join()
  useEffect(() => {
    if (!isOpen || key === '') return
    connection
      .ask(getPeople, { userIds: key.split(',') as UserId[] })
      .then((found) => {
        for (const person of found) known.set(person.userId, person)
        setAsked((count) => count + 1)
      })
      .catch(() => undefined)
  }, [isOpen, key, connection])
  return people
}
