import { makers, roomObjects } from './matrix-makers.ts'
import { actors, type Actor } from './matrix-world.ts'

/*
 * Who may do what to which object: the one table of the house, to be read by people. What does not stand here is denied:
 * `SignedOut` to whoever has no session, `NotFound` to everybody else.
 */

const everyone = actors
const signedIn: readonly Actor[] = actors.filter((actor) => actor !== 'anonymous' && actor !== 'ended')
/** Plain members; one is blocked by the owner, one blocked the owner, and one may not send. */
const plain: readonly Actor[] = ['member', 'guest', 'bot', 'blocked', 'blocker', 'muted']
const admin: readonly Actor[] = ['admin']
const owner: readonly Actor[] = ['owner']
const staff: readonly Actor[] = [...admin, ...owner]
const seated: readonly Actor[] = [...plain, ...staff]
const administrator: readonly Actor[] = ['administrator']
const notAdministrator = signedIn.filter((actor) => actor !== 'administrator')
const notOwner = signedIn.filter((actor) => actor !== 'owner')
/** Members who see what the owner says. */
const seeing: readonly Actor[] = seated.filter((actor) => actor !== 'blocked' && actor !== 'blocker')
const seeingPlain: readonly Actor[] = plain.filter((actor) => seeing.includes(actor))

/** What an actor gets for an object: `ok`, or a refusal that tells more than `NotFound`. */
type Cell = Partial<Record<string, readonly Actor[]>>
/** By object: the actor's own, shared with the seated, of others, of another kind, of nothing. */
type Row = Record<string, Cell>

/** The same for each of these objects. */
const each = (objects: readonly string[], cell: Cell): Row => Object.fromEntries(objects.map((name) => [name, cell]))
/** The same for all objects that a field can name. */
const alike = (field: string, cell: Cell): Row => each(makers[field]?.objects ?? [], cell)

/** About a room: a group of one's own, the shared one, a direct one, and the one with somebody whom one blocked. */
const inRooms = (shared: Cell, ofTwo: Cell = { ok: signedIn }): Row => ({
  own: { ok: signedIn },
  shared,
  direct: ofTwo,
  apart: ofTwo,
})
/** What only groups have. */
const inGroups = (shared: Cell): Row => inRooms(shared, { NotAllowed: signedIn })
/** A message that one has to see. */
const seen: Row = { own: { ok: seated }, shared: { ok: seated }, hidden: { ok: seeing }, deleted: { ok: seated } }
const forStaff: Cell = { ok: staff, NotAllowed: plain }
const forOwner: Cell = { ok: owner, NotAllowed: [...plain, ...admin] }
const known = ['shared', 'contact', 'blocked', 'blocker', 'foreign'] as const
/** Accounts of people, guests among them, and the others. */
const bots: readonly Actor[] = ['bot']
const people = signedIn.filter((actor) => !bots.includes(actor))
const forPeople: Row = { nothing: { ok: people, NotAllowed: bots } }
const notPersons: readonly Actor[] = ['guest', 'bot']
const forPersons: Row = {
  nothing: { ok: signedIn.filter((actor) => !notPersons.includes(actor)), NotAllowed: notPersons },
}
/** About a passkey: nobody touches another's, and who can have none is told so whatever they name. */
const ownPasskey: Row = { ...alike('passkeyId', { NotAllowed: notPersons }), own: forPersons['nothing'] ?? {} }
/** Only for who runs the server. */
const forAdministrators: Row = { nothing: { ok: administrator, NotAllowed: notAdministrator } }
/** All but guests, who find, ask and gather nobody: whatever they name. */
const guest: readonly Actor[] = ['guest']
const lasting = signedIn.filter((actor) => !guest.includes(actor))
const notForGuests = (field: string, row: Row): Row =>
  Object.fromEntries(
    (makers[field]?.objects ?? []).map((object) => {
      const cell = Object.entries(row[object] ?? {}).map(([code, who = []]) => [
        code,
        who.filter((actor) => !guest.includes(actor)),
      ])
      const others = Object.fromEntries(cell) as Cell
      return [object, { ...others, NotAllowed: [...(others['NotAllowed'] ?? []), ...guest] }]
    }),
  )
