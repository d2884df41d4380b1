import { useMine } from '../../kernel/use-client.ts'
import { RequestsRow } from './RequestsRow.tsx'
import type { RequestsState } from './requests.ts'

/** On a phone, the first row of the chats: who waits for an answer of mine. */
export function WaitingRow() {
  const requests = useMine<RequestsState>('requests')
  const people = (requests?.received ?? []).filter((each) => each.state === 'pending').map((each) => each.person)
  return people.length > 0 && <RequestsRow people={people} to="/requests" />
}
