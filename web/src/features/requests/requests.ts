import {
  requestClosed,
  requestDeclined,
  requestReceived,
  requestSent,
  type DataOf,
  type Request,
  type RequestId,
} from '@connectly/protocol'
import { defineSlice } from '../../kernel/slice.ts'

/** Requests that are open, both ways, newest first. */
export type RequestsState = { received: readonly Request[]; sent: readonly Request[] }

export const requestSlice = defineSlice<RequestsState>({
  name: 'requests',
  place: 'user',
  fromHead: (head) => ({ received: [], sent: [], ...(head as Partial<RequestsState>) }),
  events: {
    [requestReceived.name]: (state, event) => ({
      ...state,
      received: withOne(state.received, (event.data as DataOf<typeof requestReceived>).request),
    }),
    [requestSent.name]: (state, event) => ({
      ...state,
      sent: withOne(state.sent, (event.data as DataOf<typeof requestSent>).request),
    }),
    [requestDeclined.name]: (state, event) => {
      const { requestId } = event.data as DataOf<typeof requestDeclined>
      return {
        ...state,
        received: state.received.map((each) => (each.requestId === requestId ? { ...each, state: 'declined' } : each)),
      }
    },
    [requestClosed.name]: (state, event) => {
      const { requestId } = event.data as DataOf<typeof requestClosed>
      return { received: without(state.received, requestId), sent: without(state.sent, requestId) }
    },
  },
})

const without = (list: readonly Request[], requestId: RequestId) => list.filter((each) => each.requestId !== requestId)

function withOne(list: readonly Request[], request: Request | null): readonly Request[] {
  if (!request) return list
  return [...without(list, request.requestId), request].sort(
    (a, b) => b.askedAt - a.askedAt || (a.requestId < b.requestId ? 1 : -1),
  )
}