/** People who are not in the shared room. */
const outside = ['contact', 'blocked', 'blocker', 'foreign', 'mismatched', 'missing'] as const

export const table: Record<string, Row> = {
  'accounts.signUp': { nothing: { ok: everyone } },
  'accounts.signIn': { nothing: { ok: everyone } },
  'accounts.signOut': { nothing: { ok: signedIn } },
  'accounts.me': { nothing: { ok: signedIn } },
  'accounts.find': { nothing: { ok: lasting, NotAllowed: guest } },
  'accounts.get userIds': alike('userIds', { ok: signedIn }),
  'accounts.profile userId': each(['own', ...known], { ok: signedIn }),
  'accounts.edit': { nothing: { ok: lasting, NotAllowed: guest } },
  'accounts.setPrivacy': { nothing: { ok: signedIn } },
  'accounts.sessions': { nothing: { ok: signedIn } },
  'accounts.endSession sessionId': { own: { ok: signedIn } },
  'accounts.endOtherSessions': { nothing: { ok: signedIn } },
  'accounts.own': { nothing: { ok: signedIn } },
  'accounts.changePassword': forPersons,
  'accounts.rename': forPersons,
  'accounts.acceptTerms': { nothing: { ok: signedIn } },

  'registration.rules': { nothing: { ok: everyone } },
  // The world has no human check of our own, so there is no sum to be had.
  'registration.work': { nothing: { NotFound: everyone } },
  'registration.isFree': { nothing: { ok: everyone } },
  'registration.invite': forAdministrators,
  'registration.invitations': forAdministrators,
  'registration.withdraw invitationId': {
    ...alike('invitationId', { NotAllowed: notAdministrator }),
    open: { ok: administrator, NotAllowed: notAdministrator },
  },

  'guests.come': { nothing: { ok: everyone } },
  'guests.stay': { nothing: { ok: guest, NotAllowed: lasting } },

  'emails.mine': { nothing: { ok: signedIn } },
  'emails.set': forPersons,
  'emails.remove': forPersons,
  'emails.confirm': forPersons,
  'emails.confirmByLink': { nothing: { ok: everyone } },
  'emails.askReset': { nothing: { ok: everyone } },
  'emails.isOpen': { nothing: { ok: everyone } },
  'emails.reset': { nothing: { ok: everyone } },
  'emails.notMe': { nothing: { ok: everyone } },

  'factors.mine': { nothing: { ok: signedIn } },
  'factors.stepUp': { nothing: { ok: signedIn } },
  'factors.signIn': { nothing: { ok: everyone } },
  'factors.passkeyDialog': { nothing: { ok: everyone } },
  'factors.signInByPasskey': { nothing: { ok: everyone } },
  'factors.beginTotp': forPersons,
  'factors.confirmTotp': forPersons,
  'factors.removeTotp': forPersons,
  'factors.newRecoveryCodes': forPersons,
  'factors.beginPasskey': forPersons,
  'factors.addPasskey': forPersons,
  'factors.renamePasskey passkeyId': ownPasskey,
  'factors.removePasskey passkeyId': ownPasskey,

  'admins.list': forAdministrators,
  'admins.make userId': {
    ...alike('userId', { SecondStepMissing: administrator, NotAllowed: notAdministrator }),
    own: { ok: administrator, NotAllowed: notAdministrator },
  },
  'admins.unmake userId': {
    ...alike('userId', { NotAllowed: notAdministrator }),
    ...each(['own', ...known], { ok: administrator, NotAllowed: notAdministrator }),
  },
  'admins.audit': forAdministrators,

  'blocks.block userId': each(known, { ok: signedIn }),
  'blocks.unblock userId': alike('userId', { ok: signedIn }),

  'rooms.create userIds': notForGuests('userIds', {
    ...alike('userIds', { NotAContact: signedIn }),
    own: { ok: signedIn },
    shared: { ok: owner, NotAContact: notOwner },
    contact: { ok: signedIn },
  }),
  'rooms.edit roomId': inGroups(forStaff),
  'rooms.addMember roomId': notForGuests('roomId', inGroups(forStaff)),
  'rooms.addMember userId': {
    ...alike('userId', { NotAContact: staff, NotAllowed: plain }),
    ...each(['own', 'shared', 'contact'], forStaff),
  },
  'rooms.removeMember roomId': inGroups(forStaff),
  'rooms.removeMember userId': {
    ...each(outside, { NotAllowed: plain }),
    own: { NotAllowed: seated },
    shared: forStaff,
  },
  'rooms.leave roomId': {
    own: { LastOwner: signedIn },
    shared: { ok: [...plain, ...admin], LastOwner: owner },
    ...each(['direct', 'apart'], { NotAllowed: signedIn }),
  },
  // Who is not the last owner leaves whomever they name; who is must name somebody who is there.
  'rooms.leave heirId': {
    ...each(outside, { ok: [...plain, ...admin] }),
    own: { ok: [...plain, ...admin], LastOwner: owner },
    shared: { ok: seated },
  },
  'rooms.setRole roomId': inGroups(forOwner),
  'rooms.setRole userId': {
    ...each(outside, { NotAllowed: [...plain, ...admin] }),
    own: { LastOwner: owner, NotAllowed: [...plain, ...admin] },
    shared: forOwner,
  },
  'rooms.handOver roomId': inGroups(forOwner),
  'rooms.handOver userId': {
    ...each(outside, { NotAllowed: [...plain, ...admin] }),
    own: { NotAllowed: seated },
    shared: forOwner,
  },
  'rooms.setPrefs roomId': inRooms({ ok: seated }),
  'rooms.clear roomId': inRooms({ ok: seated }),
  'rooms.findMembers roomId': inRooms({ ok: seated }),
  'rooms.member roomId': inRooms({ ok: seated }),
  'rooms.member userId': each(['own', 'shared'], { ok: seated }),
  'rooms.inCommon userId': alike('userId', { ok: signedIn }),
  'rooms.members roomId': inRooms({ ok: seated }),
  'rooms.members after': alike('after', { ok: seated }),

  'messages.send roomId': { ...inRooms({ ok: seated }), apart: { YouBlocked: signedIn } },
  'messages.send replyToId': { ...seen, deleted: { MessageDeleted: seated } },
  'messages.send body.mentions.who': { ...alike('body.mentions.who', { ok: seated }), all: forStaff },
  'messages.edit roomId': inRooms({ ok: seated }),
  'messages.edit messageId': {
    own: { ok: seated },
    shared: { NotAllowed: seated },
    hidden: { ok: owner, NotAllowed: seeing },
    deleted: { MessageDeleted: seated },
  },
  'messages.edit body.mentions.who': { ...alike('body.mentions.who', { ok: seated }), all: forStaff },
  'messages.delete roomId': inRooms({ ok: seated }),
  'messages.delete messageId': {
    own: { ok: seated },
    shared: forStaff,
    hidden: { ok: staff, NotAllowed: seeingPlain },
    deleted: { ok: seated },
  },
  'messages.hide roomId': inRooms({ ok: seated }),
  'messages.hide messageIds': seen,
  'messages.get roomId': inRooms({ ok: seated }),
  'messages.get messageIds': alike('messageIds', { ok: seated }),
  'messages.versions roomId': inRooms({ ok: seated }),
  'messages.versions messageId': seen,
  'messages.page roomId': inRooms({ ok: seated }),
  'messages.page around': seen,

  'marks.read roomId': inRooms({ ok: seated }),
  'marks.unread roomId': inRooms({ ok: seated }),
  'marks.delivered marks.roomId': alike('marks.roomId', { ok: signedIn }),
  'marks.of roomId': inRooms({ ok: seated }),
  'marks.of messageId': {
    own: { ok: seated },
    shared: { NotAllowed: seated },
    hidden: { ok: owner, NotAllowed: seeing },
    deleted: { ok: seated },
  },

  'presence.watch userIds': alike('userIds', { ok: signedIn }),
  'presence.watch roomId': inRooms({ ok: seated }),
  'presence.typing roomId': inRooms({ ok: seated }),

  'requests.ask toId': notForGuests('toId', {
    shared: { ok: notOwner, AlreadyConnected: owner },
    contact: { AlreadyConnected: signedIn },
    blocked: { YouBlocked: signedIn },
    blocker: { AlreadyConnected: signedIn },
    foreign: { ok: signedIn },
  }),
  'requests.accept requestId': { shared: { ok: signedIn } },
  'requests.decline requestId': { shared: { ok: signedIn } },
  'requests.cancel requestId': { own: { ok: signedIn } },

  'moderation.penalties': forAdministrators,
  'moderation.impose userId': {
    ...alike('userId', { NotAllowed: notAdministrator }),
    ...each(known, { ok: administrator, NotAllowed: notAdministrator }),
  },
  'moderation.lift': forAdministrators,

  'providers.go': { nothing: { ok: everyone } },
  'providers.return': { nothing: { ok: everyone } },
  'providers.signUp': { nothing: { ok: everyone } },
  'providers.mine': { nothing: { ok: signedIn } },
  'providers.goToLink': forPersons,
  'providers.link': forPersons,
  'providers.unlink': forPersons,

  'mydata.mine': { nothing: { ok: signedIn } },
  'mydata.askCopy': forPeople,
  'mydata.cancelCopy copyId': { own: { ok: signedIn } },
  'mydata.download copyId': { ...alike('copyId', { NotAllowed: bots }), own: { ok: people, NotAllowed: bots } },
  'mydata.leave': forPeople,
  'mydata.stay': { nothing: { ok: signedIn } },

  'sync.open cursors': alike('cursors', { ok: signedIn }),
  'sync.open lines': each(roomObjects, { ok: signedIn }),
  'sync.head roomId': inRooms({ ok: seated }),
  'sync.catchUp place': { own: { ok: signedIn }, ownRoom: { ok: signedIn }, shared: { ok: seated } },
}

