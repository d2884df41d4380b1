import { requestClosed, userPlace } from '@connectly/protocol'
import type { RoomId, UserId } from '@connectly/protocol'
import { happened, type Context, type Happened } from '../../kernel/context.ts'
import { must, type Write } from '../../store/store.ts'
import { compose } from '../messages/index.ts'
import { noDirect, openDirect } from '../rooms/index.ts'
import { requestTable, type RequestRow } from './requests.tables.ts'
import { isWaiting, moves } from './rows.ts'

/** A request whose words become the first of a room; `hiddenFrom` where the other had blocked who says them. */
export type Carried = { request: RequestRow; hiddenFrom: UserId[] | null }

/** Opens the room of the two and carries the first messages over, with their ids and times, in one commit. */
export async function becomeContacts<Answer>(
  ctx: Context,
  carried: readonly Carried[],
  also: readonly Write[],
  answer: (roomId: RoomId) => Answer,
): Promise<Answer> {
  const requests = carried.map((each) => each.request)
  const [first] = requests
  if (!first) throw new Error('nobody asked')
  const { fromId, toId } = first
  ctx.guard(noDirect(fromId, toId))
  ctx.guard(must(requestTable, { fromId, toId }, { state: first.state }))
  const opening = await openDirect(ctx, fromId, toId)
  const said = carried.map(({ request, hiddenFrom }) =>
    compose(ctx, {
      roomId: opening.roomId,
      authorId: request.fromId,
      localId: null,
      body: { kind: 'text', text: request.text },
      messageId: request.messageId,
      at: request.askedAt,
      hiddenFrom,
    }),
  )
  const reverse = await ctx.store.get(requestTable, { fromId: toId, toId: fromId })
  const closing = reverse && isWaiting(reverse) && !requests.includes(reverse) ? [first, reverse] : [first]
  const told = [...closing, ...requests.slice(1)]
  return ctx.record(opening.places, (next) => {
    const opened = opening.make(next)
    const messages = said.map((each) => each(next))
    const closed: Happened[] = told.flatMap(({ requestId }) =>
      [fromId, toId].map((userId) => happened(requestClosed, next(userPlace(userId)), { requestId })),
    )
    return {
      writes: [
        ...opened.writes,
        ...messages.map((each) => each.write),
        ...closing.map((request) => moves(request, 'accepted')),
        ...also,
      ],
      events: [...opened.events, ...messages.map((each) => each.event), ...closed],
      result: answer(opening.roomId),
    }
  })
}
