import { newId } from '@connectly/server/test-kit'
import { group, makers, request, roomFor, text, type Actor, type World } from './matrix-world.ts'

/** One cell of the matrix: who asks what, about which object in which field. */
export type Cell = { method: string; field: string | null; object: string; actor: Actor }

type Parts = { world: World; actor: Actor; roomId: string; companion: string }

/** A legal input of each method, about a room that the actor should hold a seat in. A method without one fails the matrix. */
export const samples: Record<string, (parts: Parts) => object> = {
  'accounts.signUp': () => ({ username: `new-${newId().slice(-12)}`, password: 'seven grey herons wade' }),
  'accounts.signIn': () => ({ username: 'somebody', password: 'seven grey herons wade' }),
  'accounts.signOut': () => ({}),
  'accounts.me': () => ({}),
  'accounts.find': () => ({ text: 'owner' }),
  'accounts.get': () => ({ userIds: [] }),
  'rooms.create': () => group('New', []),
  'rooms.edit': ({ roomId }) => ({ roomId, name: `Named ${newId()}`.slice(0, 40) }),
  'rooms.addMember': ({ world, actor, roomId }) => ({ roomId, userId: world.things[actor].contact.userId }),
  'rooms.removeMember': ({ roomId, companion }) => ({ roomId, userId: companion }),
  'rooms.leave': ({ roomId }) => ({ roomId }),
  'rooms.setRole': ({ roomId, companion }) => ({ roomId, userId: companion, role: 'admin' }),
  'rooms.members': ({ roomId }) => ({ roomId }),
  'messages.send': ({ roomId }) => text(roomId as Parameters<typeof text>[0], 'hello'),
  'messages.page': ({ roomId }) => ({ roomId }),
  'requests.ask': ({ world }) => request(world.stranger),
  'requests.accept': ({ world, actor }) => ({ requestId: world.things[actor].received }),
  'requests.decline': ({ world, actor }) => ({ requestId: world.things[actor].received }),
  'requests.cancel': ({ world, actor }) => ({ requestId: world.things[actor].sent }),
  'sync.open': () => ({ epoch: null, cursors: {}, lines: {} }),
  'sync.head': ({ roomId }) => ({ roomId }),
  'sync.catchUp': ({ roomId }) => ({ place: `room:${roomId}`, after: 0 }),
}

/** The input of a cell; about new objects where the ask will change them. */
export async function inputOf(world: World, cell: Cell, fresh: boolean): Promise<object> {
  const { method, field, object, actor } = cell
  const room = await roomFor(world, actor, field === 'roomId' ? object : 'shared', fresh)
  const sample = samples[method]?.({ world, actor, ...room })
  if (!sample) throw new Error(`${method} has no sample input`)
  if (!field) return sample
  const epoch = method === 'sync.open' ? { epoch: world.epoch } : {}
  return { ...sample, ...epoch, [field]: await makers[field]?.make(world, actor, object, room, fresh) }
}
