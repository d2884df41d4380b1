import { foldText, openPrivacy, profileEdited, type UserId } from '@connectly/protocol'
import { happened, type Happened } from '../../kernel/context.ts'
import { auditTable, linkTable, sessionTable } from '../../kernel/tables.ts'
import { patch, remove, type Numbered, type Reader, type Write } from '../../store/store.ts'
import { deviceTable, userTable, type UserRow } from './accounts.tables.ts'
import { editedOf } from './profile.ts'

/** What a person who left is called from then on. */
const GONE_NAME = 'Deleted account'
const MAX_READ = 10_000

/** What makes an account nobody's: the row stays, since what others wrote and saw refers to it; nothing in it says who it was. */
export function goneWrites(user: UserRow, now: number): { writes: Write[]; event: (n: Numbered) => Happened } {
  const set = {
    username: `deleted-${user.userId.replaceAll('-', '').slice(-24)}`,
    name: GONE_NAME,
    nameKey: foldText(GONE_NAME),
    passwordHash: null,
    about: '',
    privacy: { presence: 'nobody', receipts: false, typing: false } as const,
    lastSeenAt: null,
    isAdmin: null,
    email: null,
    emailKey: null,
    secondSteps: null,
    passwordChangedAt: null,
    renamedAt: now,
    timeZone: '',
    language: '',
    terms: null,
  }
  return {
    writes: [patch(userTable, { userId: user.userId }, { set })],
    event: (n) => happened(profileEdited, n, editedOf({ ...user, ...set })),
  }
}

/** Ways in, and browsers they came by. */
export async function purgeAccount(store: Reader, userId: UserId): Promise<Write[]> {
  const [sessions, devices, links] = await Promise.all([
    store.find(sessionTable, { where: { userId }, limit: MAX_READ }),
    store.find(deviceTable, { where: { userId }, limit: MAX_READ }),
    store.find(linkTable, { where: { userId }, limit: MAX_READ }),
  ])
  return [
    ...sessions.map(({ tokenHash }) => remove(sessionTable, { tokenHash })),
    ...devices.map(({ deviceHash }) => remove(deviceTable, { userId, deviceHash })),
    ...links.map(({ linkId }) => remove(linkTable, { linkId })),
  ]
}

/** What is kept of a person: the account, where they are signed in, and what is on the record about them. */
export async function exportAccount(store: Reader, userId: UserId): Promise<Record<string, unknown>> {
  const [user, sessions, devices, record] = await Promise.all([
    store.get(userTable, { userId }),
    store.find(sessionTable, { where: { userId }, limit: MAX_READ }),
    store.find(deviceTable, { where: { userId }, limit: MAX_READ }),
    store.find(auditTable, { where: { subject: userId }, order: [['at', 'asc']], limit: MAX_READ }),
  ])
  if (!user) return {}
  const { passwordHash, nameKey: _nameKey, emailKey: _emailKey, ...rest } = user
  return {
    'account.json': { ...rest, privacy: rest.privacy ?? openPrivacy, hasPassword: passwordHash !== null },
    'sessions.json': sessions.map(({ device, from, createdAt, lastUsedAt }) => ({
      device,
      from,
      createdAt,
      lastUsedAt,
    })),
    'browsers.json': devices.map(({ firstAt, lastAt, trustedUntil }) => ({ firstAt, lastAt, trustedUntil })),
    'record.json': record.map(({ at, act, details }) => ({ at, act, details })),
  }
}
