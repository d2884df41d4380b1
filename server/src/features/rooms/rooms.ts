import { createGroup, editRoom, roomEdited, roomPlace, type Room, type UserId } from '@connectly/protocol'
import { happened, type Context } from '../../kernel/context.ts'
import { handle } from '../../kernel/feature.ts'
import { refuse } from '../../kernel/refuse.ts'
import { patch } from '../../store/store.ts'
import { directKey } from './direct.ts'
import { requireContacts, requirePeople, requireRoom } from './require.ts'
import { lookingHandles } from './rooms.looking.ts'
import { memberHandles } from './rooms.members.ts'
import { mineHandles } from './rooms.mine.ts'
import { roomTable } from './rooms.tables.ts'
import { newRoom, type Opening } from './seating.ts'
import { shownRoom } from './shown.ts'

export const roomHandles = [
  handle(createGroup, async (ctx, { name, about = '', tint = null, userIds }) => {
    const people = await requireContacts(ctx, userIds)
    const [me] = await requirePeople(ctx, [ctx.me])
    const opening = await newRoom(ctx, { kind: 'group', name, about, tint, directKey: null }, [
      { person: me ?? refuse('NotFound'), role: 'owner' },
      ...people.map((person) => ({ person, role: 'member' as const })),
    ])
    return ctx.record(opening.places, (next) => opening.make(next))
  }),

  handle(editRoom, async (ctx, { roomId, ...given }) => {
    const { room } = await requireRoom(ctx, roomId)
    const { name = room.name, about = room.about, tint = room.tint } = given
    if (room.name === name && room.about === about && room.tint === tint) return shownRoom(room)
    return ctx.record([roomPlace(roomId)], (next) => {
      const n = next(roomPlace(roomId))
      const edited: Room = { ...shownRoom(room), name, about, tint, rev: n.seq }
      return {
        writes: [patch(roomTable, { roomId }, { set: { name, about, tint, rev: n.seq } })],
        events: [happened(roomEdited, n, { room: edited })],
        result: edited,
      }
    })
  }),

  ...memberHandles,
  ...mineHandles,
  ...lookingHandles,
]

/** The direct room of two people, to be opened in a commit of its caller's; refuses if it is there. */
export async function openDirect(ctx: Context, a: UserId, b: UserId): Promise<Opening> {
  const people = await requirePeople(ctx, [a, b])
  if (people.length !== 2) refuse('NotFound')
  return newRoom(
    ctx,
    { kind: 'direct', name: null, about: '', tint: null, directKey: directKey(a, b) },
    people.map((person) => ({ person, role: 'member' })),
  )
}
