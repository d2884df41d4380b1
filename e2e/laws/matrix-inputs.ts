import { registry, TERMS_VERSION, type MessageId, type RoomId } from '@connectly/protocol'
import { newId, type TestPerson } from '@connectly/server/test-kit'
import { codeFor, tokenFor } from './matrix-links.ts'
import { makers } from './matrix-makers.ts'
import { group, request, roomFor, say, sayApart, text, type Actor, type World } from './matrix-world.ts'

/** One cell of the matrix: who asks what, about which object in which field. */
export type Cell = { method: string; field: string | null; object: string; actor: Actor }

type Parts = {
  world: World
  actor: Actor
  /** Who asks: the actor, or their double where the ask would change the actor. */
  me: TestPerson
  /** Whether the ask will change what it is about. */
  fresh: boolean
  roomId: RoomId
  companion: string
  /** A message of the actor's own in that room, if they can have one there. */
  message: () => MessageId | Promise<MessageId>
}

const words = { kind: 'text', text: 'said otherwise' } as const

/** A legal input of each method, about a room that the actor should hold a seat in. A method without one fails the matrix. */
export const samples: Record<string, (parts: Parts) => object | Promise<object>> = {
  'accounts.signUp': () => ({
    username: `new-${newId().slice(-12)}`,
    password: 'seven grey herons wade',
    terms: TERMS_VERSION,
  }),
  'accounts.signIn': () => ({ username: newId(), password: 'seven grey herons wade' }),
  'accounts.signOut': () => ({}),
  'accounts.me': () => ({}),
  'accounts.find': () => ({ text: 'owner' }),
  'accounts.get': () => ({ userIds: [] }),
  'accounts.profile': ({ companion }) => ({ userId: companion }),
  'accounts.edit': () => ({ about: `About ${newId()}` }),
  'accounts.setPrivacy': () => ({ typing: false }),
  'accounts.sessions': () => ({}),
  'accounts.endSession': () => ({}),
  'accounts.endOtherSessions': () => ({}),
  'accounts.own': () => ({}),
  'accounts.changePassword': () => ({ password: 'nine grey herons wade' }),
  'accounts.rename': () => ({ username: `new-${newId().slice(-12)}` }),
  'accounts.acceptTerms': () => ({ terms: TERMS_VERSION }),
  'registration.rules': () => ({}),
  'registration.work': () => ({}),
  'registration.isFree': () => ({ username: 'somebody' }),
  'registration.invite': () => ({ note: 'the matrix' }),
  'registration.invitations': () => ({}),
  'registration.withdraw': () => ({ invitationId: newId() }),
  'guests.come': () => ({ name: 'Passer-by', terms: TERMS_VERSION }),
  'guests.stay': () => ({ username: `new-${newId().slice(-12)}`, password: 'seven grey herons wade' }),
  'emails.mine': () => ({}),
  'emails.set': () => ({ email: `${newId()}@example.org` }),
  'emails.remove': () => ({}),
  'emails.confirm': async ({ world, me, fresh }) => ({ code: fresh ? await codeFor(world, me.userId) : '000000' }),
  'emails.confirmByLink': async ({ world, fresh }) => ({ token: fresh ? await tokenFor(world, 'confirm') : 'none' }),
  'emails.askReset': () => ({ username: newId() }),
  'emails.isOpen': () => ({ token: 'none' }),
  'emails.reset': async ({ world, fresh }) => ({
    token: fresh ? await tokenFor(world, 'reset') : 'none',
    password: 'nine grey herons wade',
  }),
  'emails.notMe': async ({ world, fresh }) => ({ token: fresh ? await tokenFor(world, 'notMe') : 'none' }),
  'factors.mine': () => ({}),
  'factors.stepUp': () => ({}),
  'factors.signIn': ({ world, fresh }) => (fresh ? world.factors.secondStep() : { ticket: 'none' }),
  'factors.passkeyDialog': () => ({}),
  'factors.signInByPasskey': ({ world, fresh }) => (fresh ? world.factors.answer() : world.factors.noAnswer),
  'factors.beginTotp': () => ({}),
  'factors.confirmTotp': ({ world, me, fresh }) =>
    fresh ? world.factors.firstCode(me) : { ticket: 'none', code: '000000' },
  'factors.removeTotp': () => ({}),
  'factors.newRecoveryCodes': async ({ world, me, fresh }) => {
    if (fresh) await world.factors.addApp(me)
    return {}
  },
  'factors.beginPasskey': () => ({}),
  'factors.addPasskey': async ({ world, me, fresh }) => ({
    name: 'A key',
    passkey: fresh ? await world.factors.newPasskey(me) : world.factors.noPasskey,
  }),
  'factors.renamePasskey': () => ({ passkeyId: newId(), name: 'Another key' }),
  'factors.removePasskey': () => ({ passkeyId: newId() }),
  'admins.list': () => ({}),
  'admins.make': ({ companion }) => ({ userId: companion }),
  'admins.unmake': ({ companion }) => ({ userId: companion }),
  'admins.audit': () => ({}),
  'blocks.block': () => ({}),
  'blocks.unblock': () => ({}),
  'rooms.create': () => group('New', []),
  'rooms.edit': ({ roomId }) => ({ roomId, name: `Named ${newId()}`.slice(0, 40) }),
  'rooms.addMember': ({ world, actor, roomId }) => ({ roomId, userId: world.things[actor].contact.userId }),
  'rooms.removeMember': ({ roomId, companion }) => ({ roomId, userId: companion }),
  'rooms.leave': ({ roomId }) => ({ roomId }),
  'rooms.setRole': ({ roomId, companion }) => ({ roomId, userId: companion, role: 'admin' }),
  'rooms.handOver': ({ roomId, companion }) => ({ roomId, userId: companion }),
  'rooms.setPrefs': ({ roomId }) => ({ roomId, isPinned: true }),
  'rooms.clear': ({ roomId }) => ({ roomId }),
  'rooms.findMembers': ({ roomId }) => ({ roomId, text: 'sitter' }),
  'rooms.member': ({ roomId, companion }) => ({ roomId, userId: companion }),
  'rooms.inCommon': () => ({}),
  'rooms.members': ({ roomId }) => ({ roomId }),
  'messages.send': ({ roomId }) => text(roomId, 'hello'),
  'messages.edit': async ({ roomId, message }) => ({ roomId, messageId: await message(), body: words }),
  'messages.delete': async ({ roomId, message }) => ({ roomId, messageId: await message() }),
  'messages.hide': async ({ roomId, message }) => ({ roomId, messageIds: [await message()] }),
  'messages.get': async ({ roomId, message }) => ({ roomId, messageIds: [await message()] }),
  'messages.versions': async ({ roomId, message }) => ({ roomId, messageId: await message() }),
  'messages.page': ({ roomId }) => ({ roomId }),
  'marks.read': ({ roomId }) => ({ roomId, seq: 3 }),
  'marks.unread': ({ roomId }) => ({ roomId, seq: 2 }),
  'marks.delivered': () => ({}),
  'marks.of': async ({ roomId, message }) => ({ roomId, messageId: await message() }),
  'presence.watch': () => ({ userIds: [], roomId: null }),
  'presence.typing': ({ roomId }) => ({ roomId, isTyping: true }),
  'requests.ask': ({ world }) => request(world.stranger),
  'requests.accept': ({ world, actor }) => ({ requestId: world.things[actor].received }),
  'requests.decline': ({ world, actor }) => ({ requestId: world.things[actor].received }),
  'requests.cancel': ({ world, actor }) => ({ requestId: world.things[actor].sent }),
  'moderation.penalties': () => ({}),
  'moderation.impose': ({ companion }) => ({
    userId: companion,
    kind: 'mute',
    until: Date.now() + 60_000,
    reason: 'the matrix',
  }),
  'moderation.lift': async ({ world, fresh }) => ({ subject: fresh ? await world.penalised() : 'user:nobody' }),
  'providers.go': () => ({ provider: 'oidc' }),
  'providers.return': ({ world }) => world.returning(),
  'providers.signUp': async ({ world, fresh }) => ({
    ticket: fresh ? await world.newcomer() : 'none',
    username: `new-${newId().slice(-12)}`,
    terms: TERMS_VERSION,
  }),
  'providers.mine': () => ({}),
  'providers.goToLink': () => ({ provider: 'oidc' }),
  'providers.link': ({ world, me, fresh }) => (fresh ? world.linking(me) : { ticket: 'none', state: 'none' }),
  'providers.unlink': () => ({ provider: 'oidc' }),
  'mydata.mine': () => ({}),
  'mydata.askCopy': () => ({}),
  'mydata.cancelCopy': () => ({}),
  'mydata.download': () => ({ copyId: newId() }),
  'mydata.leave': async ({ me, world }) => ({ username: await world.usernameOf(me), messages: 'keep' }),
  'mydata.stay': () => ({}),
  'sync.open': () => ({ epoch: null, cursors: {}, lines: {} }),
  'sync.head': ({ roomId }) => ({ roomId }),
  'sync.catchUp': ({ roomId }) => ({ place: `room:${roomId}`, after: 0 }),
}