/** Methods, or what they say of an object, that leave everything as it was, also where they are allowed. */
const readings: readonly string[] = [
  'accounts.me',
  'accounts.find',
  'accounts.get',
  'accounts.profile',
  'accounts.sessions',
  'accounts.own',
  'registration.rules',
  'registration.isFree',
  'registration.invitations',
  'factors.mine',
  'factors.passkeyDialog',
  'admins.list',
  'admins.audit',
  // Who runs the server runs it already, and the others do not.
  'admins.make own',
  ...known.map((object) => `admins.unmake ${object}`),
  'emails.mine',
  'emails.isOpen',
  'providers.go',
  'providers.goToLink',
  'providers.mine',
  'providers.unlink',
  'mydata.mine',
  'rooms.findMembers',
  'rooms.member',
  'rooms.inCommon',
  'rooms.members',
  'messages.get',
  'messages.versions',
  'messages.page',
  'marks.of',
  'presence.watch',
  'presence.typing',
  'sync.open',
  'sync.head',
  'sync.catchUp',
  // Rooms without a seat are passed over, and so are people who are not blocked.
  ...['foreign', 'mismatched', 'missing'].map((object) => `marks.delivered ${object}`),
  ...['own', 'shared', 'contact', 'blocker', 'foreign', 'mismatched', 'missing'].map(
    (object) => `blocks.unblock ${object}`,
  ),
]

/** Whether an ask about this object leaves everything as it was. */
export const isReading = (method: string, object: string): boolean =>
  readings.includes(method) || readings.includes(`${method} ${object}`)

/** What somebody who is muted does not do, whatever it is about, in a room where they sit. */
const said: readonly string[] = ['messages.send', 'messages.edit', 'requests.ask']

/** What this actor gets for this object of this row. */
export function expected(key: string, object: string, actor: Actor): string {
  const [method = '', field] = key.split(' ')
  if (actor === 'banned' && method !== 'accounts.signOut') return 'Banned'
  const found = Object.entries(table[key]?.[object] ?? {}).find(([, who]) => who?.includes(actor))?.[0]
  if (actor === 'muted' && said.includes(method) && (field !== 'roomId' || found)) return 'Muted'
  if (found) return found
  return signedIn.includes(actor) ? 'NotFound' : 'SignedOut'
}
