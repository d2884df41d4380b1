import { requestReceived, requestSent } from '@connectly/protocol'
import type { Person, Request, RequestId, UserId } from '@connectly/protocol'
import { fill, type Snapshots } from '../../kernel/feature.ts'
import type { Reader } from '../../store/store.ts'
import { peopleOf } from '../accounts/index.ts'
import { requestTable, type RequestRow } from './requests.tables.ts'
import { isOpen, isWaiting, openStates, waitingStates } from './rows.ts'

/** Requests shown in a person's head, each way. */
const MAX_SHOWN = 200

export const requestSnapshots: Snapshots = {
  user: async (store, userId) => {
    const [received, sent] = await Promise.all([
      store.find(requestTable, { where: { toId: userId, state: { in: openStates } }, limit: MAX_SHOWN }),
      store.find(requestTable, { where: { fromId: userId, state: { in: waitingStates } }, limit: MAX_SHOWN }),
    ])
    return { received: await shownAll(store, received, userId), sent: await shownAll(store, sent, userId) }
  },
}

export const requestFills = [requestSent, requestReceived].map((event) =>
  fill(event, async (store, me, entries) => {
    const wanted = [...new Set<RequestId>(entries.map((entry) => entry.data.requestId))]
    const rows = await store.find(requestTable, { where: { requestId: { in: wanted } }, limit: wanted.length })
    const seen = rows.filter((row) => (row.fromId === me ? isWaiting(row) : isOpen(row)))
    const byId = new Map((await shownAll(store, seen, me)).map((request) => [request.requestId, request]))
    return entries.map(({ data }) => ({ requestId: data.requestId, request: byId.get(data.requestId) ?? null }))
  }),
)

async function shownAll(store: Reader, rows: readonly RequestRow[], me: UserId): Promise<Request[]> {
  const other = (row: RequestRow) => (row.fromId === me ? row.toId : row.fromId)
  const people = new Map((await peopleOf(store, rows.map(other))).map((person) => [person.userId, person]))
  const ordered = [...rows].sort((a, b) => b.askedAt - a.askedAt || (a.requestId < b.requestId ? 1 : -1))
  return ordered.flatMap((row) => {
    const person = people.get(other(row))
    return person ? [shown(row, person, me)] : []
  })
}

/** A request as this person sees it: who asked never learns of a "not now", nor of a block. */
export function shown(row: RequestRow, person: Person, me: UserId): Request {
  const { requestId, fromId, toId, text, askedAt } = row
  return {
    requestId,
    fromId,
    toId,
    state: row.state === 'declined' && me === toId ? 'declined' : 'pending',
    text,
    person,
    askedAt,
  }
}
