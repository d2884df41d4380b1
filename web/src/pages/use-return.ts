import type { InputOf, returnFromProvider } from '@connectly/protocol'
import { useState } from 'react'
import { type Journey, takeJourney } from '../features/providers/index.ts'

export type Return = { journey: Journey; returned: InputOf<typeof returnFromProvider> }

let taken: Return | null = null

/** What another service sent the browser back with, taken out of the address at once; null where this tab began no journey. */
export function useReturn(): Return | null {
  const [back] = useState(take)
  return back
}

function take(): Return | null {
  const search = new URLSearchParams(location.search)
  if (search.size > 0) history.replaceState(history.state, '', location.pathname)
  const journey = takeJourney()
  if (!journey) return taken
  const of = (name: string, as: string) => {
    const value = search.get(name)
    return value === null ? {} : { [as]: value }
  }
  const returned = {
    ticket: journey.ticket,
    state: search.get('state') ?? '',
    ...of('code', 'code'),
    ...of('iss', 'issuer'),
    ...of('error', 'error'),
    ...(journey.invitation && { invitation: journey.invitation }),
  }
  taken = { journey, returned }
  return taken
}
