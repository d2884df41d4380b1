import { addMember, createGroup, editRoom, handOver, leaveRoom, removeMember } from '@connectly/protocol'
import type { MessageId, Room, RoomId, SystemBody, UserId } from '@connectly/protocol'
import type { Context } from '../../kernel/context.ts'
import { before } from '../../kernel/feature.ts'
import { must } from '../../store/store.ts'
import { findPerson, peopleOf } from '../accounts/index.ts'
import { isOwners, roomTable, seatTable } from '../rooms/index.ts'
import { compose } from './sending.ts'

/** What the room itself says of its people, in the commit that changes them. Everyone hears it, blocks or not. */
export const systemLines = [
  before(createGroup, async (ctx, { name }) => {
    const me = await findPerson(ctx.store, ctx.me)
    // The room has its id only when the commit is made, which may happen twice: the line is the same both times.
    const [messageId, at, names] = [ctx.newId<MessageId>(), ctx.now(), [me?.name ?? '', name]]
    ctx.also((next, made) => {
      const { roomId } = made as Room
      return systemLine(ctx, roomId, 'groupCreated', names, { messageId, at })(next, made)
    })
  }),
  before(addMember, async (ctx, { roomId, userId }) => lineAbout(ctx, roomId, 'memberAdded', userId)),
  before(removeMember, async (ctx, { roomId, userId }) => lineAbout(ctx, roomId, 'memberRemoved', userId)),
  before(handOver, async (ctx, { roomId, userId }) => lineAbout(ctx, roomId, 'handedOver', userId)),
  before(leaveRoom, async (ctx, { roomId, heirId }) => {
    if (heirId && (await inherits(ctx, roomId, heirId))) await lineAbout(ctx, roomId, 'handedOver', heirId)
    await lineAbout(ctx, roomId, 'memberLeft', ctx.me)
  }),
  before(editRoom, async (ctx, { roomId, name }) => {
    if (name === undefined || name === (await ctx.store.get(roomTable, { roomId }))?.name) return
    const me = await findPerson(ctx.store, ctx.me)
    ctx.also(systemLine(ctx, roomId, 'renamed', [me?.name ?? '', name]))
  }),
]

/** Whether somebody becomes the owner of a group because its last one goes. */
async function inherits(ctx: Context, roomId: RoomId, heirId: UserId): Promise<boolean> {
  const [room, heir] = await Promise.all([
    ctx.store.get(roomTable, { roomId }),
    ctx.store.get(seatTable, { roomId, userId: heirId }),
  ])
  if (!room || !heir) return false
  ctx.guard(must(roomTable, { roomId }, { owners: room.owners }))
  return isOwners(ctx.seat) && room.owners === 1 && !isOwners(heir)
}

async function lineAbout(ctx: Context, roomId: RoomId, code: SystemBody['code'], userId: UserId): Promise<void> {
  const people = new Map((await peopleOf(ctx.store, [ctx.me, userId])).map((person) => [person.userId, person.name]))
  const names = userId === ctx.me ? [ctx.me] : [ctx.me, userId]
  ctx.also(
    systemLine(
      ctx,
      roomId,
      code,
      names.map((id) => people.get(id) ?? ''),
    ),
  )
}

function systemLine(
  ctx: Context,
  roomId: RoomId,
  code: SystemBody['code'],
  names: string[],
  known: { messageId?: MessageId; at?: number } = {},
): Parameters<Context['also']>[0] {
  const said = compose(ctx, {
    roomId,
    authorId: ctx.me,
    localId: null,
    body: { kind: 'system', code, names },
    ...known,
  })
  return (next) => {
    const { write, event } = said(next)
    return { writes: [write], events: [event] }
  }
}
