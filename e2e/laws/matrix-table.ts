import { actors, type Actor } from './matrix-world.ts'

/*
 * Who may do what to which object: the one table of the house, to be read by people. What does not stand here is denied:
 * `SignedOut` to whoever has no session, `NotFound` to everybody else.
 */

const everyone = actors
const signedIn: readonly Actor[] = actors.filter((actor) => actor !== 'anonymous' && actor !== 'ended')
const seated: readonly Actor[] = ['member', 'admin', 'owner', 'guest', 'bot']
const plain: readonly Actor[] = ['member', 'guest', 'bot']
const staff: readonly Actor[] = ['admin', 'owner']
const owner: readonly Actor[] = ['owner']
const admin: readonly Actor[] = ['admin']
const notOwner = signedIn.filter((actor) => actor !== 'owner')

/** What an actor gets for an object: `ok`, or a refusal that tells more than `NotFound`. */
type Cell = Partial<Record<string, readonly Actor[]>>
/** By object: the actor's own, shared with the seated, of others, of another kind, of nothing. */
type Row = Record<string, Cell>

export const table: Record<string, Row> = {
  'accounts.signUp': { nothing: { ok: everyone } },
  'accounts.signIn': { nothing: { ok: everyone } },
  'accounts.signOut': { nothing: { ok: signedIn } },
  'accounts.me': { nothing: { ok: signedIn } },
  'accounts.find': { nothing: { ok: signedIn } },
  'accounts.get userIds': {
    own: { ok: signedIn },
    shared: { ok: signedIn },
    contact: { ok: signedIn },
    foreign: { ok: signedIn },
    mismatched: { ok: signedIn },
    missing: { ok: signedIn },
  },

  'rooms.create userIds': {
    own: { ok: signedIn },
    shared: { ok: owner, NotAContact: notOwner },
    contact: { ok: signedIn },
    foreign: { NotAContact: signedIn },
    mismatched: { NotAContact: signedIn },
    missing: { NotAContact: signedIn },
  },
  'rooms.rename roomId': {
    own: { ok: signedIn },
    shared: { ok: staff, NotAllowed: plain },
    direct: { NotAllowed: signedIn },
  },
  'rooms.addMember roomId': {
    own: { ok: signedIn },
    shared: { ok: staff, NotAllowed: plain },
    direct: { NotAllowed: signedIn },
  },
  'rooms.addMember userId': {
    own: { ok: staff, NotAllowed: plain },
    shared: { ok: staff, NotAllowed: plain },
    contact: { ok: staff, NotAllowed: plain },
    foreign: { NotAContact: staff, NotAllowed: plain },
    mismatched: { NotAContact: staff, NotAllowed: plain },
    missing: { NotAContact: staff, NotAllowed: plain },
  },
  'rooms.removeMember roomId': {
    own: { ok: signedIn },
    shared: { ok: staff, NotAllowed: plain },
    direct: { NotAllowed: signedIn },
  },
  'rooms.removeMember userId': {
    own: { NotAllowed: seated },
    shared: { ok: staff, NotAllowed: plain },
    contact: { NotAllowed: plain },
    foreign: { NotAllowed: plain },
    mismatched: { NotAllowed: plain },
    missing: { NotAllowed: plain },
  },
  'rooms.leave roomId': {
    own: { LastOwner: signedIn },
    shared: { ok: [...plain, ...admin], LastOwner: owner },
    direct: { NotAllowed: signedIn },
  },
  'rooms.setRole roomId': {
    own: { ok: signedIn },
    shared: { ok: owner, NotAllowed: [...plain, ...admin] },
    direct: { NotAllowed: signedIn },
  },
  'rooms.setRole userId': {
    own: { LastOwner: owner, NotAllowed: [...plain, ...admin] },
    shared: { ok: owner, NotAllowed: [...plain, ...admin] },
    contact: { NotAllowed: [...plain, ...admin] },
    foreign: { NotAllowed: [...plain, ...admin] },
    mismatched: { NotAllowed: [...plain, ...admin] },
    missing: { NotAllowed: [...plain, ...admin] },
  },
  'rooms.members roomId': { own: { ok: signedIn }, shared: { ok: seated }, direct: { ok: signedIn } },
  'rooms.members after': {
    own: { ok: seated },
    shared: { ok: seated },
    contact: { ok: seated },
    foreign: { ok: seated },
    mismatched: { ok: seated },
    missing: { ok: seated },
  },

  'messages.send roomId': { own: { ok: signedIn }, shared: { ok: seated }, direct: { ok: signedIn } },
  'messages.page roomId': { own: { ok: signedIn }, shared: { ok: seated }, direct: { ok: signedIn } },
  'messages.page around': { own: { ok: seated }, shared: { ok: seated } },

  'requests.ask toId': {
    shared: { ok: notOwner, AlreadyConnected: owner },
    contact: { AlreadyConnected: signedIn },
    foreign: { ok: signedIn },
  },
  'requests.accept requestId': { shared: { ok: signedIn } },
  'requests.decline requestId': { shared: { ok: signedIn } },
  'requests.cancel requestId': { own: { ok: signedIn } },

  'sync.open cursors': {
    own: { ok: signedIn },
    ownRoom: { ok: signedIn },
    shared: { ok: signedIn },
    foreign: { ok: signedIn },
    foreignPerson: { ok: signedIn },
    mismatched: { ok: signedIn },
    missing: { ok: signedIn },
    missingPerson: { ok: signedIn },
  },
  'sync.open lines': {
    own: { ok: signedIn },
    shared: { ok: signedIn },
    direct: { ok: signedIn },
    foreign: { ok: signedIn },
    mismatched: { ok: signedIn },
    missing: { ok: signedIn },
  },
  'sync.head roomId': { own: { ok: signedIn }, shared: { ok: seated }, direct: { ok: signedIn } },
  'sync.catchUp place': { own: { ok: signedIn }, ownRoom: { ok: signedIn }, shared: { ok: seated } },
}

/** Methods that leave everything as it was, also where they are allowed. */
export const readings: readonly string[] = [
  'accounts.me',
  'accounts.find',
  'accounts.get',
  'rooms.members',
  'messages.page',
  'sync.open',
  'sync.head',
  'sync.catchUp',
]

/** What this actor gets for this object of this row. */
export function expected(row: Row, object: string, actor: Actor): string {
  const found = Object.entries(row[object] ?? {}).find(([, who]) => who?.includes(actor))
  if (found) return found[0]
  return signedIn.includes(actor) ? 'NotFound' : 'SignedOut'
}
