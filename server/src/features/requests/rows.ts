import type { RequestId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { refuse } from '../../kernel/refuse.ts'
import { patch, type Write } from '../../store/store.ts'
import { requestTable, type RequestRow } from './requests.tables.ts'

type State = RequestRow['state']

/** A "not now" stays open: who asked may take it back, and either of the two may still make it a yes. */
export const openStates: readonly State[] = ['pending', 'declined']
/** What still waits for who asked: they cannot tell these three apart. */
export const waitingStates: readonly State[] = [...openStates, 'muted']

export const isOpen = (request: RequestRow): boolean => openStates.includes(request.state)
export const isWaiting = (request: RequestRow): boolean => waitingStates.includes(request.state)

/** What a state leaves of the words: one that no longer waits keeps none, here at least. */
const wordsIn = (state: State, text: string): string => (waitingStates.includes(state) ? text : '')

export function moves(request: RequestRow, state: State): Write {
  return patch(
    requestTable,
    { fromId: request.fromId, toId: request.toId },
    {
      set: { state, text: wordsIn(state, request.text) },
      only: { state: request.state, requestId: request.requestId },
    },
  )
}

/** Asks again in the row of an earlier request that waits no more. */
export function renew(asked: RequestRow): Write {
  const { fromId, toId, requestId, messageId, askedAt, state } = asked
  return patch(
    requestTable,
    { fromId, toId },
    {
      set: { requestId, messageId, text: wordsIn(state, asked.text), askedAt, state },
      only: { state: { in: ['cancelled', 'accepted'] } },
    },
  )
}

export async function requireRequest(ctx: Context, requestId: RequestId): Promise<RequestRow> {
  const [request] = await ctx.store.find(requestTable, { where: { requestId }, limit: 1 })
  return request ?? refuse('NotFound')
}