/** What takes something from the room that the next actor would need: each has a room of its own for it. */
const spending = ['rooms.removeMember', 'rooms.leave', 'rooms.setRole', 'rooms.handOver']

/** The input of a cell, with a step-up where one is wanted; about new objects where the ask will change them. */
export async function inputOf(
  world: World,
  cell: Cell,
  fresh: boolean,
  me = world.things[cell.actor].me,
): Promise<object> {
  const { stepUp } = registry.methods.get(cell.method)?.access ?? {}
  const input = await plainInputOf(world, cell, fresh, me)
  return stepUp ? { ...input, [stepUp]: await world.stepUp(me) } : input
}

async function plainInputOf(world: World, cell: Cell, fresh: boolean, me: TestPerson): Promise<object> {
  const { method, field, object, actor } = cell
  const about = field === 'roomId' ? object : 'shared'
  const isSpent = spending.includes(method)
  const room = fresh && about === 'shared' && !isSpent ? world.workshop : await roomFor(world, actor, about, fresh)
  const message = () => ownMessage(world, actor, about, room.roomId, fresh)
  const sample = await samples[method]?.({ world, actor, me, fresh, ...room, message })
  if (!sample) throw new Error(`${method} has no sample input`)
  if (!field) return sample
  const [first = field] = field.split('.')
  const epoch = method === 'sync.open' ? { epoch: world.epoch } : {}
  return { ...sample, ...epoch, [first]: await makers[field]?.make(object, { world, actor, me, room, fresh }) }
}

/** What the actor said in a room: said now where it will be changed. */
function ownMessage(world: World, actor: Actor, about: string, roomId: RoomId, fresh: boolean) {
  const mine = world.things[actor]
  if (fresh) return about === 'apart' ? sayApart(mine) : say(mine.me, roomId)
  return about === 'own' || about === 'direct' || about === 'apart' ? mine.messages[about] : mine.message
}
